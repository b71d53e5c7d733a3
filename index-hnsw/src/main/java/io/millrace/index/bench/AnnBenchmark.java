package io.millrace.index.bench;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.GraphLayout;
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

import org.jspecify.annotations.Nullable;

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
    private static final double NS_PER_SECOND = 1e9;

    private final AnnBenchmarkPlan plan;
    private final BenchmarkData data;
    private final float[][] queries;
    private final SearchTimer timer = new SearchTimer();
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
        try (HnswIndex loaded = load(plan, progress)) {
            AnnBenchmarkPlan filled =
                    loaded == null ? plan : plan.withIndex(plan.index().filledFrom(loaded));
            try (BenchmarkData data = BenchmarkData.read(filled, progress)) {
                return new AnnBenchmark(filled, data).run(loaded, progress);
            }
        }
    }

    private static @Nullable HnswIndex load(AnnBenchmarkPlan plan, ProgressListener progress) {
        Path file = plan.index().file();
        return file != null && plan.index().isThere() ? HnswFile.open(file, progress) : null;
    }

    private AnnBenchmarkResult run(@Nullable HnswIndex loaded, ProgressListener progress) {
        if (loaded != null) {
            requireBase(loaded);
            return measure(loaded, 0, progress);
        }
        long start = System.nanoTime();
        try (VectorIndex index = build(progress)) {
            return measure(index, (System.nanoTime() - start) / NS_PER_SECOND, progress);
        }
    }

    private AnnBenchmarkResult measure(
            VectorIndex index, double buildSeconds, ProgressListener progress) {
        if (index instanceof HnswIndex graph && !plan.recalls().isEmpty()) {
            calibrate(graph, progress);
        }
        Path file = plan.index().file();
        if (file != null && !plan.index().isThere() && index instanceof HnswIndex graph) {
            HnswFile.write(graph, file);
        }
        List<Effort> efforts = efforts(index);
        List<AnnBenchmarkResult.Run> runs = new ArrayList<>();
        try (ProgressListener.Stage stage = progress.start("measure searches", efforts.size())) {
            for (Effort effort : efforts) {
                runs.add(measure(index, effort));
                stage.advance(1);
            }
        }
        List<AnnBenchmarkResult.FilteredRun> filtered =
                new FilteredBenchmark(plan, data, queries, timer)
                        .run(index, efforts.stream().map(Effort::ef).toList(), progress);
        HnswParameters built =
                index instanceof HnswIndex graph
                        ? graph.parameters()
                        : plan.index().parameters(index.dimension(), plan.threads());
        RoundingLoss loss =
                index instanceof HnswIndex graph
                        ? RoundingLoss.of(graph, data.base())
                        : RoundingLoss.NONE;
        return new AnnBenchmarkResult(
                index.size(),
                index.dimension(),
                queries.length,
                index.metric(),
                plan.index().layoutOf(built),
                built.layout() == GraphLayout.INLINED ? built.codeBits() : 0,
                built.rowType(),
                loss.meanError(),
                loss.worstError(),
                buildSeconds,
                bytesPerVector(index),
                LayoutSizes.of(data.base(), built),
                runs,
                filtered);
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

    private VectorIndex build(ProgressListener progress) {
        VectorSet base = data.base();
        return plan.index().isFlat()
                ? data.flatIndex()
                : HnswBuilder.build(
                        base,
                        BenchmarkData.ids(base),
                        plan.index().parameters(base.dimension(), plan.threads()),
                        progress);
    }

    private void requireBase(HnswIndex index) {
        VectorSet base = data.base();
        if (index.size() != base.count() || index.dimension() != base.dimension()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "index of other vectors: file=%s, rows=%d, dimension=%d, base=%d x %d; remove"
                            + " the file or name another",
                    plan.index().file(),
                    index.size(),
                    index.dimension(),
                    base.count(),
                    base.dimension());
        }
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
        SearchTimer.Times times =
                timer.time(
                        queries.length,
                        i ->
                                index.searchInto(
                                        scratch, queries[i], plan.k(), effort, ordinals, scores));
        return new AnnBenchmarkResult.Run(
                chosen.target(), chosen.ef(), recall, times.qps(), times.p50Us(), times.p99Us());
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
