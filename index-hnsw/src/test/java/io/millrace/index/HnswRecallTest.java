package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.graph.RowType;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The graph against exact search. */
final class HnswRecallTest {
    private static final int K = 10;
    private static final int QUERIES = 200;

    @ParameterizedTest
    @CsvSource({
        "GAUSSIAN, L2, 24, 128",
        "GAUSSIAN, COSINE, 24, 128",
        "CLUSTERED, L2, 48, 64",
        "CLUSTERED, INNER_PRODUCT, 48, 64",
        "CLUSTERED, COSINE, 48, 64",
        "DUPLICATED, L2, 24, 128",
        "DUPLICATED, COSINE, 24, 128",
        "OUTLIER, L2, 24, 128",
        "UNEVEN, INNER_PRODUCT, 24, 128",
        "UNEVEN, COSINE, 24, 128",
        "UNEVEN, L2, 24, 128"
    })
    void shouldFindTheNearestWhenRowsAreOfManyKinds(
            Worlds world, Metric metric, int dimension, int ef) {
        int count = 6000;
        try (VectorSet rows = world.rows(count, dimension, 1);
                VectorSet queries = world.rows(QUERIES, dimension, 2);
                HnswIndex index = build(rows, metric, 2)) {
            GraphReport report = GraphCheck.check(index, 500, 3);
            assertEquals(count, report.nodes());
            assertEquals(count, report.reachable(), report.toString());
            assertTrue(report.minDegree() >= 1, report.toString());
            assertTrue(report.maxDegree() <= 32, report.toString());
            assertTrue(report.selfRecall() >= 0.99, report.toString());
            double recall = recall(index, queries, K, ef);
            assertTrue(recall >= 0.95, world + " " + metric + ": recall=" + recall);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GAUSSIAN, L2, 24, 400",
        "GAUSSIAN, COSINE, 100, 400",
        "CLUSTERED, L2, 48, 250",
        "CLUSTERED, INNER_PRODUCT, 100, 100",
        "DUPLICATED, COSINE, 64, 400",
        "OUTLIER, L2, 64, 400",
        "UNEVEN, INNER_PRODUCT, 64, 400",
        "UNEVEN, L2, 64, 500"
    })
    void shouldFindTheNearestWhenNodesHoldCodes(
            Worlds world, Metric metric, int dimension, int ef) {
        try (VectorSet rows = world.rows(6000, dimension, 1);
                VectorSet queries = world.rows(QUERIES, dimension, 2);
                HnswIndex index = build(rows, metric, 2, GraphLayout.INLINED)) {
            assertEquals(6000, GraphCheck.check(index, 0, 3).reachable());
            double recall = recall(index, queries, K, ef);
            assertTrue(recall >= 0.95, world + " " + metric + ": recall=" + recall);
        }
    }

    /** Candidates that stand in the beam more than once must not cost answers. */
    @ParameterizedTest
    @CsvSource({"1", "4"})
    void shouldAnswerAllThatAreAskedForWhenEffortIsNoMoreThanThat(int codeBits) {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(2000, 64, 1);
                VectorSet queries = Worlds.GAUSSIAN.rows(QUERIES, 64, 2);
                HnswIndex index =
                        HnswBuilder.build(
                                rows,
                                Worlds.ids(2000),
                                HnswParameters.defaults(Metric.L2)
                                        .withEfConstruction(100)
                                        .withThreads(2)
                                        .withLayout(GraphLayout.INLINED)
                                        .withCodeBits(codeBits),
                                ProgressListener.NONE)) {
            for (int k : new int[] {1, 50, 500, 2000}) {
                int[] ordinals = new int[k];
                float[] scores = new float[k];
                SearchScratch scratch = index.newScratch(k, k);
                for (int i = 0; i < QUERIES; i++) {
                    float[] query = Worlds.row(queries, i);
                    assertEquals(k, index.searchInto(scratch, query, k, k, ordinals, scores));
                }
            }
        }
    }

    /** Equal rows hang behind the first of them; a search for them must come to all. */
    @ParameterizedTest
    @EnumSource(Metric.class)
    void shouldFindAllTwinsWhenRowsAreEqual(Metric metric) {
        int count = 500;
        float[] vector = {0.3f, -1, 2};
        try (VectorSet rows = VectorSet.allocate(count, vector.length)) {
            for (int i = 0; i < count; i++) {
                rows.set(i, vector, 0);
            }
            try (HnswIndex index = build(rows, metric, 2)) {
                GraphReport report = GraphCheck.check(index, 50, 1);
                assertEquals(count, report.reachable(), report.toString());
                assertEquals(1, report.selfRecall());
                int[] ordinals = new int[count];
                float[] scores = new float[count];
                SearchScratch scratch = index.newScratch(count, count);
                assertEquals(
                        count, index.searchInto(scratch, vector, count, count, ordinals, scores));
                for (int i = 0; i < count; i++) {
                    assertEquals(i, ordinals[i]);
                    assertEquals(scores[0], scores[i]);
                }
            }
        }
    }

    /** Rows in the order of their clusters are what batches and insertion order could trip over. */
    @Test
    void shouldFindTheNearestWhenClustersComeOneAfterAnother() {
        int count = 6000;
        int dimension = 24;
        try (VectorSet rows = VectorSet.allocate(count, dimension);
                VectorSet queries = VectorSet.allocate(QUERIES, dimension)) {
            fillInOrder(rows, count / 30, 1);
            fillInOrder(queries, QUERIES / 30 + 1, 2);
            try (HnswIndex index = build(rows, Metric.L2, 2)) {
                assertEquals(count, GraphCheck.check(index, 0, 1).reachable());
                double recall = recall(index, queries, K, 64);
                assertTrue(recall >= 0.95, "recall=" + recall);
            }
        }
    }

    @Test
    void shouldFindTheNearestWhenLinksAreFew() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(3000, 8, 1);
                VectorSet queries = Worlds.GAUSSIAN.rows(QUERIES, 8, 2);
                HnswIndex index =
                        HnswBuilder.build(
                                rows,
                                Worlds.ids(3000),
                                new HnswParameters(
                                        Metric.L2, 4, 40, 1, 2, GraphLayout.F32, 1, RowType.F32),
                                ProgressListener.NONE)) {
            GraphReport report = GraphCheck.check(index, 100, 1);
            assertEquals(3000, report.reachable());
            assertTrue(report.levels() >= 4, report.toString());
            assertTrue(recall(index, queries, K, 100) >= 0.95);
        }
    }

    @Test
    @Tag("slow")
    void shouldFindTheNearestWhenRowsAreMany() {
        int count = 100_000;
        try (VectorSet rows = Worlds.CLUSTERED.rows(count, 64, 1);
                VectorSet queries = Worlds.CLUSTERED.rows(500, 64, 2);
                HnswIndex index = build(rows, Metric.COSINE, 2)) {
            assertEquals(count, GraphCheck.check(index, 0, 1).reachable());
            assertTrue(recall(index, queries, K, 200) >= 0.95);
        }
    }

    static HnswIndex build(VectorSet rows, Metric metric, int threads) {
        return build(rows, metric, threads, GraphLayout.F32);
    }

    static HnswIndex build(VectorSet rows, Metric metric, int threads, GraphLayout layout) {
        return build(rows, metric, threads, layout, RowType.F32);
    }

    static HnswIndex build(
            VectorSet rows, Metric metric, int threads, GraphLayout layout, RowType rowType) {
        HnswParameters parameters =
                HnswParameters.defaults(metric)
                        .withEfConstruction(100)
                        .withThreads(threads)
                        .withLayout(layout)
                        .withRowType(rowType);
        return HnswBuilder.build(rows, Worlds.ids(rows.count()), parameters, ProgressListener.NONE);
    }

    /** One that is as near as the last of the true ones counts as found. */
    static double recall(HnswIndex index, VectorSet queries, int k, int ef) {
        FlatIndex exact = index.exact();
        SearchScratch scratch = index.newScratch(k, ef);
        SearchScratch exactScratch = exact.newScratch(k, 1);
        int[] found = new int[k];
        float[] scores = new float[k];
        int[] nearest = new int[k];
        float[] best = new float[k];
        int hits = 0;
        for (int q = 0; q < queries.count(); q++) {
            float[] query = Worlds.row(queries, q);
            int count = index.searchInto(scratch, query, k, ef, found, scores);
            assertEquals(k, exact.searchInto(exactScratch, query, k, 1, nearest, best));
            for (int i = 0; i < count; i++) {
                assertTrue(i == 0 || scores[i] <= scores[i - 1], "out of order");
                hits += scores[i] >= best[k - 1] ? 1 : 0;
            }
        }
        return (double) hits / (queries.count() * k);
    }

    private static void fillInOrder(VectorSet rows, int perCluster, long stream) {
        float[] vector = new float[rows.dimension()];
        for (int i = 0; i < rows.count(); i++) {
            SplitRandom centre = SplitRandom.forStream(5, i / perCluster);
            SplitRandom random = SplitRandom.forStream(stream, i);
            for (int j = 0; j < vector.length; j++) {
                vector[j] = (float) (4 * centre.nextGaussian() + random.nextGaussian());
            }
            rows.set(i, vector, 0);
        }
    }
}
