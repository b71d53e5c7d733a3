package io.millrace.client;

import static io.millrace.client.Clients.assertFails;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.message.Answer;
import io.millrace.client.message.ServerInfo;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;

@Timeout(60)
final class FaultTest {
    private static final Path GOLDEN =
            Path.of("../core/src/test/resources/io/millrace/core/wire/v1/result-response.hex");
    private static final int BLOCK_LENGTH_OFFSET = 4;
    private static final int VERSION_OFFSET = 10;
    private static final int STATUS_OFFSET = 46;
    private static final int REASON_OFFSET = 47;
    private static final int BLOCK_END = 48;
    private static final int SOURCE_OFFSET = 64;

    @Test
    void shouldReadAnswersThatComeByteByByte() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    peer.trickle();
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            assertEquals(200, client.recommend(1, 200).itemIds().length);
            assertEquals(300, client.recommend(1, 300).itemIds()[299]);
        }
    }

    @Test
    void shouldAskAgainWhenAnAnswerBreaksOffInTheMiddle() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (number == 0) {
                        peer.resetAfter(30);
                    }
                    peer.answerSound();
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            client.ping();
            assertArrayEquals(new long[] {1, 2, 3}, client.recommend(1, 3).itemIds());
            assertEquals(2, server.requests());
            assertEquals(2, server.connections());
        }
    }

    @Test
    void shouldTellAnswersApartWhenTheyComeInAnotherOrder() {
        List<long[]> asked = new ArrayList<>();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    asked.add(new long[] {peer.correlationId(), peer.recommend().userId()});
                    if (asked.size() == 8) {
                        for (long[] request : asked.reversed()) {
                            long[] items = {request[1] * 100};
                            peer.answer(request[0], Status.OK, ReasonCode.NONE, items, 1, "");
                        }
                    }
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (long user = 1; user <= 8; user++) {
                answers.add(Clients.recommend(client, user));
            }
            for (int i = 0; i < 8; i++) {
                assertEquals((i + 1) * 100L, answers.get(i).join().itemIds()[0]);
            }
        }
    }

    @Test
    void shouldFindAServerAgainThatWasGone() throws InterruptedException {
        FakeServer first = FakeServer.sound();
        int port = first.port();
        try (MillraceClient client = Clients.of(first).build()) {
            client.ping();
            first.close();
            Eventually.isTrue(
                    () -> trouble(client).contains("no server answers"), "that it is missed");
            try (FakeServer second = FakeServer.at(port, (peer, number) -> peer.answerSound())) {
                Eventually.isTrue(() -> trouble(client).isEmpty(), "that it is found again");
                assertEquals(3, client.recommend(1, 3).itemIds().length);
                assertEquals(1, second.connections());
            }
        }
    }

    /** Why a ping is not answered; empty when it is. */
    private static String trouble(MillraceClient client) {
        return client.async()
                .ping()
                .handle((status, failure) -> failure == null ? "" : failure.toString())
                .join();
    }

    @Test
    void shouldLeaveAPeerThatIsGoneWithoutAWord() throws InterruptedException {
        try (FakeServer server = FakeServer.deaf(1, (peer, number) -> peer.answerSound());
                MillraceClient client =
                        Clients.of(server).silence(Duration.ofMillis(150)).build()) {
            // Nobody asks anything: the silence is enough.
            Eventually.isTrue(() -> server.connections() >= 2, "another connection");
            assertTrue(client.recommend(1, 3).isOk());
        }
    }

    @Test
    void shouldKeepAnIdleConnectionThatAnswersPings() throws InterruptedException {
        try (FakeServer server = FakeServer.sound();
                MillraceClient client =
                        Clients.of(server).silence(Duration.ofMillis(300)).build()) {
            Eventually.isTrue(() -> server.pings() >= 3, "pings");
            assertTrue(client.recommend(1, 3).isOk());
            assertEquals(1, server.connections());
        }
    }

    @Test
    void shouldSayWhenAConnectionTakesTooLongToOpen() throws IOException {
        // Nobody accepts, and the system keeps but a few that wait: those after them stay unheard.
        List<SocketChannel> others = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 8; i++) {
                SocketChannel other = SocketChannel.open();
                others.add(other);
                other.configureBlocking(false);
                other.connect(listener.getLocalSocketAddress());
            }
            MillraceClient.Builder builder =
                    MillraceClient.builder()
                            .address("127.0.0.1", listener.getLocalPort())
                            .connectTimeout(Duration.ofMillis(50))
                            .deadline(Duration.ofSeconds(20));
            try (MillraceClient client = builder.build()) {
                assertFails(
                        ErrorCode.UNAVAILABLE,
                        "took too long to open",
                        () -> client.recommend(1, 3));
            }
        } finally {
            for (SocketChannel other : others) {
                other.close();
            }
        }
    }

    @Test
    void shouldReadCodesAndFieldsOfALaterVersion() throws IOException {
        byte[] golden = golden();
        byte[] longer = new byte[golden.length + 4];
        System.arraycopy(golden, 0, longer, 0, BLOCK_END);
        System.arraycopy(golden, BLOCK_END, longer, BLOCK_END + 4, golden.length - BLOCK_END);
        UnsafeBuffer frame = new UnsafeBuffer(longer);
        putShort(frame, BLOCK_LENGTH_OFFSET, FrameLayout.blockLength(frame, 0) + 4);
        frame.putInt(0, longer.length - FrameLayout.LENGTH_BYTES, ByteOrder.LITTLE_ENDIAN);
        frame.putByte(STATUS_OFFSET, (byte) 99);
        frame.putByte(REASON_OFFSET, (byte) 77);
        frame.putByte(SOURCE_OFFSET + 4, (byte) 9);
        try (FakeServer server = new FakeServer((peer, number) -> answer(peer, frame));
                MillraceClient client = Clients.of(server).build()) {
            Answer answer = client.recommend(1, 3);
            assertEquals(Status.INTERNAL, answer.status());
            assertEquals(ReasonCode.NULL_VAL, answer.reason());
            assertEquals("UNKNOWN", answer.sourceName(0));
            assertArrayEquals(new long[] {777, 778}, answer.itemIds());
            assertArrayEquals(new float[] {0.75f, 0.5f}, answer.scores());
        }
    }

    @Test
    void shouldGoOnAfterAnAnswerThatItIsTooOldFor() throws IOException {
        UnsafeBuffer frame = new UnsafeBuffer(golden());
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    putShort(frame, VERSION_OFFSET, number == 0 ? 999 : 1);
                    answer(peer, frame);
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            assertFails(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "version=999, template=20",
                    () -> client.recommend(1, 3));
            assertEquals(777, client.recommend(1, 3).itemIds()[0]);
            assertEquals(1, server.connections());
        }
    }

    private static byte[] golden() throws IOException {
        String hex = Files.readString(GOLDEN).replaceAll("#.*|\\s", "");
        return HexFormat.of().parseHex(hex);
    }

    private static void putShort(UnsafeBuffer buffer, int offset, int value) {
        buffer.putShort(offset, (short) value, ByteOrder.LITTLE_ENDIAN);
    }

    private static void answer(FakeServer.Peer peer, UnsafeBuffer frame) throws IOException {
        int offset = FrameLayout.CORRELATION_ID_OFFSET;
        frame.putLong(offset, peer.correlationId(), ByteOrder.LITTLE_ENDIAN);
        peer.raw(frame.byteArray(), frame.capacity());
    }

    @Test
    void shouldSayWhyAServerRefusesAConnection() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    peer.answer(
                            FrameLayout.NO_CORRELATION_ID,
                            Status.OVERLOADED,
                            ReasonCode.NONE,
                            new long[0],
                            0,
                            "too many connections");
                    peer.hangUp();
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            assertFails(
                    ErrorCode.UNAVAILABLE,
                    "status=OVERLOADED, message=too many connections",
                    () -> client.recommend(1, 3));
        }
    }

    @Test
    void shouldSayWhenAServerDoesNotKnowTheQuestion() {
        FakeServer.Behaviour behaviour =
                (peer, number) ->
                        peer.answer(
                                Status.UNSUPPORTED_VERSION, ReasonCode.NONE, new long[0], 0, "old");
        try (FakeServer server = FakeServer.ofResultsOnly(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            assertFails(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "request=columns, status=UNSUPPORTED_VERSION, message=old",
                    client::rankColumns);
            assertFails(ErrorCode.UNSUPPORTED_VERSION, "request=info", () -> client.info(1));
            assertEquals(1, server.connections());
        }
    }

    @Test
    void shouldReadLongAnswersBesideShortOnes() {
        try (FakeServer server = FakeServer.sound();
                MillraceClient client = Clients.of(server).build()) {
            CompletableFuture<ServerInfo> info = client.async().info(60_000);
            CompletableFuture<Answer> small = Clients.recommend(client, 1);
            assertEquals(60_099, info.join().sampleItems()[59_999]);
            assertEquals(3, small.join().itemIds().length);
        }
    }
}
