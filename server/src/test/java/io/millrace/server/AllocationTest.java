package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.log.LogFiles;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.index.GraphLayout;
import io.millrace.index.recall.RecallCurve;
import io.millrace.index.recall.RecallCurve.Line;
import io.millrace.index.recall.RecallCurve.Point;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.server.Frames.Column;
import io.millrace.server.Frames.Event;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Workers and event loops allocate nothing while they serve a real bundle and log it. */
@Timeout(180)
class AllocationTest {
    private static final int ITEMS = 400;
    private static final int USERS = 50;
    private static final int BATCHES = 250;
    private static final int FRAMES = 15;
    private static final int SCANNED = 12;

    /** Few items meet one of these; a worker keeps what they were compiled to. */
    private static final String[] FEW = {
        "creator = 3", "creator in (4, 5)", "duration > 4.5", "not duration > 2 or tags has '7'"
    };

    private static final int PATIENCE_SECONDS = 30;
    private static final int MANY = 100_000;

    /** Bytes a second. */
    private static final double MOST_BESIDE = 100_000;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir Path folder;

    /** Some of the searches are kept to be compared with exact ones meanwhile. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAllocateNothingWhenServingMixedRequests(GraphLayout layout) throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS, layout);
        tiny.write(folder.resolve("bundle"));
        assertServesWithoutAllocating(tiny, TinyBundle.DIMENSION);
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAllocateNothingWhenRetrievingByFactors(GraphLayout layout) throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS, layout);
        tiny.retrieveByFactors(tiny.write(folder.resolve("bundle")));
        assertServesWithoutAllocating(tiny, TinyBundle.FACTORS);
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAllocateNothingWhenRetrievingByABlend(GraphLayout layout) throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS, layout);
        tiny.retrieveByBlend(tiny.write(folder.resolve("bundle")));
        assertServesWithoutAllocating(tiny, TinyBundle.BLENDED);
    }

    @Test
    void shouldAllocateNothingWhenCandidatesComeFromLists() throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS);
        tiny.retrieveByNeighbours(tiny.write(folder.resolve("bundle"))).close();
        assertServesWithoutAllocating(tiny, TinyBundle.DIMENSION);
    }

    @Test
    void shouldAllocateNothingWhenOneListIsForEverybody() throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS);
        tiny.retrieveByPopularity(tiny.write(folder.resolve("bundle"))).close();
        assertServesWithoutAllocating(tiny, TinyBundle.DIMENSION);
    }

    @Test
    void shouldAllocateNothingWhenTheRankerTakesRates() throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS).rated();
        tiny.write(folder.resolve("bundle"));
        assertServesWithoutAllocating(tiny, TinyBundle.DIMENSION);
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAllocateNothingWhenItemsWereDeleted(GraphLayout layout) throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS, layout);
        tiny.write(folder.resolve("bundle"));
        assertServesWithoutAllocating(
                tiny,
                TinyBundle.DIMENSION,
                Frames.delete(1, TinyBundle.itemId(0)),
                Frames.delete(1, TinyBundle.itemId(7)),
                Frames.delete(1, TinyBundle.itemId(ITEMS - 1)));
    }

    /** New ones, and known ones that are not what they were, in a graph but for a few. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAllocateNothingWhenItemsWereUpserted(GraphLayout layout) throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS, layout);
        tiny.write(folder.resolve("bundle"));
        byte[][] upserts = new byte[60][];
        for (int i = 0; i < upserts.length; i++) {
            long itemId = i % 2 == 0 ? TinyBundle.itemId(i) : -5 - i;
            upserts[i] = Frames.upsert(i, itemId, new float[0], Column.of("creator", 2 + i % 30));
        }
        assertServesWithoutAllocating(tiny, TinyBundle.DIMENSION, upserts);
    }

    /**
     * Threads that answer allocate nothing at all. Those beside them (scrub, log, samples) do so by
     * time, however many requests there are.
     */
    @Test
    void shouldAllocateNothingInAHundredThousandRequests() throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS);
        tiny.write(folder.resolve("bundle"));
        int requests = 0;
        try (MillraceServer server = MillraceServer.start(config(tiny));
                WireClient client = new WireClient(server.port())) {
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(3 * PATIENCE_SECONDS);
            long beganNs = System.nanoTime();
            long beforeAll = ofAllBut(Thread.currentThread());
            while (requests < MANY && System.nanoTime() - endNs < 0) {
                long before = server.workerAllocatedBytes();
                for (int i = 0; i < BATCHES; i++) {
                    drive(client, i, TinyBundle.DIMENSION);
                }
                requests += BATCHES * FRAMES;
                if (server.workerAllocatedBytes() != before) {
                    // Something was compiled only now: from the beginning.
                    requests = 0;
                    beganNs = System.nanoTime();
                    beforeAll = ofAllBut(Thread.currentThread());
                }
            }
            assertTrue(requests >= MANY, "without an allocation: " + requests);
            long bytes = ofAllBut(Thread.currentThread()) - beforeAll;
            double seconds = (System.nanoTime() - beganNs) / 1e9;
            assertTrue(bytes < MOST_BESIDE * seconds, bytes + " bytes in " + seconds + " s");
        }
    }

    /** Heap bytes that all threads have allocated but one. */
    private static long ofAllBut(Thread client) {
        return THREADS.getTotalThreadAllocatedBytes()
                - THREADS.getThreadAllocatedBytes(client.threadId());
    }

    private ServerConfig config(TinyBundle tiny) {
        tiny.keepRecall(
                folder.resolve("bundle"),
                new RecallCurve(1, List.of(new Line(100, List.of(new Point(100, 0.9, 1_000))))),
                0.5);
        return TestServers.config()
                .with("bundle", folder.resolve("bundle").toString())
                .with("threads.workers", 2)
                .with("changes.scannedUpserted", SCANNED)
                .with("funnel.recallCheckMs", 1)
                .with("log.folder", folder.resolve("log").toString())
                .with("funnel.candidates", 100)
                .with("funnel.ranked", 50);
    }

    private void assertServesWithoutAllocating(TinyBundle tiny, int dimension, byte[]... changes)
            throws IOException {
        ServerConfig config = config(tiny);
        long least = Long.MAX_VALUE;
        try (MillraceServer server = MillraceServer.start(config);
                WireClient client = new WireClient(server.port())) {
            for (byte[] change : changes) {
                assertEquals(Status.OK, client.ask(change).status());
            }
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (least > 0 && System.nanoTime() - endNs < 0) {
                long before = server.workerAllocatedBytes();
                for (int i = 0; i < BATCHES; i++) {
                    drive(client, i, dimension);
                }
                least = Math.min(least, server.workerAllocatedBytes() - before);
            }
            assertEquals(0, server.statistics().failures());
            assertEquals(0, server.statistics().count(Status.OVERLOADED));
        }
        Path log = LogFiles.of(folder.resolve("log"), ImpressionDescription.KIND).getFirst();
        assertTrue(Files.size(log) > 1 << 20, "bytes logged: " + Files.size(log));
        assertEquals(0, least, "bytes in the best of some rounds of " + BATCHES * FRAMES);
    }

    private static void drive(WireClient client, int number, int dimension) throws IOException {
        long userId = TinyBundle.userId(number % USERS);
        long itemId = TinyBundle.itemId(number % ITEMS);
        float[] vector = new float[dimension];
        vector[number % vector.length] = 1;
        client.send(
                Frames.join(
                        Frames.recommend(1, userId, 10),
                        Frames.recommend(2, userId, 20, itemId, itemId + 7, 5),
                        Frames.recommendWithContext(3, userId, 10, 1, number % 5),
                        Frames.recommend(4, -number, 10),
                        Frames.similar(5, itemId, 10, false),
                        Frames.similar(6, itemId, 10, true, itemId + 7),
                        Frames.search(7, userId, 10, number % 2 == 0, vector),
                        Frames.similar(8, itemId + 1, 10, false),
                        Frames.feedback(
                                9,
                                userId,
                                0,
                                Event.of(EventCode.IMPRESSION, itemId),
                                Event.of(EventCode.CLICK, itemId),
                                new Event(EventCode.LONG_WATCH, itemId, 0.9f)),
                        Frames.recommendWithHistory(10, userId, number % 8, 0, itemId, 5),
                        Frames.rank(
                                11, userId, 0, number % 2 == 0, 0, List.of(), itemId, itemId + 7),
                        Frames.rank(
                                12,
                                userId,
                                0,
                                false,
                                0,
                                List.of(
                                        Column.of("creator", number % 9),
                                        Column.of("duration", number, Double.NaN)),
                                1,
                                2),
                        Frames.recommend(13, userId, 10, true, "duration < 3.5", "arm/b"),
                        Frames.recommend(14, -number, 10, false, "duration > 2.9", ""),
                        Frames.recommend(
                                15, userId, 10, false, FEW[number % FEW.length], "arm/c")));
        for (int i = 0; i < FRAMES; i++) {
            client.receive();
        }
    }
}
