package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.rounds.Rounds;
import io.millrace.core.wire.Status;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Servers that are closed in the middle of requests: each is answered, or refused in words. */
@Timeout(300)
class DrainTest {
    private static final int CLIENTS = 4;
    private static final int BURST = 16;
    private static final long LONG_SILENCE_NS = 5_000_000;
    private static final long LONG_PAUSE_NS = 15_000_000;

    @Test
    void shouldAnswerEachRequestWhenClosedInTheMiddle() throws Exception {
        closeInTheMiddle(40);
    }

    @Test
    @Tag("slow")
    void shouldAnswerEachRequestWhenClosedInTheMiddleManyTimes() throws Exception {
        closeInTheMiddle(Rounds.times(200));
    }

    private static void closeInTheMiddle(int rounds) throws Exception {
        int refused = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (int round = 0; round < rounds; round++) {
                refused += closeInTheMiddle(threads, round);
            }
        }
        // Else no round met the moment.
        assertTrue(refused > rounds / 2, "refused: " + refused);
    }

    /** Clients that send another burst as soon as one is answered, until they are refused. */
    private static int closeInTheMiddle(ExecutorService threads, int round)
            throws InterruptedException, ExecutionException {
        // A burst is more than one connection may have in flight, so that some wait unread.
        ServerConfig config =
                TestServers.config()
                        .with("limits.inFlightPerConnection", round % 2 == 0 ? BURST / 4 : BURST)
                        .with("threads.io", 1 + round % 2);
        List<Future<Integer>> clients = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(CLIENTS);
        try (MillraceServer server = MillraceServer.start(config, new FakeFunnel())) {
            for (int c = 0; c < CLIENTS; c++) {
                int length = c % 2 == 0 ? 1 : BURST;
                Callable<Integer> client = () -> askUntilRefused(server.port(), length, begun);
                clients.add(threads.submit(client));
            }
            begun.await();
            Thread.sleep(0, 100_000 * (round % 10));
        }
        int refused = 0;
        for (Future<Integer> client : clients) {
            refused += client.get();
        }
        return refused;
    }

    private static int askUntilRefused(int port, int length, CountDownLatch begun)
            throws IOException {
        try (WireClient client = new WireClient(port)) {
            int refused = 0;
            long sentNs = System.nanoTime();
            for (int first = 0; refused == 0; first += length) {
                ByteArrayOutputStream burst = new ByteArrayOutputStream();
                for (int i = 0; i < length; i++) {
                    burst.writeBytes(Frames.recommend(first + i, 10, 1));
                }
                long silentNs = System.nanoTime() - sentNs;
                sentNs += silentNs;
                try {
                    client.send(burst.toByteArray());
                    refused = refused(client, first, length);
                } catch (IOException ended) {
                    // A machine that stops this thread for long makes it one that has stopped.
                    if (silentNs < LONG_SILENCE_NS) {
                        throw new IOException("unanswered, silentNs=" + silentNs, ended);
                    }
                    return 0;
                }
                if (first == 0) {
                    begun.countDown();
                }
            }
            assertTrue(client.isEnded(), "bytes behind the last answer");
            return refused;
        }
    }

    /** How many of a burst are refused; each must be answered once. */
    private static int refused(WireClient client, int first, int length) throws IOException {
        int refused = 0;
        boolean[] isAnswered = new boolean[length];
        for (int i = 0; i < length; i++) {
            // The end of the stream instead of an answer is an error.
            Result result = client.result();
            int at = (int) result.correlationId() - first;
            assertTrue(!isAnswered[at], "answered twice");
            isAnswered[at] = true;
            if (result.status() == Status.SHUTTING_DOWN) {
                refused++;
            } else {
                assertEquals(Status.OK, result.status(), result.message());
            }
        }
        return refused;
    }

    /** What waits in the connection's own buffer was read, and no event wakes it any more. */
    @Test
    void shouldRefuseWhatWaitedUnreadWhenClosed() throws Exception {
        FakeFunnel funnel = new FakeFunnel();
        ServerConfig config = TestServers.config().with("limits.inFlightPerConnection", 1);
        MillraceServer server = MillraceServer.start(config, funnel);
        try (WireClient client = new WireClient(server.port())) {
            ByteArrayOutputStream burst = new ByteArrayOutputStream();
            burst.writeBytes(Frames.recommend(1, FakeFunnel.BLOCKED_USER, 1));
            for (int i = 2; i <= BURST; i++) {
                burst.writeBytes(Frames.recommend(i, 10, 1));
            }
            client.send(burst.toByteArray());
            while (funnel.begun.get() == 0) {
                Thread.sleep(1);
            }
            Thread closing = Thread.ofPlatform().start(server::close);
            Thread.sleep(50);
            funnel.gate.release();
            assertEquals(Status.OK, client.result().status());
            for (int i = 2; i <= BURST; i++) {
                Result refused = client.result();
                assertEquals(i, refused.correlationId());
                assertEquals(Status.SHUTTING_DOWN, refused.status());
            }
            assertTrue(client.isEnded());
            closing.join();
        }
    }

    /** Nothing is in flight, so that it could end at once; who asks a moment later is told why. */
    @Test
    void shouldRefuseWhatComesAMomentLaterWhenNothingIsInFlight() throws Exception {
        int refused = 0;
        for (int round = 0; round < 50 && refused < 5; round++) {
            MillraceServer server = MillraceServer.start(TestServers.config(), new FakeFunnel());
            try (WireClient client = new WireClient(server.port())) {
                assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
                long beginNs = System.nanoTime();
                Thread closing = Thread.ofPlatform().start(server::close);
                Thread.sleep(8);
                long lateNs = System.nanoTime() - beginNs;
                try {
                    Status status = client.ask(Frames.recommend(2, 10, 1)).status();
                    refused += status == Status.SHUTTING_DOWN ? 1 : 0;
                } catch (IOException ended) {
                    // A machine that stops this thread for long makes it one that has stopped.
                    assertTrue(lateNs > LONG_PAUSE_NS, "unanswered, lateNs=" + lateNs);
                }
                closing.join();
            }
        }
        assertEquals(5, refused);
    }

    /** It does not wait for ever for one that goes on sending. */
    @Test
    void shouldEndWhenClientsGoOnSending() throws Exception {
        MillraceServer server = MillraceServer.start(TestServers.config(), new FakeFunnel());
        Thread sending =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try (WireClient client = new WireClient(server.port())) {
                                        while (true) {
                                            client.ask(Frames.recommend(1, 10, 1));
                                        }
                                    } catch (IOException ended) {
                                        return;
                                    }
                                });
        Thread.sleep(50);
        server.close();
        sending.join(10_000);
        assertTrue(!sending.isAlive());
    }
}
