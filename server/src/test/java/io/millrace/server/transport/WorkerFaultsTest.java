package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.Status;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.Idle;

import org.agrona.concurrent.AgentTerminationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** What becomes of a worker's thread, and of the requests behind the one that ends it. */
@Timeout(60)
class WorkerFaultsTest {
    private static final int BEHIND = 20;

    private final FakeFunnel funnel = new FakeFunnel();
    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private MillraceServer server;
    private WireClient client;

    @BeforeEach
    void serve() throws IOException {
        server = MillraceServer.start(TestServers.config(), funnel);
        client = new WireClient(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    /** An error that nobody can describe: who logs it throws it. */
    private static final class Untellable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw this;
        }
    }

    private static int overflow(int depth) {
        return depth < 0 ? 0 : overflow(depth + 1) + 1;
    }

    @Test
    void shouldGoOnWithTheSameThreadWhenTheFunnelThrowsAnything() throws IOException {
        Thread before = workerThread();
        List<Runnable> oddities =
                List.of(
                        () -> overflow(0),
                        () -> {
                            throw new OutOfMemoryError("not really");
                        },
                        () -> {
                            throw new LinkageError("as of a class that cannot be loaded");
                        },
                        () -> {
                            throw new AgentTerminationException("what ends other agents");
                        });
        for (Runnable oddity : oddities) {
            funnel.oddity = oddity;
            assertEquals(Status.INTERNAL, ask().status());
            assertEquals(before, workerThread());
        }
        assertEquals(0, server.statistics().workerRestarts());
        assertEquals(oddities.size(), server.statistics().failures());
    }

    @Test
    void shouldReplaceTheThreadAndAnswerAllWhenAnErrorEscapes() throws Exception {
        Thread before = workerThread();
        funnel.oddity =
                () -> {
                    throw new Untellable();
                };
        byte[][] frames = new byte[BEHIND + 1][];
        frames[0] = Frames.recommend(0, FakeFunnel.ODD_USER, 1);
        for (int i = 1; i <= BEHIND; i++) {
            frames[i] = Frames.recommend(i, 10, 1);
        }
        client.send(Frames.join(frames));
        Result killer = client.result();
        assertEquals(0, killer.correlationId());
        assertEquals(Status.INTERNAL, killer.status());
        assertTrue(killer.items().isEmpty());
        Set<Long> answered = new HashSet<>();
        for (int i = 1; i <= BEHIND; i++) {
            Result behind = client.result();
            assertEquals(Status.OK, behind.status());
            answered.add(behind.correlationId());
        }
        assertEquals(BEHIND, answered.size());
        assertReplaced(before);
        assertEquals(1, server.statistics().failures());
    }

    @Test
    void shouldReplaceTheThreadWhenItIsInterrupted() throws Exception {
        Thread before = workerThread();
        before.interrupt();
        assertReplaced(before);
        assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
        assertEquals(0, server.statistics().failures());
    }

    /** A sleeper that nobody knows would be found by itself only, ten times a second. */
    @Test
    void shouldWakeTheNewThreadAsSoonAsWorkComes() throws Exception {
        Thread before = workerThread();
        before.interrupt();
        assertReplaced(before);
        long beginNs = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            client.ask(Frames.recommend(i, 10, 1));
            Thread.sleep(2);
        }
        long tookMs = (System.nanoTime() - beginNs) / 1_000_000;
        assertTrue(tookMs < 2_000, "ms=" + tookMs);
    }

    @Test
    void shouldReplaceNothingWhenTheServerStops() {
        for (Idle idle : Idle.values()) {
            MillraceServer other =
                    MillraceServer.start(TestServers.config().with("threads.idle", idle), funnel);
            other.close();
            assertEquals(0, other.statistics().workerRestarts());
        }
    }

    /** Nobody can end a thread that waits for a disk for ever. */
    @Test
    void shouldStopAllTheSameWhenARequestHangs() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        funnel.oddity =
                () -> {
                    begun.countDown();
                    awaitWhateverComes(end);
                };
        ServerConfig config = TestServers.config().with("limits.drainMs", 100);
        MillraceServer hanging = MillraceServer.start(config, funnel);
        try (WireClient other = new WireClient(hanging.port())) {
            other.send(Frames.recommend(1, FakeFunnel.ODD_USER, 1));
            begun.await();
            assertTimeoutPreemptively(Duration.ofSeconds(40), hanging::close);
            assertEquals(1, hanging.statistics().inFlight());
        } finally {
            end.countDown();
        }
    }

    private static void awaitWhateverComes(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
            Thread.interrupted();
        }
    }

    private void assertReplaced(Thread before) throws Exception {
        TransportTest.await(() -> server.statistics().workerRestarts() == 1);
        Thread after = workerThread();
        assertNotSame(before, after);
        assertEquals(before.getName(), after.getName());
        before.join(10_000);
        assertFalse(before.isAlive());
        assertEquals(1, server.statistics().workerRestarts());
        assertEquals(0, server.statistics().inFlight());
    }

    private Thread workerThread() throws IOException {
        funnel.oddity = () -> thread.set(Thread.currentThread());
        assertEquals(Status.OK, ask().status());
        return thread.get();
    }

    private Result ask() throws IOException {
        return client.ask(Frames.recommend(7, FakeFunnel.ODD_USER, 1));
    }
}
