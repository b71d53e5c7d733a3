package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.TransportChoice;
import io.netty.buffer.PooledByteBufAllocator;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** What the transport does with bytes that can't be served, and with peers that don't behave. */
@Timeout(60)
class BadFramesTest {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final MillraceServer server = start(TestServers.config());

    private static MillraceServer start(ServerConfig config) {
        return MillraceServer.start(config, new FakeFunnel());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAndCloseWhenBytesAreOfAnotherProtocol(TransportChoice transport)
            throws IOException {
        try (MillraceServer other = start(TestServers.config(transport));
                WireClient client = new WireClient(other.port())) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
            Result result = client.result();
            assertEquals(Status.TOO_LARGE, result.status());
            assertEquals(FrameLayout.NO_CORRELATION_ID, result.correlationId());
            assertEquals("frame too large; send less or raise limits.frameBytes", result.message());
            assertTrue(client.isEnded());
            assertServes(other);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSkipFrameAndGoOnWhenItIsTooLarge(TransportChoice transport) throws IOException {
        ServerConfig config = TestServers.config(transport).with("limits.frameBytes", 4_096);
        try (MillraceServer small = start(config);
                WireClient client = new WireClient(small.port())) {
            for (int excluded : new int[] {600, 5_000, 60_000}) {
                byte[] large = Frames.recommend(excluded, 10, 1, new long[excluded]);
                client.send(Frames.join(large, Frames.recommend(7, 10, 1)));
                Result refused = client.result();
                assertEquals(Status.TOO_LARGE, refused.status());
                assertEquals(excluded, refused.correlationId());
                assertEquals(7, client.result().correlationId());
            }
        }
    }

    @Test
    void shouldAnswerAndCloseWhenLengthIsHuge() throws IOException {
        for (long length : new long[] {WireLimits.MAX_FRAME_BYTES + 1L, 0x7FFFFFFFL, 0xFFFFFFFFL}) {
            try (WireClient client = new WireClient(server.port())) {
                byte[] ping = Frames.ping(5);
                new UnsafeBuffer(ping).putInt(0, (int) length, ORDER);
                Result result = client.ask(ping);
                assertEquals(Status.TOO_LARGE, result.status());
                assertEquals(5, result.correlationId());
                assertTrue(client.isEnded());
            }
        }
        assertServes(server);
    }

    @Test
    void shouldGoOnWhenFrameIsTooShort() throws IOException {
        try (WireClient client = new WireClient(server.port())) {
            for (int length = 0; length < FrameLayout.MIN_LENGTH; length++) {
                byte[] frame = Arrays.copyOf(Frames.ping(5), FrameLayout.LENGTH_BYTES + length);
                new UnsafeBuffer(frame).putInt(0, length, ORDER);
                Result result = client.ask(frame);
                assertEquals(Status.BAD_REQUEST, result.status());
                assertEquals(FrameLayout.NO_CORRELATION_ID, result.correlationId());
            }
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
        }
    }

    @Test
    void shouldSayUnsupportedWhenVersionOrMessageIsNotKnown() throws IOException {
        try (WireClient client = new WireClient(server.port())) {
            Result version = client.ask(changed(Frames.recommend(3, 10, 1), 6, 8));
            assertEquals(Status.UNSUPPORTED_VERSION, version.status());
            assertEquals(3, version.correlationId());
            assertEquals("version not known: speak version 1 to 7", version.message());
            Result template = client.ask(changed(Frames.recommend(4, 10, 1), 2, 99));
            assertEquals(Status.UNSUPPORTED_VERSION, template.status());
            assertEquals(4, template.correlationId());
            Result schema = client.ask(changed(Frames.recommend(5, 10, 1), 4, 1));
            assertEquals(Status.UNSUPPORTED_VERSION, schema.status());
            assertEquals(FrameLayout.NO_CORRELATION_ID, schema.correlationId());
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
        }
    }

    private static byte[] changed(byte[] frame, int headerOffset, int value) {
        new UnsafeBuffer(frame)
                .putShort(FrameLayout.HEADER_OFFSET + headerOffset, (short) value, ORDER);
        return frame;
    }

    @Test
    void shouldSayBadRequestWhenValuesMakeNoSense() throws IOException {
        try (WireClient client = new WireClient(server.port())) {
            assertBad(client, Frames.recommend(1, 10, 0), "k out of range: k=0, limit=100");
            assertBad(client, Frames.recommend(1, 10, 101), "k out of range: k=101, limit=100");
            assertBad(client, Frames.similar(1, 10, 0, false), "k out of range: k=0, limit=100");
            assertBad(
                    client,
                    Frames.search(1, -1, 65_534, false, 1, 2, 3, 4),
                    "k out of range: k=65534, limit=100");
            assertBad(
                    client,
                    Frames.recommend(1, 10, 1, new long[1_001]),
                    "too many excluded items: count=1001, limit=1000");
            assertBad(
                    client,
                    Frames.search(1, -1, 1, false, 1, 2, 3),
                    "wrong vector length: bytes=12, limit=16");
            assertBad(
                    client,
                    Frames.search(1, -1, 1, false),
                    "wrong vector length: bytes=0, limit=16");
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                assertBad(
                        client,
                        Frames.search(1, -1, 1, false, 1, bad, 3, 4),
                        "vector holds a float that is not finite; send numbers only");
            }
            Result unknown = client.ask(Frames.similar(1, FakeFunnel.NO_ITEM, 1, false));
            assertEquals(Status.UNKNOWN_ITEM, unknown.status());
            assertEquals("no such item: item=404", unknown.message());
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 100)).status());
        }
    }

    private static void assertBad(WireClient client, byte[] frame, String message)
            throws IOException {
        Result result = client.ask(frame);
        assertEquals(Status.BAD_REQUEST, result.status());
        assertEquals(1, result.correlationId());
        assertEquals(message, result.message());
    }

    @Test
    void shouldSayBadRequestWhenMessageIsAnAnswer() throws IOException {
        try (WireClient client = new WireClient(server.port())) {
            client.send(Frames.ping(9));
            Result result = client.ask(client.receive());
            assertEquals(Status.BAD_REQUEST, result.status());
            assertEquals(9, result.correlationId());
        }
    }

    @Test
    void shouldServeOthersWhenClientLeavesInMidFrame() throws Exception {
        byte[] frame = Frames.recommend(1, 10, 1, 1, 2, 3);
        for (int bytes = 0; bytes < frame.length; bytes++) {
            try (WireClient client = new WireClient(server.port())) {
                client.send(frame, 0, bytes);
                if (bytes % 2 == 0) {
                    client.reset();
                }
            }
        }
        assertServes(server);
        TransportTest.await(() -> server.statistics().connections().open() == 0);
    }

    @Test
    void shouldLiveOnWhenFramesAreChangedAtRandom() throws IOException {
        byte[][] sound = {
            Frames.recommend(1, 10, 5, 1, 2, 3),
            Frames.recommendWithContext(2, 10, 5, 0, 1),
            Frames.similar(3, 10, 5, true, 4, 5),
            Frames.search(4, -1, 5, true, 1, 2, 3, 4),
            Frames.info(5, 2),
            Frames.ping(6)
        };
        SplitRandom random = new SplitRandom(42);
        try (WireClient client = new WireClient(server.port())) {
            for (int round = 0; round < 5_000; round++) {
                byte[] frame = sound[random.nextInt(sound.length)].clone();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    int at =
                            FrameLayout.HEADER_OFFSET
                                    + random.nextInt(frame.length - FrameLayout.HEADER_OFFSET);
                    frame[at] = (byte) random.nextInt(256);
                }
                client.send(frame);
                assertTrue(client.receive().length >= FrameLayout.BODY_OFFSET);
            }
            assertEquals(0, server.statistics().failures());
        }
        assertServes(server);
    }

    @Test
    void shouldLiveOnWhenBytesAreRandom() throws IOException {
        SplitRandom random = new SplitRandom(7);
        for (int round = 0; round < 200; round++) {
            byte[] noise = new byte[1 + random.nextInt(300)];
            for (int i = 0; i < noise.length; i++) {
                noise[i] = (byte) random.nextInt(256);
            }
            try (WireClient client = new WireClient(server.port())) {
                client.send(noise);
            }
        }
        assertServes(server);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldLittleMemoryWhenClientDoesNotRead(TransportChoice transport) throws Exception {
        int count = 40_000;
        byte[] frame = Frames.recommend(0, 10, 100);
        try (MillraceServer busy = start(TestServers.config(transport));
                WireClient client = new WireClient(busy.port(), 8 << 10)) {
            AtomicReference<IOException> failure = new AtomicReference<>();
            Thread sender =
                    new Thread(
                            () -> {
                                try {
                                    for (int i = 0; i < count; i++) {
                                        byte[] copy = frame.clone();
                                        new UnsafeBuffer(copy)
                                                .putLong(
                                                        FrameLayout.CORRELATION_ID_OFFSET,
                                                        i,
                                                        ORDER);
                                        client.send(copy);
                                    }
                                } catch (IOException e) {
                                    failure.set(e);
                                }
                            });
            sender.start();
            TransportTest.await(() -> busy.statistics().connections().pauses() > 0);
            Thread.sleep(100);
            long served = busy.requestsServed();
            assertTrue(served < count / 2, "served=" + served);
            long pinned = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
            assertTrue(pinned < 4 << 20, "pinned=" + pinned);
            awaitServes(busy);
            Set<Long> seen = new HashSet<>();
            for (int i = 0; i < count; i++) {
                Result result = client.result();
                if (result.status() == Status.OK) {
                    assertEquals(100, result.items().size());
                } else {
                    assertEquals(Status.OVERLOADED, result.status());
                }
                seen.add(result.correlationId());
            }
            assertEquals(count, seen.size());
            sender.join();
            assertEquals(null, failure.get());
        }
    }

    @Test
    void shouldGiveAllBuffersBackWhenConnectionsEnd() throws Exception {
        assertServes(server);
        TransportTest.await(() -> server.statistics().connections().open() == 0);
        long before = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
        for (int i = 0; i < 300; i++) {
            try (WireClient client = new WireClient(server.port())) {
                client.send(Frames.join(Frames.recommend(1, 10, 1), Frames.ping(2)), 0, 60 + i % 9);
                if (i % 3 == 0) {
                    client.result();
                }
            }
        }
        TransportTest.await(() -> server.statistics().connections().open() == 0);
        assertEquals(before, PooledByteBufAllocator.DEFAULT.pinnedDirectMemory());
    }

    /** What waits of another connection may be too much for a moment, on a busy machine. */
    private static void awaitServes(MillraceServer server) throws IOException {
        try (WireClient client = new WireClient(server.port())) {
            Status status = client.ask(Frames.recommend(1, 10, 1)).status();
            while (status == Status.OVERLOADED) {
                LockSupport.parkNanos(1_000_000);
                status = client.ask(Frames.recommend(1, 10, 1)).status();
            }
            assertEquals(Status.OK, status);
        }
    }

    private static void assertServes(MillraceServer server) throws IOException {
        try (WireClient client = new WireClient(server.port())) {
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
        }
    }
}
