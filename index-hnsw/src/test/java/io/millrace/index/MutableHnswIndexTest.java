package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.simd.Kernels;
import io.millrace.index.graph.LiveGraphCheck;
import io.millrace.index.graph.RowType;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** An index that changes, against one that is built of the same rows. */
final class MutableHnswIndexTest {
    private static final int K = 10;
    private static final int QUERIES = 200;

    @ParameterizedTest
    @CsvSource({"F32, 128", "INLINED, 400"})
    @Tag("slow")
    void shouldFindAsMuchAsFreshBuildWhenManyWereReplaced(GraphLayout layout, int ef) {
        replaceAll(Worlds.GAUSSIAN, Metric.L2, layout, RowType.F32, 24, 6000, ef);
    }

    @ParameterizedTest
    @CsvSource({
        "GAUSSIAN, L2, F32, F32, 24, 2000, 128",
        "GAUSSIAN, L2, INLINED, F32, 24, 1000, 250",
        "CLUSTERED, COSINE, INLINED, F32, 48, 1000, 250",
        "CLUSTERED, L2, F32, F32, 48, 2000, 64",
        "DUPLICATED, L2, F32, F32, 24, 2000, 128",
        "DUPLICATED, COSINE, INLINED, F32, 64, 1000, 250",
        "OUTLIER, L2, F32, F32, 24, 2000, 128",
        "OUTLIER, L2, INLINED, F32, 64, 1000, 250",
        "UNEVEN, L2, F32, F32, 24, 2000, 128",
        "GAUSSIAN, L2, F32, BF16, 24, 1000, 128",
        "DUPLICATED, COSINE, F32, INT8, 24, 1000, 128",
        "CLUSTERED, L2, INLINED, INT8, 48, 1000, 250"
    })
    void shouldFindAsMuchAsFreshBuildWhenAllWereReplaced(
            Worlds world,
            Metric metric,
            GraphLayout layout,
            RowType rows,
            int dimension,
            int count,
            int ef) {
        replaceAll(world, metric, layout, rows, dimension, count, ef);
    }

    private static void replaceAll(
            Worlds world,
            Metric metric,
            GraphLayout layout,
            RowType rows,
            int dimension,
            int count,
            int ef) {
        try (VectorSet first = world.rows(count, dimension, 1);
                VectorSet second = world.rows(count, dimension, 2);
                VectorSet queries = world.rows(QUERIES, dimension, 3);
                HnswIndex source = HnswRecallTest.build(first, metric, 2, layout, rows);
                HnswIndex fresh = HnswRecallTest.build(second, metric, 2, layout, rows);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, count)) {
            long[] ids = Worlds.ids(count);
            HnswReader reader = index.newReader(K, ef);
            long[] found = new long[K];
            float[] scores = new float[K];
            Set<Long> gone = new HashSet<>();
            for (int round = 0; round < 10; round++) {
                for (int i = round; i < count; i += 10) {
                    gone.add(ids[i]);
                    index.delete(ids[i]);
                }
                for (int q = 0; q < 20; q++) {
                    assertEquals(
                            K, reader.searchInto(Worlds.row(queries, q), K, ef, found, scores));
                    for (long id : found) {
                        assertFalse(gone.contains(id), "deleted and yet answered");
                    }
                }
                for (int i = round; i < count; i += 10) {
                    gone.remove(ids[i]);
                    index.insert(ids[i], Worlds.row(second, i));
                }
                LiveGraphCheck.check(index.live(), index.editor());
            }
            assertEquals(count, index.size());
            index.settle();
            LiveGraphCheck.checkSettled(index.live(), index.editor());
            assertTrue(
                    index.memoryBytes() <= 1.1 * fresh.memoryBytes(),
                    "memory=" + index.memoryBytes() + ", fresh=" + fresh.memoryBytes());
            double recall = recall(reader, fresh, queries, ef);
            double expected = HnswRecallTest.recall(fresh, queries, K, ef);
            assertTrue(recall >= expected - 0.01, "recall=" + recall + ", fresh=" + expected);
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldHoldNewVectorsWhenUpdated(GraphLayout layout) {
        int count = 1000;
        try (VectorSet rows = Worlds.GAUSSIAN.rows(count, 32, 1);
                VectorSet others = Worlds.GAUSSIAN.rows(count, 32, 2);
                HnswIndex source = HnswRecallTest.build(rows, Metric.L2, 2, layout);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, count)) {
            long[] ids = Worlds.ids(count);
            HnswReader reader = index.newReader(1, 64);
            for (int i = 0; i < count; i++) {
                assertFalse(index.upsert(ids[i], Worlds.row(others, i)));
            }
            assertEquals(count, index.size());
            LiveGraphCheck.check(index.live(), index.editor());
            int hits = 0;
            for (int i = 0; i < count; i++) {
                hits += first(reader, Worlds.row(others, i)) == ids[i] ? 1 : 0;
            }
            assertTrue(hits >= 990, "own vector found: " + hits);
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerWhatIsLeftWhenAllAreDeletedOneByOne(GraphLayout layout) {
        int count = 600;
        try (VectorSet rows = Worlds.DUPLICATED.rows(count, 32, 1);
                HnswIndex source = HnswRecallTest.build(rows, Metric.L2, 2, layout);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, count)) {
            HnswReader reader = index.newReader(K, 20);
            long[] found = new long[K];
            float[] scores = new float[K];
            float[] query = Worlds.row(rows, 1);
            Set<Long> gone = new HashSet<>();
            while (index.size() > 0) {
                int entry = index.live().entry();
                long id = index.ids().id(entry);
                index.delete(id);
                gone.add(id);
                assertFalse(reader.contains(id));
                LiveGraphCheck.check(index.live(), index.editor());
                int answers = reader.searchInto(query, K, 20, found, scores);
                assertEquals(Math.min(K, index.size()), answers);
                for (int i = 0; i < answers; i++) {
                    assertFalse(gone.contains(found[i]));
                }
            }
            for (int i = 0; i < count; i++) {
                assertTrue(index.upsert(i, Worlds.row(rows, i)));
            }
            index.settle();
            LiveGraphCheck.checkSettled(index.live(), index.editor());
            // Row 11 is equal to row 1.
            assertEquals(1, first(reader, query) % 10);
        }
    }

    /** A whole region goes at once: the neighbours of the deleted are deleted as well. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldRefillAnswersWhenNeighbourhoodIsDeleted(GraphLayout layout) {
        int count = 2000;
        try (VectorSet rows = Worlds.CLUSTERED.rows(count, 32, 1);
                HnswIndex source = HnswRecallTest.build(rows, Metric.L2, 2, layout);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, count)) {
            float[] query = Worlds.row(rows, 0);
            HnswReader reader = index.newReader(150, 150);
            long[] found = new long[150];
            float[] scores = new float[150];
            Set<Long> gone = new HashSet<>();
            for (int round = 0; round < 5; round++) {
                int answers = reader.searchInto(query, 150, 150, found, scores);
                assertEquals(150, answers);
                for (long id : found) {
                    assertTrue(gone.add(id), "deleted and yet answered");
                    index.delete(id);
                }
            }
            index.settle();
            LiveGraphCheck.checkSettled(index.live(), index.editor());
        }
    }

    @Test
    void shouldRefuseWhenChangeMakesNoSense() {
        float[] vector = {1, 2, 3};
        try (VectorSet none = VectorSet.allocate(0, 3);
                HnswIndex source = HnswRecallTest.build(none, Metric.COSINE, 1);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, 2)) {
            HnswReader reader = index.newReader(K, K);
            assertEquals(0, reader.searchInto(vector, K, K, new long[K], new float[K]));
            assertCode(ErrorCode.NOT_FOUND, () -> index.delete(7));
            index.insert(7, vector);
            assertCode(ErrorCode.BAD_INPUT, () -> index.insert(7, vector));
            assertCode(ErrorCode.BAD_INPUT, () -> index.upsert(7, new float[] {1, Float.NaN, 3}));
            assertCode(ErrorCode.BAD_INPUT, () -> index.upsert(8, new float[] {1, 2}));
            assertCode(ErrorCode.BAD_INPUT, () -> index.upsert(8, new float[3]));
            index.insert(8, vector);
            assertCode(ErrorCode.LIMIT, () -> index.insert(9, vector));
            assertFalse(index.upsert(8, vector));
            index.delete(7);
            index.insert(9, vector);
            assertEquals(2, index.size());
            assertCode(ErrorCode.USAGE, () -> MutableHnswIndex.copyOf(source, 0));
            assertCode(
                    ErrorCode.LIMIT,
                    () -> reader.searchInto(vector, K + 1, K, new long[20], new float[20]));
        }
    }

    @Test
    void shouldRefuseLongerRowsWhenProductsAreSearched() {
        try (VectorSet rows = Worlds.of(new float[] {1, 0}, new float[] {0, 2});
                HnswIndex source = HnswRecallTest.build(rows, Metric.INNER_PRODUCT, 1);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, 4)) {
            index.insert(8, new float[] {1, 1});
            assertCode(ErrorCode.BAD_INPUT, () -> index.insert(9, new float[] {3, 0}));
        }
    }

    /** Rounding makes rows of one length a little unlike. */
    @ParameterizedTest
    @EnumSource(RowType.class)
    void shouldTakeRowsOfTheSameLengthWhenProductsAreSearched(RowType type) {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(200, 16, 1)) {
            float[] vector = new float[16];
            for (int row = 0; row < 200; row++) {
                rows.get(row, vector, 0);
                Kernels.vector().normalise(vector, 0, 16);
                rows.set(row, vector, 0);
            }
            try (HnswIndex source =
                            HnswRecallTest.build(
                                    rows, Metric.INNER_PRODUCT, 1, GraphLayout.F32, type);
                    MutableHnswIndex index = MutableHnswIndex.copyOf(source, 300)) {
                assertEquals(0, source.form().longest());
                index.insert(8, vector);
                float[] scaled = vector.clone();
                for (int i = 0; i < scaled.length; i++) {
                    scaled[i] *= 0.997f;
                }
                assertCode(ErrorCode.BAD_INPUT, () -> index.insert(9, scaled));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, F32", "INLINED, F32", "F32, INT8", "INLINED, BF16"})
    void shouldAllocateNothingWhenSearchedBetweenChanges(GraphLayout layout, RowType type) {
        int count = 1500;
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (VectorSet rows = Worlds.GAUSSIAN.rows(count, 40, 1);
                HnswIndex source = HnswRecallTest.build(rows, Metric.L2, 2, layout, type);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, count)) {
            float[][] queries = new float[50][];
            for (int i = 0; i < queries.length; i++) {
                queries[i] = Worlds.row(rows, i);
            }
            HnswReader reader = index.newReader(K, 64);
            long[] found = new long[K];
            float[] scores = new float[K];
            long least = Long.MAX_VALUE;
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            for (int round = 0; least > 0 && System.nanoTime() - endNs < 0; round++) {
                index.upsert(Worlds.ids(count)[round % count], queries[round % queries.length]);
                long before = threads.getCurrentThreadAllocatedBytes();
                for (float[] query : queries) {
                    reader.searchInto(query, K, 64, found, scores);
                }
                long bytes = threads.getCurrentThreadAllocatedBytes() - before;
                least = round < 60 ? least : Math.min(least, bytes);
            }
            assertEquals(0, least);
        }
    }

    static double recall(HnswReader reader, HnswIndex fresh, VectorSet queries, int ef) {
        int[] exact = new int[K];
        long[] found = new long[K];
        float[] exactScores = new float[K];
        float[] scores = new float[K];
        int hits = 0;
        FlatIndex oracle = fresh.exact();
        SearchScratch scratch = oracle.newScratch(K, K);
        for (int q = 0; q < queries.count(); q++) {
            float[] query = Worlds.row(queries, q);
            oracle.searchInto(scratch, query, K, K, exact, exactScores);
            int count = reader.searchInto(query, K, ef, found, scores);
            float limit = exactScores[K - 1] - 1e-5f * Math.abs(exactScores[K - 1]);
            for (int i = 0; i < count; i++) {
                hits += scores[i] >= limit ? 1 : 0;
            }
        }
        return (double) hits / (K * queries.count());
    }

    private static long first(HnswReader reader, float[] query) {
        long[] found = new long[1];
        assertEquals(1, reader.searchInto(query, 1, 20, found, new float[1]));
        return found[0];
    }

    private static void assertCode(ErrorCode code, Runnable change) {
        MillraceException e = assertThrows(MillraceException.class, change::run);
        assertEquals(code, e.code(), e.getMessage());
    }
}
