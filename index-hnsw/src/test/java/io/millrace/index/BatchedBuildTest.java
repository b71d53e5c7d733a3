package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.index.graph.BatchPlan;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Graphs that are built by threads, in batches, against those built node by node, at efforts that
 * find most neighbours and miss some. Where an effort finds but two of three, either may find half
 * a percent more.
 */
final class BatchedBuildTest {
    private static final BatchPlan NODE_BY_NODE = new BatchPlan(0, 0, Integer.MAX_VALUE);

    /** As graphs of many millions are built. */
    private static final BatchPlan LINED_UP_ABOVE = new BatchPlan(0.05, 0.02, 30);

    private static final double LARGEST_LOSS = 0.002;
    private static final int QUERIES = 2000;
    private static final int K = 10;

    @ParameterizedTest
    @CsvSource({
        "GAUSSIAN, L2, F32, 24, 64",
        "CLUSTERED, L2, F32, 48, 20",
        "DUPLICATED, L2, F32, 24, 64",
        "UNEVEN, INNER_PRODUCT, F32, 24, 64",
        "CLUSTERED, L2, INLINED, 64, 40",
        "DUPLICATED, L2, INLINED, 64, 200",
        "GAUSSIAN, COSINE, INLINED, 64, 200"
    })
    @Tag("slow")
    void shouldFindAsMuchAsOneBuiltNodeByNodeWhenBuiltInBatches(
            Worlds world, Metric metric, GraphLayout layout, int dimension, int ef) {
        assertNoLoss(world, metric, layout, 10_000, dimension, ef, BatchPlan.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource("GAUSSIAN, L2, F32, 16, 20")
    void shouldFindAsMuchAsOneBuiltNodeByNodeWhenRowsAreFew(
            Worlds world, Metric metric, GraphLayout layout, int dimension, int ef) {
        assertNoLoss(world, metric, layout, 1500, dimension, ef, BatchPlan.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "GAUSSIAN, L2, F32, 24, 64",
        "DUPLICATED, L2, F32, 24, 64",
        "CLUSTERED, L2, INLINED, 64, 400"
    })
    @Tag("slow")
    void shouldFindAsMuchAsOneBuiltNodeByNodeWhenUpperLevelsAreLinedUp(
            Worlds world, Metric metric, GraphLayout layout, int dimension, int ef) {
        assertNoLoss(world, metric, layout, 10_000, dimension, ef, LINED_UP_ABOVE);
    }

    private static void assertNoLoss(
            Worlds world,
            Metric metric,
            GraphLayout layout,
            int count,
            int dimension,
            int ef,
            BatchPlan batches) {
        HnswParameters parameters =
                HnswParameters.defaults(metric)
                        .withEfConstruction(100)
                        .withThreads(2)
                        .withLayout(layout);
        try (VectorSet rows = world.rows(count, dimension, 1);
                VectorSet queries = world.rows(QUERIES, dimension, 2);
                HnswIndex batched = build(rows, parameters, batches);
                HnswIndex sequential = build(rows, parameters, NODE_BY_NODE)) {
            assertEquals(count, GraphCheck.check(batched, 0, 1).reachable());
            double recall = HnswRecallTest.recall(batched, queries, K, ef);
            double expected = HnswRecallTest.recall(sequential, queries, K, ef);
            String what = "batched=" + recall + ", node by node=" + expected;
            assertTrue(expected < 1, "hard enough: " + what);
            assertTrue(recall >= expected - LARGEST_LOSS, what);
        }
    }

    private static HnswIndex build(VectorSet rows, HnswParameters parameters, BatchPlan batches) {
        return HnswBuilder.build(
                rows, Worlds.ids(rows.count()), parameters, batches, ProgressListener.NONE);
    }
}
