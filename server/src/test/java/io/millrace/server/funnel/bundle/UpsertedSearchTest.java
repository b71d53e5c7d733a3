package io.millrace.server.funnel.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.server.Columns;
import io.millrace.server.TinyBundle;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.StageClock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Searches while items come, change and go, held against plain loops over all that are served. */
@Timeout(300)
class UpsertedSearchTest {
    private static final int ITEMS = 300;
    private static final int K = 20;
    private static final int POOL = 900;
    private static final long NEW = 4_000_000;
    private static final double LEAST_RECALL = 0.95;

    @TempDir private Path folder;
    private final SplitRandom random = new SplitRandom(17);

    private static ServerConfig config(Path bundle, int scanned) {
        return ServerConfig.defaults()
                .with("bundle", bundle.toString())
                .with("changes.scannedUpserted", scanned)
                .with("funnel.warmUpRequests", 0);
    }

    /** So broad that no item is missed because it lies in a graph. */
    private static ServingBundle openBroad(Path bundle) {
        ServerConfig broad =
                config(bundle, 60)
                        .with("limits.k", K)
                        .with("funnel.candidates", K)
                        .with("funnel.efSearch", 2_000);
        return ServingBundle.open(broad, ProgressListener.NONE);
    }

    private float[] vector(int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static Request newRequest(ServingBundle serving) {
        return new Request(serving.catalogue().requestLimits(ServerConfig.defaults().limits()));
    }

    private static LiveChanges changesOf(ServingBundle serving) {
        BundleChanges taken = (BundleChanges) Objects.requireNonNull(serving.changes());
        return Objects.requireNonNull(taken.target());
    }

    private static void upsert(ServingBundle serving, long itemId, float[] vector) {
        Request request = newRequest(serving);
        request.upsert(1, itemId);
        Columns.add(request, "creator", 5);
        request.bringVector();
        System.arraycopy(vector, 0, request.vector(), 0, vector.length);
        apply(serving, request);
    }

    private static void delete(ServingBundle serving, long itemId) {
        Request request = newRequest(serving);
        request.delete(1, itemId);
        apply(serving, request);
    }

    private static void apply(ServingBundle serving, Request request) {
        Answer answer = new Answer(0);
        changesOf(serving).apply(request, answer);
        assertEquals(Status.OK, answer.status(), answer.message().toString());
    }

    private static double gauge(ServingBundle serving, String name) {
        return serving.gauges().stream()
                .filter(gauge -> gauge.name().equals(name))
                .mapToDouble(Gauge::value)
                .findFirst()
                .orElseThrow();
    }

    /** Most of the changes meet a graph, some a flat look, in graphs of either form. */
    @ParameterizedTest
    @CsvSource({"F32, false, 40", "INLINED, false, 40", "F32, true, 40", "F32, false, 4096"})
    void shouldFindWhatALoopFindsAfterEachChange(GraphLayout layout, boolean byFactors, int scanned)
            throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, 12, layout);
        Path bundle = tiny.write(folder.resolve("bundle"));
        if (byFactors) {
            tiny.retrieveByFactors(bundle);
        }
        boolean isByCosine = !byFactors;
        Map<Long, float[]> expected = vectorsOf(bundle);
        int dimension = expected.values().iterator().next().length;
        double longest =
                expected.values().stream()
                        .mapToDouble(vector -> Math.sqrt(dot(vector, vector)))
                        .max()
                        .orElseThrow();
        try (ServingBundle serving =
                ServingBundle.open(config(bundle, scanned), ProgressListener.NONE)) {
            Asker asker = new Asker(serving);
            int searches = 0;
            double recall = 0;
            for (int round = 0; round < 3_000; round++) {
                long itemId =
                        random.nextInt(5) == 0
                                ? TinyBundle.itemId(random.nextInt(ITEMS))
                                : NEW + random.nextInt(POOL);
                if (random.nextInt(4) == 0 && expected.containsKey(itemId)) {
                    delete(serving, itemId);
                    expected.remove(itemId);
                } else {
                    float[] vector = vector(dimension);
                    if (byFactors) {
                        // One in ten is longer than all of the bundle.
                        scale(vector, longest * (0.4f + random.nextFloat() * 0.66f));
                    }
                    upsert(serving, itemId, vector);
                    expected.put(itemId, isByCosine ? unit(vector) : vector);
                    if (isByCosine) {
                        assertEquals(List.of(itemId), asker.search(vector, 1), "round " + round);
                    }
                }
                if (round % 5 == 0) {
                    float[] query = vector(dimension);
                    asker.search(query, K);
                    float[] wanted = isByCosine ? unit(query) : query;
                    recall += asker.recallOf(expected, wanted, "round " + round);
                    searches++;
                }
            }
            assertTrue(recall / searches >= LEAST_RECALL, "recall=" + recall / searches);
            assertEquals(scanned < POOL, gauge(serving, "upserted_items_in_graph") > 0);
        }
    }

    private static void scale(float[] vector, double length) {
        double scale = length / Math.sqrt(dot(vector, vector));
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] * scale);
        }
    }

    private static Map<Long, float[]> vectorsOf(Path bundle) {
        Map<Long, float[]> vectors = new TreeMap<>();
        try (HnswIndex index =
                HnswFile.open(bundle.resolve(BundleLayout.INDEX), ProgressListener.NONE)) {
            for (int ordinal = 0; ordinal < index.size(); ordinal++) {
                float[] vector = new float[index.dimension()];
                index.vectorInto(ordinal, vector, 0);
                vectors.put(index.itemId(ordinal), vector);
            }
        }
        return vectors;
    }

    private static float[] unit(float[] vector) {
        float[] unit = vector.clone();
        scale(unit, 1);
        return unit;
    }

    private static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }

    /** While the graph takes them up: what is acknowledged is found, what is deleted is not. */
    @Test
    void shouldMissNobodyWhileItemsComeIntoTheGraph() throws Exception {
        Path bundle = new TinyBundle(ITEMS, 12).write(folder.resolve("bundle"));
        Map<Long, float[]> there = new ConcurrentHashMap<>();
        List<Long> ids = new CopyOnWriteArrayList<>();
        Set<Long> gone = ConcurrentHashMap.newKeySet();
        AtomicBoolean isOver = new AtomicBoolean();
        try (ServingBundle serving = openBroad(bundle);
                ExecutorService readers = Executors.newFixedThreadPool(2)) {
            Callable<Integer> reads = () -> readUntil(isOver, serving, ids, there, gone);
            List<Future<Integer>> asked = List.of(readers.submit(reads), readers.submit(reads));
            try {
                Asker asker = new Asker(serving);
                for (int i = 0; i < 2_500; i++) {
                    long itemId = NEW + i;
                    upsert(serving, itemId, vector(TinyBundle.DIMENSION));
                    // Known by another vector before.
                    float[] vector = vector(TinyBundle.DIMENSION);
                    upsert(serving, itemId, vector);
                    assertEquals(List.of(itemId), asker.search(vector, 1));
                    if (i % 3 == 0) {
                        delete(serving, itemId);
                        gone.add(itemId);
                        assertFalse(asker.search(vector, K).contains(itemId));
                    } else {
                        there.put(itemId, vector);
                        ids.add(itemId);
                    }
                }
            } finally {
                isOver.set(true);
            }
            for (Future<Integer> searches : asked) {
                assertTrue(searches.get() > 20, "searches=" + searches.get());
            }
            assertTrue(gauge(serving, "upserted_items_in_graph") > 0);
        }
    }

    private static int readUntil(
            AtomicBoolean isOver,
            ServingBundle serving,
            List<Long> ids,
            Map<Long, float[]> there,
            Set<Long> gone) {
        Asker asker = new Asker(serving);
        SplitRandom own = new SplitRandom(29);
        int searches = 0;
        while (!isOver.get()) {
            int known = ids.size();
            if (known == 0) {
                continue;
            }
            long itemId = ids.get(own.nextInt(known));
            Set<Long> goneBefore = Set.copyOf(gone);
            List<Long> found = asker.search(Objects.requireNonNull(there.get(itemId)), K);
            assertEquals(itemId, found.getFirst());
            assertEquals(found.size(), new HashSet<>(found).size(), "twice: " + found);
            found.forEach(other -> assertFalse(goneBefore.contains(other), "gone: " + other));
            searches++;
        }
        return searches;
    }

    /** Of many more than are looked at most are in the graph soon, and all are found then. */
    @Test
    void shouldKeepFewToBeLookedAt() throws IOException {
        Path bundle = new TinyBundle(ITEMS, 12).write(folder.resolve("bundle"));
        try (ServingBundle serving = openBroad(bundle)) {
            List<float[]> vectors = new ArrayList<>();
            for (int i = 0; i < 700; i++) {
                vectors.add(vector(TinyBundle.DIMENSION));
                upsert(serving, NEW + i, vectors.get(i));
            }
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (gauge(serving, "upserted_items_scanned") > 60) {
                assertTrue(System.nanoTime() - endNs < 0, "not absorbed");
                LockSupport.parkNanos(1_000_000);
            }
            assertTrue(gauge(serving, "upserted_items_in_graph") >= 640);
            Asker asker = new Asker(serving);
            for (int i = 0; i < 700; i++) {
                assertEquals(List.of(NEW + i), asker.search(vectors.get(i), 1));
            }
        }
    }

    /** Searches by vector, without ranking. */
    private static final class Asker {
        private final FunnelWorker worker;
        private final Request request;
        private final Answer answer = new Answer(K);
        private final StageClock clock = new StageClock();

        Asker(ServingBundle serving) {
            worker = serving.newWorker();
            request = newRequest(serving);
        }

        List<Long> search(float[] vector, int k) {
            request.search(1, Request.NO_USER, 1, k, 0);
            System.arraycopy(vector, 0, request.vector(), 0, vector.length);
            answer.clear();
            worker.answer(request, answer, clock);
            assertEquals(Status.OK, answer.status(), answer.message().toString());
            List<Long> found = new ArrayList<>();
            for (int i = 0; i < answer.count(); i++) {
                found.add(answer.itemId(i));
            }
            return found;
        }

        /** Part of the nearest that the last search found, all else of which must be right. */
        double recallOf(Map<Long, float[]> expected, float[] query, String when) {
            List<Double> scores =
                    expected.values().stream()
                            .map(vector -> dot(vector, query))
                            .sorted((one, other) -> Double.compare(other, one))
                            .limit(K)
                            .toList();
            assertEquals(scores.size(), answer.count(), when);
            Set<Long> seen = new HashSet<>();
            int near = 0;
            for (int i = 0; i < answer.count(); i++) {
                float[] vector = expected.get(answer.itemId(i));
                assertNotNull(vector, when);
                assertTrue(seen.add(answer.itemId(i)), when);
                double score = dot(vector, query);
                assertEquals(score, answer.score(i), 1e-5 * Math.max(1, Math.abs(score)), when);
                assertTrue(i == 0 || answer.score(i) <= answer.score(i - 1), when);
                near += score >= scores.getLast() - 1e-5 ? 1 : 0;
            }
            return (double) near / scores.size();
        }
    }
}
