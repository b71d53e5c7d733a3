package io.millrace.index.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorSet;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The probe and its check on real indexes. How long anything takes is looked at nowhere. */
final class SpeedProbeTest {
    private static final int DIMENSION = 16;
    private static final int K = 10;
    private static final double RECALL = 0.9;
    private static final ProbeVectors VECTORS = new GaussianVectors();

    @ParameterizedTest
    @EnumSource
    void shouldTellEffortAndVisitsOfTheRealIndexWhenItIsAsSmall(GraphLayout layout) {
        int rows = 1_500;
        SpeedPlan plan = plan(rows, layout, rows);
        SpeedEstimate estimate = SpeedProbe.run(plan, VECTORS, ProgressListener.NONE);
        int ef = (int) Math.round(estimate.ef());
        try (VectorSet base = VectorSet.allocate(rows, DIMENSION);
                VectorSet queries = VectorSet.allocate(400, DIMENSION)) {
            VECTORS.rowsInto(base, ProgressListener.NONE);
            VECTORS.queriesInto(queries, ProgressListener.NONE);
            try (Trial trial = Trial.build(base, plan.parameters(), ProgressListener.NONE)) {
                SearchScratch scratch = trial.index().newScratch(K, ef);
                int[] found = new int[K];
                float[] query = new float[DIMENSION];
                long visits = 0;
                int hits = 0;
                for (int q = 0; q < queries.count(); q++) {
                    queries.get(q, query, 0);
                    trial.index().searchInto(scratch, query, K, ef, found, new float[K]);
                    visits += scratch.visitedRows();
                    hits += hits(base, query, found);
                }
                // The line goes between three sizes, of which this is one, not through each.
                assertEquals(RECALL, hits / (double) (K * queries.count()), 0.03);
                double mean = visits / (double) queries.count();
                assertEquals(mean, estimate.visits(), 0.1 * mean);
            }
        }
    }

    /** How many of the rows found are as near as the k-th nearest of all. */
    private static int hits(VectorSet base, float[] query, int[] found) {
        double[] distances =
                IntStream.range(0, base.count())
                        .mapToDouble(row -> squaredDistance(base, row, query))
                        .toArray();
        double[] sorted = distances.clone();
        Arrays.sort(sorted);
        return (int) Arrays.stream(found).filter(row -> distances[row] <= sorted[K - 1]).count();
    }

    private static double squaredDistance(VectorSet base, int row, float[] query) {
        float[] vector = new float[DIMENSION];
        base.get(row, vector, 0);
        double sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum += (vector[i] - query[i]) * (vector[i] - query[i]);
        }
        return sum;
    }

    @Test
    void shouldTellMoreOfEachWhenItemsAreMore() {
        SpeedEstimate few = probeOf(2_000);
        SpeedEstimate many = probeOf(50_000);
        assertTrue(many.ef() > few.ef(), few + " " + many);
        assertTrue(many.visits() > few.visits(), few + " " + many);
    }

    /** At a recall that takes more than the least effort. */
    private static SpeedEstimate probeOf(int items) {
        HnswParameters parameters = plan(items, GraphLayout.F32, 500).parameters();
        SpeedPlan plan = new SpeedPlan(items, DIMENSION, parameters, K, 0.995, 500, 0.01);
        return SpeedProbe.run(plan, VECTORS, ProgressListener.NONE);
    }

    @Test
    void shouldLeaveNothingBehindWhenItWasMeasured() {
        long before = DirectMemory.allocatedBytes();
        // Items that fill as many copies as there may be, of the least index.
        SpeedProbe.run(plan(40_000, GraphLayout.INLINED, 400), VECTORS, ProgressListener.NONE);
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldAnswerAsTheIndexDoesWhenSearchesGoRoundItsCopies() {
        try (VectorSet base = VectorSet.allocate(300, DIMENSION)) {
            VECTORS.rowsInto(base, ProgressListener.NONE);
            HnswParameters parameters = plan(300, GraphLayout.INLINED, 300).parameters();
            long before = DirectMemory.allocatedBytes();
            try (Trial trial = Trial.build(base, parameters, ProgressListener.NONE)) {
                long own = DirectMemory.allocatedBytes() - before;
                try (var copy = trial.index().copy()) {
                    long copied = DirectMemory.allocatedBytes() - before - own;
                    // All but the eight bytes of each id.
                    assertEquals(own - 300 * Long.BYTES, copied);
                    for (int row = 0; row < 300; row++) {
                        assertEquals(trial.index().itemId(row), copy.itemId(row));
                    }
                    assertEquals(answers(trial.index(), base), answers(copy, base));
                }
                assertEquals(own, DirectMemory.allocatedBytes() - before);
            }
        }
    }

    private static List<List<Integer>> answers(HnswIndex index, VectorSet base) {
        SearchScratch scratch = index.newScratch(K, 20);
        float[] query = new float[DIMENSION];
        return IntStream.range(0, base.count())
                .mapToObj(
                        row -> {
                            base.get(row, query, 0);
                            int[] found = new int[K];
                            index.searchInto(scratch, query, K, 20, found, new float[K]);
                            return Arrays.stream(found).boxed().toList();
                        })
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindMemoryAndFileAsPlannedWhenChecked(GraphLayout layout) {
        checkSizes(plan(2_000, layout, 300));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void shouldFindMemoryAndFileAsPlannedWhenRowsAreMany(GraphLayout layout) {
        checkSizes(plan(100_000, layout, 2_000));
    }

    private static void checkSizes(SpeedPlan plan) {
        SpeedEstimate estimate = new SpeedEstimate(20, 100, 1e4, 1, 1);
        List<PlanCheck.Comparison> comparisons =
                PlanCheck.run(plan, estimate, VECTORS, ProgressListener.NONE);
        assertEquals(
                List.of("memory, bytes", "file, bytes", "build, s", "queries/s"),
                comparisons.stream().map(PlanCheck.Comparison::figure).toList());
        for (PlanCheck.Comparison bytes : comparisons.subList(0, 2)) {
            assertTrue(bytes.planned() > 0, bytes.toString());
            assertEquals(bytes.planned(), bytes.real(), 0, bytes.figure());
        }
    }

    @Test
    void shouldCallAQuarterClose() {
        assertTrue(new PlanCheck.Comparison("build, s", 4, 5).isClose());
        assertTrue(new PlanCheck.Comparison("build, s", 4, 3).isClose());
        assertEquals(0.5, new PlanCheck.Comparison("build, s", 4, 2).ratio(), 0);
        assertTrue(!new PlanCheck.Comparison("build, s", 4, 5.01).isClose());
        assertTrue(!new PlanCheck.Comparison("build, s", 4, 2.99).isClose());
        assertTrue(!new PlanCheck.Comparison("build, s", 4, Double.NaN).isClose());
    }

    private static SpeedPlan plan(int items, GraphLayout layout, int probeItems) {
        HnswParameters parameters =
                HnswParameters.defaults(Metric.L2)
                        .withEfConstruction(60)
                        .withThreads(2)
                        .withLayout(layout);
        return new SpeedPlan(items, DIMENSION, parameters, K, RECALL, probeItems, 0.01);
    }
}
