package io.millrace.index.plan;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.VectorSet;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells how fast a planned index will be from small ones that it builds and searches; {@link
 * SpeedEstimate} says how.
 *
 * <p>Threading: the calling thread searches; builds use the threads of the plan.
 */
public final class SpeedProbe {
    /** More than caches hold; beyond it a read costs what one from memory costs. */
    private static final long MOST_COPIED_BYTES = 1L << 30;

    /** A build that gains less than this on the one before runs compiled code. */
    private static final double WARM = 0.9;

    private static final int MOST_WARM_UPS = 8;

    private final SpeedPlan plan;
    private final VectorSet rows;
    private final ProbeQueries queries;
    private final ProgressListener.Stage stage;

    private SpeedProbe(
            SpeedPlan plan, VectorSet rows, ProbeQueries queries, ProgressListener.Stage stage) {
        this.plan = plan;
        this.rows = rows;
        this.queries = queries;
        this.stage = stage;
    }

    /**
     * Builds and measures, for some seconds.
     *
     * @param plan the index that is planned.
     * @param vectors rows and queries like those it will have.
     * @param progress told of every step.
     * @return how fast it will be.
     * @throws MillraceException LIMIT when small indexes don't reach the recall.
     */
    public static SpeedEstimate run(
            SpeedPlan plan, ProbeVectors vectors, ProgressListener progress) {
        List<Integer> sizes = plan.probeSizes();
        try (ProbeQueries queries = ProbeQueries.draw(vectors, plan.dimension(), progress);
                VectorSet rows = VectorSet.allocate(sizes.getLast(), plan.dimension())) {
            vectors.rowsInto(rows, progress);
            try (ProgressListener.Stage stage = progress.start("probe", 2L + sizes.size())) {
                return new SpeedProbe(plan, rows, queries, stage).measure(sizes);
            }
        }
    }

    private SpeedEstimate measure(List<Integer> sizes) {
        double warmUpSeconds = warmUp(sizes.getFirst());
        stage.advance(1);
        List<GrowthModel.Sample> samples = new ArrayList<>();
        for (int size : sizes.subList(0, sizes.size() - 1)) {
            try (Trial trial = fastestBuild(size)) {
                samples.add(sample(trial));
            }
        }
        try (Trial largest = fastestBuild(sizes.getLast())) {
            samples.add(sample(largest));
            GrowthModel model = GrowthModel.of(samples);
            Trial.Reach reach = model.reachAt(plan.items());
            stage.note("search copies");
            double searchNs = largest.searchNs(plan, reach.visits(), copies(largest), queries);
            stage.advance(1);
            return new SpeedEstimate(
                    Math.max(plan.k(), reach.ef()),
                    reach.visits(),
                    searchNs,
                    model.buildSecondsAt(plan.items()),
                    warmUpSeconds);
        }
    }

    /** Builds until that gets no faster; what it took longer before. */
    private double warmUp(int size) {
        stage.note("warm up");
        try (VectorSet part = firstRows(size)) {
            double best = Double.MAX_VALUE;
            double sum = 0;
            int builds = 0;
            boolean isWarm;
            do {
                double seconds = buildSeconds(part);
                isWarm = seconds > WARM * best;
                best = Math.min(best, seconds);
                sum += seconds;
                builds++;
            } while (!isWarm && builds < MOST_WARM_UPS);
            return sum - builds * best;
        }
    }

    private double buildSeconds(VectorSet part) {
        try (Trial trial = build(part)) {
            return trial.buildSeconds();
        }
    }

    private Trial build(VectorSet part) {
        return Trial.build(part, plan.parameters(), ProgressListener.NONE);
    }

    /** Short builds are repeated, and the fastest counts. */
    private Trial fastestBuild(int size) {
        stage.note("build " + size);
        try (VectorSet part = firstRows(size)) {
            Trial best = build(part);
            double sum = best.buildSeconds();
            while (sum < plan.probeSeconds()) {
                Trial next = build(part);
                sum += next.buildSeconds();
                boolean isFaster = next.buildSeconds() < best.buildSeconds();
                (isFaster ? best : next).close();
                best = isFaster ? next : best;
            }
            return best;
        }
    }

    private VectorSet firstRows(int count) {
        VectorSet part = VectorSet.allocate(count, plan.dimension());
        part.segment().copyFrom(rows.segment().asSlice(0, part.segment().byteSize()));
        return part;
    }

    private GrowthModel.Sample sample(Trial trial) {
        int size = trial.index().size();
        stage.note("search " + size);
        GrowthModel.Sample sample =
                new GrowthModel.Sample(size, trial.buildSeconds(), trial.reach(plan, queries));
        stage.advance(1);
        return sample;
    }

    /** How many copies of a small index fill the memory of the planned one. */
    private int copies(Trial trial) {
        double bytes = Math.min(plan.graphBytes(), MOST_COPIED_BYTES);
        return (int) Math.max(1, Math.rint(bytes / trial.index().memoryBytes()));
    }
}
