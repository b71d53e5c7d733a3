package io.millrace.index.bench;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.FlatIndex;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.RoundingLoss;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorIndex;
import io.millrace.index.VectorSet;
import io.millrace.index.calibrate.RecallCalibration;
import io.millrace.index.recall.RecallCurve;

import org.HdrHistogram.Histogram;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds or loads an index and measures its searches: recall against the truth, then speed, one
 * query after another on the calling thread.
 *
 * <p>Threading: the build uses the threads of the plan. Allocation: the measured loop allocates
 * nothing.
 */
public final class AnnBenchmark {
    private static final long WARM_UP_NS = 500_000_000;
    private static final long MEASURED_NS = 1_000_000_000;
    private static final long LONGEST_QUERY_NS = 60_000_000_000L;
    private static final int DIGITS = 3;
    private static final double NS_PER_SECOND = 1e9;
    private static final double NS_PER_US = 1e3;

    private final AnnBenchmarkPlan plan;
    private final BenchmarkData data;
    private final float[][] queries;
    private final Histogram latencies = new Histogram(LONGEST_QUERY_NS, DIGITS);
    private final int[] ordinals;
    private final float[] scores;

    private AnnBenchmark(AnnBenchmarkPlan plan, BenchmarkData data) {
        this.plan = plan;
        this.data = data;
        queries = new float[data.queries().count()][data.queries().dimension()];
        for (int i = 0; i < queries.length; i++) {
            data.queries().get(i, queries[i], 0);
        }
        ordinals = new int[plan.k()];
        scores = new float[plan.k()];
    }

    /**
     * Runs a plan.
     *
     * @param plan what to measure.
     * @param progress told of every stage.
     * @return the figures.
     * @throws MillraceException when files can't be read or don't fit each other.
     */
    public static AnnBenchmarkResult run(AnnBenchmarkPlan plan, ProgressListener progress) {
        try (BenchmarkData data = BenchmarkData.read(plan, progress)) {
            return new AnnBenchmark(plan, data).measure(progress);
        }
    }

    private AnnBenchmarkResult measure(ProgressListener progress) {
        long start = System.nanoTime();
        boolean isLoaded = isLoadable();
        try (VectorIndex index = isLoaded ? load(progress) : build(progress)) {
            double seconds = isLoaded ? 0 : (System.nanoTime() - start) / NS_PER_SECOND;
            if (index instanceof HnswIndex graph && !plan.recalls().isEmpty()) {
                calibrate(graph, progress);
            }
            Path file = plan.index();
            if (!isLoaded && file != null && index instanceof HnswIndex graph) {
                HnswFile.write(graph, file);
            }
            List<Effort> efforts = efforts(index);
            List<AnnBenchmarkResult.Run> runs = new ArrayList<>();
            try (ProgressListener.Stage stage =
                    progress.start("measure searches", efforts.size())) {
                for (Effort effort : efforts) {
                    runs.add(measure(index, effort));
                    stage.advance(1);
                }
            }
            RoundingLoss loss =
                    index instanceof HnswIndex graph
                            ? RoundingLoss.of(graph, data.base())
                            : RoundingLoss.NONE;
            return new AnnBenchmarkResult(
                    index.size(),
                    index.dimension(),
                    queries.length,
                    seconds,
                    bytesPerVector(index),
                    plan.rowType(),
                    loss.meanError(),
                    loss.worstError(),
                    runs);
        }
    }

    /** What to measure: an effort, and the recall that it was chosen for or NaN. */
    private record Effort(double target, int ef) {}

    private List<Effort> efforts(VectorIndex index) {
        List<Effort> efforts = new ArrayList<>();
        for (int ef : plan.ef()) {
            efforts.add(new Effort(Double.NaN, ef));
        }
        if (index instanceof HnswIndex graph) {
            for (double recall : plan.recalls()) {
                efforts.add(new Effort(recall, graph.efFor(recall, plan.k())));
            }
        }
        return efforts;
    }

    /** Queries of the benchmark have no part in it: they are the judges. */
    private void calibrate(HnswIndex graph, ProgressListener progress) {
        RecallCurve curve = graph.recallCurve();
        if (curve == null || curve.lines().getLast().k() < plan.k()) {
            RecallCalibration.Plan calibration = RecallCalibration.Plan.defaults(plan.threads());
            List<Integer> ks = new ArrayList<>(calibration.ks());
            ks.add(plan.k());
            graph.keepRecallCurve(RecallCalibration.run(graph, calibration.withKs(ks), progress));
        }
    }

    private boolean isLoadable() {
        Path file = plan.index();
        return plan.layout() != AnnBenchmarkPlan.Layout.FLAT && file != null && Files.exists(file);
    }

    private VectorIndex build(ProgressListener progress) {
        VectorSet base = data.base();
        long[] ids = new long[base.count()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i;
        }
        HnswParameters parameters =
                new HnswParameters(
                        plan.metric(),
                        plan.maxConnections(),
                        plan.efConstruction(),
                        plan.seed(),
                        plan.threads(),
                        plan.layout().graph(),
                        plan.codeBits(),
                        plan.rowType());
        return plan.layout() == AnnBenchmarkPlan.Layout.FLAT
                ? FlatIndex.over(base, ids, plan.metric())
                : HnswBuilder.build(base, ids, parameters, progress);
    }

    private VectorIndex load(ProgressListener progress) {
        Path file = plan.index();
        if (file == null) {
            throw new IllegalStateException("no file to load");
        }
        HnswIndex index = HnswFile.open(file, progress);
        VectorSet base = data.base();
        if (index.size() != base.count()
                || index.dimension() != base.dimension()
                || index.metric() != plan.metric()
                || index.parameters().rowType() != plan.rowType()) {
            MillraceException mismatch =
                    MillraceException.of(
                            ErrorCode.MISMATCH,
                            "index of other vectors: file=%s, rows=%d of %s, dimension=%d,"
                                    + " metric=%s, base=%d x %d, wanted=%s of %s; remove the file"
                                    + " or name another",
                            file,
                            index.size(),
                            index.parameters().rowType(),
                            index.dimension(),
                            index.metric(),
                            base.count(),
                            base.dimension(),
                            plan.metric(),
                            plan.rowType());
            index.close();
            throw mismatch;
        }
        return index;
    }

    private double bytesPerVector(VectorIndex index) {
        long bytes =
                index instanceof HnswIndex graph
                        ? graph.memoryBytes()
                        : data.base().count() * data.base().strideBytes();
        return index.size() == 0 ? 0 : (double) bytes / index.size();
    }

    private AnnBenchmarkResult.Run measure(VectorIndex index, Effort chosen) {
        // More candidates than rows there can't be.
        int effort = Math.min(chosen.ef(), Math.max(plan.k(), index.size()));
        SearchScratch scratch = index.newScratch(plan.k(), Math.max(plan.k(), effort));
        double recall = recall(index, scratch, effort);
        long warmUpEnd = System.nanoTime() + WARM_UP_NS;
        do {
            searchAll(index, scratch, effort);
        } while (System.nanoTime() < warmUpEnd);
        latencies.reset();
        long searches = 0;
        long start = System.nanoTime();
        long now;
        do {
            searchAll(index, scratch, effort);
            searches += queries.length;
            now = System.nanoTime();
        } while (now - start < MEASURED_NS);
        return new AnnBenchmarkResult.Run(
                chosen.target(),
                chosen.ef(),
                recall,
                searches * NS_PER_SECOND / (now - start),
                latencies.getValueAtPercentile(50) / NS_PER_US,
                latencies.getValueAtPercentile(99) / NS_PER_US);
    }

    private void searchAll(VectorIndex index, SearchScratch scratch, int ef) {
        long before = System.nanoTime();
        for (float[] query : queries) {
            index.searchInto(scratch, query, plan.k(), ef, ordinals, scores);
            long after = System.nanoTime();
            latencies.recordValue(Math.min(after - before, LONGEST_QUERY_NS));
            before = after;
        }
    }

    private double recall(VectorIndex index, SearchScratch scratch, int ef) {
        long hits = 0;
        long wanted = 0;
        for (int i = 0; i < queries.length; i++) {
            int found = index.searchInto(scratch, queries[i], plan.k(), ef, ordinals, scores);
            hits += data.hits(i, queries[i], ordinals, found);
            wanted += data.wanted();
        }
        return wanted == 0 ? 1 : (double) hits / wanted;
    }
}
