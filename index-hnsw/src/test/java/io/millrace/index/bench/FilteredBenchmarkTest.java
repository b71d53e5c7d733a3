package io.millrace.index.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.VectorSet;
import io.millrace.index.bench.AnnBenchmarkResult.FilteredRun;
import io.millrace.index.vectors.VecsWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.List;

/** Recall, accepted rows and ways of filtered searches; times are but looked at for sense. */
final class FilteredBenchmarkTest {
    private static final int ROWS = 4_000;
    private static final int QUERIES = 20;
    private static final int DIMENSION = 8;
    private static final int EF = 20;
    private static final List<Double> PARTS = List.of(0.5, 0.1, 0.001);

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource(FilterSeries.Kind.class)
    void shouldTellRecallAndWayWhenRowsAreFiltered(FilterSeries.Kind kind) {
        List<FilteredRun> runs = runs(kind, 16);
        assertEquals(PARTS, runs.stream().map(FilteredRun::selectivity).toList());
        for (FilteredRun run : runs) {
            assertEquals(run.selectivity() * ROWS, run.accepted());
            assertEquals(QUERIES, run.scans() + run.maskedWalks() + run.plainWalks());
            assertTrue(run.recall() > 0.9 && run.recall() <= 1, run.toString());
            assertTrue(run.qps() > 0 && run.p99Us() > 0 && run.scanUs() > 0, run.toString());
            assertEquals(1e6 / run.qps(), run.shareOfScan() * run.scanUs(), 1e-6);
        }
        // 4 rows are scanned in any case, and exactly.
        assertEquals(QUERIES, runs.get(2).scans());
        assertEquals(1, runs.get(2).recall());
        if (kind == FilterSeries.Kind.RANDOM) {
            assertTrue(runs.get(0).plainWalks() > QUERIES / 2, runs.toString());
            assertEquals(QUERIES, runs.get(1).scans());
        }
        if (kind == FilterSeries.Kind.FAR) {
            assertEquals(0, runs.get(0).plainWalks());
        }
    }

    /** A graph of two links finds less, which must show. */
    @Test
    void shouldTellALowerRecallWhenTheGraphIsPoor() {
        assertTrue(
                runs(FilterSeries.Kind.RANDOM, 2).getFirst().recall()
                        < runs(FilterSeries.Kind.RANDOM, 16).getFirst().recall());
    }

    private List<FilteredRun> runs(FilterSeries.Kind kind, int maxConnections) {
        AnnBenchmarkPlan plan =
                new AnnBenchmarkPlan(
                        vectors("base.fvecs", ROWS, 1),
                        vectors("query.fvecs", QUERIES, 2),
                        null,
                        10,
                        List.of(EF),
                        List.of(),
                        new FilterSeries(PARTS, kind),
                        1,
                        1_000,
                        IndexChoice.defaults());
        HnswParameters parameters =
                HnswParameters.defaults(Metric.L2)
                        .withLayout(GraphLayout.F32)
                        .withMaxConnections(maxConnections)
                        .withThreads(1);
        try (BenchmarkData data = BenchmarkData.read(plan, ProgressListener.NONE);
                HnswIndex index =
                        HnswBuilder.build(
                                data.base(),
                                BenchmarkData.ids(data.base()),
                                parameters,
                                ProgressListener.NONE)) {
            float[][] queries = new float[QUERIES][DIMENSION];
            for (int i = 0; i < QUERIES; i++) {
                data.queries().get(i, queries[i], 0);
            }
            return new FilteredBenchmark(plan, data, queries, new SearchTimer(0, 1))
                    .run(index, plan.ef(), ProgressListener.NONE);
        }
    }

    private Path vectors(String name, int count, long seed) {
        Path file = folder.resolve(name);
        SplitRandom random = new SplitRandom(seed);
        try (VectorSet rows = VectorSet.allocate(count, DIMENSION)) {
            float[] row = new float[DIMENSION];
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < DIMENSION; j++) {
                    row[j] = (float) random.nextGaussian();
                }
                rows.set(i, row, 0);
            }
            VecsWriter.write(file, rows);
        }
        return file;
    }
}
