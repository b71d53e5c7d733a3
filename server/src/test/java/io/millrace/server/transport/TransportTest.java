package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.LoggedLines;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.TransportChoice;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.Stage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the transport does with requests that can be served. */
@Timeout(60)
class TransportTest {
    private static final Path CONNECTIONS = Path.of("/proc/net/tcp");

    /** Of the times in that table, whatever the kernel's own clock. */
    private static final double TICKS_PER_SECOND = 100;

    private final FakeFunnel funnel = new FakeFunnel();

    @ParameterizedTest
    @EnumSource
    void shouldAnswerEachWhenPipelined(TransportChoice transport) throws IOException {
        try (MillraceServer server = start(TestServers.config(transport));
                WireClient client = new WireClient(server.port())) {
            int count = 500;
            byte[][] frames = new byte[count][];
            for (int i = 0; i < count; i++) {
                frames[i] = Frames.recommend(i, 100 + i, 3);
            }
            client.send(Frames.join(frames));
            Set<Long> seen = new HashSet<>();
            for (int i = 0; i < count; i++) {
                Result result = client.result();
                assertEquals(Status.OK, result.status());
                long first = (100 + result.correlationId()) * 1_000;
                assertEquals(List.of(first, first + 1, first + 2), result.itemIds());
                assertEquals(SourceCode.RANKED, result.items().get(0).source());
                assertEquals(FakeFunnel.FINGERPRINT, result.fingerprint());
                assertTrue(result.serviceNs() > 0);
                assertTrue(seen.add(result.correlationId()));
            }
            assertEquals(count, server.requestsServed());
            assertEquals(count, server.statistics().count(RequestKind.RECOMMEND, Status.OK));
            assertEquals(count, server.statistics().stage(Stage.QUEUE).getTotalCount());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerWhenBytesComeOneByOne(TransportChoice transport) throws IOException {
        try (MillraceServer server = start(TestServers.config(transport));
                WireClient client = new WireClient(server.port())) {
            byte[] frame = Frames.recommend(9, 10, 2, 77);
            for (byte b : frame) {
                client.send(new byte[] {b});
            }
            Result result = client.result();
            assertEquals(9, result.correlationId());
            assertEquals(List.of(10_000L, 10_001L), result.itemIds());
            assertEquals(1, result.retrieved());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerWhenFrameIsLargerThanAnyBuffer(TransportChoice transport) throws IOException {
        ServerConfig config = TestServers.config(transport).with("limits.excluded", 65_534);
        try (MillraceServer server = start(config);
                WireClient client = new WireClient(server.port())) {
            long[] many = new long[60_000];
            byte[] large = Frames.recommend(1, 10, 2, many);
            for (int i = 0; i < 5; i++) {
                client.send(Frames.join(Frames.ping(0), large, Frames.recommend(2, 11, 2)));
                assertEquals(FrameLayout.BODY_OFFSET + 8, client.receive().length);
                assertEquals(60_000, client.result().retrieved());
                assertEquals(List.of(11_000L, 11_001L), client.result().itemIds());
            }
        }
    }

    @Test
    void shouldTellWhatIsServedWhenAsked() throws IOException {
        try (MillraceServer server = start(TestServers.config());
                WireClient client = new WireClient(server.port())) {
            InfoResponseDecoder info = client.info(2);
            assertEquals(FakeFunnel.FINGERPRINT, info.fingerprint());
            assertEquals(1_000, info.items());
            assertEquals(100, info.users());
            assertEquals(FakeFunnel.DIMENSION, info.dimension());
            assertEquals(100, info.maxK());
            assertEquals(FrameLayout.VERSION, info.protocolVersion());
            InfoResponseDecoder.SampleUsersDecoder users = info.sampleUsers();
            assertEquals(2, users.count());
            assertEquals(10, users.next().id());
            assertEquals(20, users.next().id());
            assertEquals(2, info.sampleItems().count());
        }
    }

    @Test
    void shouldHandContextOverWhenGiven() throws IOException {
        try (MillraceServer server = start(TestServers.config());
                WireClient client = new WireClient(server.port())) {
            assertEquals(1, client.ask(Frames.recommendWithContext(1, 10, 1, 0, 2)).ranked());
            Result bad = client.ask(Frames.recommendWithContext(2, 10, 1, 1, 2));
            assertEquals(Status.BAD_REQUEST, bad.status());
            assertEquals("no such context field: field=1, limit=0", bad.message());
        }
    }

    @Test
    void shouldShareWorkWhenThereAreManyLoopsAndWorkers() throws IOException {
        ServerConfig config = TestServers.config().with("threads.io", 2).with("threads.workers", 3);
        try (MillraceServer server = start(config)) {
            assertEquals(3, server.workerCount());
            WireClient[] clients = new WireClient[6];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = new WireClient(server.port());
            }
            for (int i = 0; i < 200; i++) {
                for (WireClient client : clients) {
                    client.send(Frames.recommend(i, 50, 1));
                }
            }
            for (WireClient client : clients) {
                Set<Long> seen = new HashSet<>();
                for (int i = 0; i < 200; i++) {
                    seen.add(client.result().correlationId());
                }
                assertEquals(200, seen.size());
                client.close();
            }
        }
    }

    @Test
    void shouldRefuseAtOnceWhenAllSlotsAreInFlight() throws IOException {
        ServerConfig config = TestServers.config().with("limits.inFlight", 3);
        try (MillraceServer server = start(config);
                WireClient client = new WireClient(server.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(Frames.recommend(i, FakeFunnel.BLOCKED_USER, 1));
            }
            Result refused = client.ask(Frames.recommend(3, 10, 1));
            assertEquals(Status.OVERLOADED, refused.status());
            assertEquals(3, refused.correlationId());
            assertEquals(3, server.statistics().inFlight());
            funnel.gate.release(3);
            for (int i = 0; i < 3; i++) {
                assertEquals(Status.OK, client.result().status());
            }
            assertEquals(Status.OK, client.ask(Frames.recommend(4, 10, 1)).status());
            assertEquals(1, server.statistics().count(RequestKind.RECOMMEND, Status.OVERLOADED));
        }
    }

    @Test
    void shouldStopReadingWhenOneConnectionAsksTooMuch() throws Exception {
        ServerConfig config = TestServers.config().with("limits.inFlightPerConnection", 4);
        try (MillraceServer server = start(config);
                WireClient client = new WireClient(server.port());
                WireClient other = new WireClient(server.port())) {
            client.send(Frames.recommend(0, FakeFunnel.BLOCKED_USER, 1));
            for (int i = 1; i < 100; i++) {
                client.send(Frames.recommend(i, 10, 1));
            }
            await(() -> server.statistics().connections().pauses() > 0);
            assertEquals(4, server.statistics().inFlight());
            other.send(Frames.recommend(7, 10, 1));
            funnel.gate.release();
            assertEquals(Status.OK, other.result().status());
            Set<Long> seen = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                Result result = client.result();
                assertEquals(Status.OK, result.status());
                seen.add(result.correlationId());
            }
            assertEquals(100, seen.size());
        }
    }

    @Test
    void shouldSayDeadlineExceededWhenItPassedBeforeWorkBegan() throws Exception {
        try (MillraceServer server = start(TestServers.config());
                WireClient client = new WireClient(server.port())) {
            client.send(Frames.recommend(1, FakeFunnel.BLOCKED_USER, 1));
            // Long enough for a busy machine to read it before it has passed.
            client.send(Frames.recommend(2, 10, 1, 0, 0, 50_000));
            client.send(Frames.recommend(3, 10, 1, 0, 0, 10_000_000));
            await(() -> server.statistics().inFlight() == 3);
            Thread.sleep(100);
            funnel.gate.release();
            assertEquals(Status.OK, client.result().status());
            Result late = client.result();
            assertEquals(2, late.correlationId());
            assertEquals(Status.DEADLINE_EXCEEDED, late.status());
            assertEquals(Status.OK, client.result().status());
            assertEquals(2, funnel.begun.get());
        }
    }

    @Test
    void shouldLiveOnWhenRequestBreaksItsWorker() throws IOException {
        try (MillraceServer server = start(TestServers.config());
                WireClient client = new WireClient(server.port())) {
            for (int i = 0; i < 10; i++) {
                Result broken = client.ask(Frames.recommend(i, FakeFunnel.BROKEN_USER, 1));
                assertEquals(Status.INTERNAL, broken.status());
                assertEquals(i, broken.correlationId());
                assertTrue(broken.items().isEmpty());
            }
            assertEquals(Status.OK, client.ask(Frames.recommend(11, 10, 1)).status());
            assertEquals(10, server.statistics().failures());
        }
    }

    /** Ways to leave while requests are in flight. */
    enum Leaving {
        RESET {
            @Override
            void now(WireClient client) throws IOException {
                client.reset();
            }
        },
        CLOSE {
            @Override
            void now(WireClient client) throws IOException {
                client.close();
            }
        },
        /** Ends its side only, and reads on until the server ends the other. */
        HALF {
            @Override
            void now(WireClient client) throws IOException {
                client.finish();
            }
        };

        abstract void now(WireClient client) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void shouldForgetRequestWhenClientGoesAway(Leaving leaving) throws Exception {
        try (MillraceServer server = start(TestServers.config());
                WireClient stays = new WireClient(server.port())) {
            WireClient leaves = new WireClient(server.port());
            leaves.send(Frames.recommend(1, FakeFunnel.BLOCKED_USER, 1));
            leaves.send(Frames.recommend(2, 10, 1));
            await(() -> funnel.begun.get() == 1 && server.statistics().inFlight() == 2);
            leaving.now(leaves);
            await(() -> server.statistics().connections().open() == 1);
            funnel.gate.release();
            assertEquals(Status.OK, stays.ask(Frames.recommend(3, 10, 1)).status());
            await(() -> server.statistics().inFlight() == 0);
            assertEquals(1, server.statistics().abandoned());
            assertEquals(2, server.statistics().connections().unread());
        }
    }

    /** The system's table of connections tells when a silent one will be asked. */
    @ParameterizedTest
    @EnumSource
    void shouldAskSilentPeersWhetherTheyAreThere(TransportChoice transport) throws Exception {
        assumeTrue(Files.exists(CONNECTIONS), "needs Linux");
        ServerConfig config = TestServers.config(transport);
        try (MillraceServer server = start(config.with("limits.gonePeerMs", 4_500));
                WireClient client = new WireClient(server.port())) {
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
            // Nothing of a timer while an answer is not acknowledged.
            await(() -> secondsUntilAsked(server.port()) > 0);
            double seconds = secondsUntilAsked(server.port());
            assertTrue(seconds > 1 && seconds <= 5, "seconds=" + seconds);
        }
        try (MillraceServer server = start(config.with("limits.gonePeerMs", 0));
                WireClient client = new WireClient(server.port())) {
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
            assertEquals(0, secondsUntilAsked(server.port()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndConnectionsWhosePeerIsGoneWithoutAWord(TransportChoice transport)
            throws Exception {
        assumeTrue(Files.exists(CONNECTIONS), "needs Linux");
        ServerConfig config = TestServers.config(transport).with("limits.gonePeerMs", 1_000);
        try (MillraceServer server = start(config);
                WireClient stays = new WireClient(server.port())) {
            Optional<VanishingPeer> peer = VanishingPeer.connect(server.port());
            assumeTrue(peer.isPresent(), "needs CAP_NET_ADMIN");
            await(() -> server.statistics().connections().open() == 2);
            peer.orElseThrow().vanish();
            await(() -> server.statistics().connections().open() == 1);
            // Who is silent all the while, but there, stays.
            assertEquals(Status.OK, stays.ask(Frames.recommend(1, 10, 1)).status());
        }
    }

    /** Of the connection to a port; 0 where no such timer runs. */
    private static double secondsUntilAsked(int port) {
        Pattern asked =
                Pattern.compile(" [0-9A-F]+:%04X \\S+ 01 \\S+ 02:([0-9A-F]+) ".formatted(port));
        for (Path table : List.of(CONNECTIONS, CONNECTIONS.resolveSibling("tcp6"))) {
            try {
                Matcher found = asked.matcher(Files.readString(table));
                if (found.find()) {
                    return Long.parseLong(found.group(1), 16) / TICKS_PER_SECOND;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return 0;
    }

    @Test
    void shouldRefuseConnectionWhenThereAreTooMany() throws Exception {
        ServerConfig config = TestServers.config().with("limits.connections", 2);
        try (MillraceServer server = start(config);
                WireClient first = new WireClient(server.port())) {
            WireClient second = new WireClient(server.port());
            assertEquals(Status.OK, first.ask(Frames.recommend(1, 10, 1)).status());
            assertEquals(Status.OK, second.ask(Frames.recommend(1, 10, 1)).status());
            try (WireClient third = new WireClient(server.port())) {
                Result refused = third.result();
                assertEquals(Status.OVERLOADED, refused.status());
                assertEquals(FrameLayout.NO_CORRELATION_ID, refused.correlationId());
                assertTrue(third.isEnded());
            }
            assertEquals(Status.OK, first.ask(Frames.recommend(2, 10, 1)).status());
            second.reset();
            await(() -> server.statistics().connections().open() == 1);
            try (WireClient third = new WireClient(server.port())) {
                assertEquals(Status.OK, third.ask(Frames.recommend(3, 10, 1)).status());
            }
            assertEquals(1, server.statistics().connections().refused());
        }
    }

    @Test
    void shouldCloseConnectionWhenItsPeerDoesNotRead() throws Exception {
        ServerConfig config =
                TestServers.config()
                        .with("limits.writeLowBytes", 512)
                        .with("limits.writeHighBytes", 1_024)
                        .with("limits.slowReaderMs", 300);
        try (MillraceServer server = start(config);
                WireClient slow = new WireClient(server.port(), 1_024);
                WireClient other = new WireClient(server.port())) {
            Thread asking =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            while (true) {
                                                slow.send(Frames.recommend(1, 10, 100));
                                            }
                                        } catch (IOException closed) {
                                            return;
                                        }
                                    });
            await(() -> server.statistics().connections().slowReaders() == 1);
            await(() -> server.statistics().connections().open() == 1);
            asking.join(10_000);
            assertFalse(asking.isAlive());
            assertEquals(Status.OK, other.ask(Frames.recommend(3, 10, 1)).status());
        }
    }

    /** One that falls behind and catches up, again and again, is none. */
    @Test
    void shouldKeepConnectionWhenItsPeerReadsLate() throws Exception {
        int burst = 3_000;
        ServerConfig config =
                TestServers.config()
                        .with("limits.inFlight", 2 * burst)
                        .with("limits.inFlightPerConnection", 2 * burst)
                        .with("limits.deadlineMs", 0)
                        .with("limits.writeLowBytes", 512)
                        .with("limits.writeHighBytes", 1_024)
                        .with("limits.slowReaderMs", 3_000);
        try (MillraceServer server = start(config);
                WireClient client = new WireClient(server.port(), 1_024)) {
            for (int round = 0; round < 8; round++) {
                Thread sending =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                for (int i = 0; i < burst; i++) {
                                                    client.send(Frames.recommend(i, 10, 100));
                                                }
                                            } catch (IOException e) {
                                                throw new AssertionError(e);
                                            }
                                        });
                Thread.sleep(500);
                for (int i = 0; i < burst; i++) {
                    assertEquals(Status.OK, client.result().status());
                }
                sending.join();
            }
            // It was not for want of answers, and all took longer than is given.
            assertTrue(server.statistics().connections().pauses() > 1);
            assertEquals(0, server.statistics().connections().slowReaders());
        }
    }

    @Test
    void shouldFinishWhatIsInFlightWhenClosed() throws Exception {
        MillraceServer server = start(TestServers.config());
        int port = server.port();
        try (WireClient client = new WireClient(port)) {
            client.send(Frames.recommend(1, FakeFunnel.BLOCKED_USER, 1));
            client.send(Frames.recommend(2, 10, 1));
            await(() -> server.statistics().inFlight() == 2);
            Thread closing = new Thread(server::close);
            closing.start();
            await(() -> refusesConnections(port));
            Result refused = client.ask(Frames.recommend(3, 10, 1));
            assertEquals(3, refused.correlationId());
            assertEquals(Status.SHUTTING_DOWN, refused.status());
            funnel.gate.release();
            assertEquals(Status.OK, client.result().status());
            assertEquals(Status.OK, client.result().status());
            assertTrue(client.isEnded());
            closing.join(10_000);
            assertFalse(closing.isAlive());
            server.close();
        }
    }

    @Test
    void shouldGiveUpWaitingWhenDrainTakesTooLong() throws Exception {
        MillraceServer server = start(TestServers.config().with("limits.drainMs", 50));
        try (WireClient client = new WireClient(server.port())) {
            client.send(Frames.recommend(1, FakeFunnel.BLOCKED_USER, 1));
            await(() -> funnel.begun.get() == 1);
            Thread closing = new Thread(server::close);
            closing.start();
            Thread.sleep(200);
            funnel.gate.release();
            closing.join(10_000);
            assertFalse(closing.isAlive());
        }
    }

    @Test
    void shouldSayPortIsInUseWhenItIs() {
        try (MillraceServer server = start(TestServers.config())) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> start(TestServers.config().with("network.port", server.port())));
            assertEquals(ErrorCode.IO, e.code());
            assertEquals(
                    "port is in use: address=127.0.0.1:"
                            + server.port()
                            + "; stop the other process or change network.port",
                    e.getMessage());
        }
    }

    @Test
    void shouldRefuseToListenWhenAddressIsNotLoopback() {
        ServerConfig config = TestServers.config().with("network.host", "0.0.0.0");
        MillraceException e = assertThrows(MillraceException.class, () -> start(config));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains("network.allowRemote"), e.getMessage());
        start(config.with("network.allowRemote", true)).close();
    }

    @Test
    void shouldWarnWhenAnyoneMayAskFromAnywhere() {
        try (LoggedLines said = LoggedLines.of(ListenAddress.class)) {
            start(TestServers.config()).close();
            assertEquals(List.of(), said.lines());
            start(
                            TestServers.config()
                                    .with("network.host", "0.0.0.0")
                                    .with("network.allowRemote", true))
                    .close();
            assertEquals(1, said.lines().size());
            String told = said.lines().getFirst();
            assertTrue(told.contains("host=0.0.0.0") && told.contains("tokens.file"), told);
        }
    }

    private MillraceServer start(ServerConfig config) {
        return MillraceServer.start(config, funnel);
    }

    private static boolean refusesConnections(int port) {
        try {
            new WireClient(port).close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long endNs = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > endNs) {
                throw new AssertionError("waited in vain");
            }
            Thread.sleep(1);
        }
    }
}
