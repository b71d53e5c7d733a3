package io.millrace.index.plan;

import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.HnswFile;
import io.millrace.index.IndexSize;
import io.millrace.index.VectorSet;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Holds a plan against the real thing: builds it, measures it as the probe measures small ones, and
 * probes once more, because the machine may have been busier at the one time than at the other.
 *
 * <p>Threading: as {@link SpeedProbe}.
 */
public final class PlanCheck {
    private static final double TOLERANCE = 0.25;
    private static final double NS_PER_SECOND = 1e9;

    private PlanCheck() {}

    /**
     * One figure.
     *
     * @param figure what it is, with its unit.
     * @param planned what was told.
     * @param real what was measured.
     */
    public record Comparison(String figure, double planned, double real) {
        /**
         * How far the plan was off.
         *
         * @return how many times the plan the real figure is.
         */
        public double ratio() {
            return real / planned;
        }

        /**
         * Whether the plan was right.
         *
         * @return whether the real figure is within 25 % of it.
         */
        public boolean isClose() {
            return Math.abs(ratio() - 1) <= TOLERANCE;
        }
    }

    /** What the real thing is. */
    private record Real(long memoryBytes, long fileBytes, double buildSeconds, double searchNs) {}

    /**
     * Builds what is planned and compares.
     *
     * @param plan the index that is planned.
     * @param estimate what the probe told of it.
     * @param vectors rows and queries, the same as those of the probe.
     * @param progress told of every step.
     * @return memory, file, build and speed.
     * @throws MillraceException LIMIT when there is no such memory, IO when the file can't be
     *     written.
     */
    public static List<Comparison> run(
            SpeedPlan plan,
            SpeedEstimate estimate,
            ProbeVectors vectors,
            ProgressListener progress) {
        Real real = measure(plan, vectors, progress);
        SpeedEstimate best = estimate.fastest(SpeedProbe.run(plan, vectors, progress));
        IndexSize size = IndexSize.of(plan.items(), plan.dimension(), plan.parameters());
        return List.of(
                new Comparison("memory, bytes", size.memoryBytes(), real.memoryBytes),
                new Comparison("file, bytes", size.fileBytes(), real.fileBytes),
                new Comparison("build, s", best.buildSeconds(), real.buildSeconds),
                new Comparison(
                        "queries/s", best.queriesPerSecond(), NS_PER_SECOND / real.searchNs));
    }

    private static Real measure(SpeedPlan plan, ProbeVectors vectors, ProgressListener progress) {
        try (ProbeQueries queries = ProbeQueries.draw(vectors, plan.dimension(), progress);
                VectorSet rows = VectorSet.allocate(plan.items(), plan.dimension())) {
            vectors.rowsInto(rows, progress);
            long before = DirectMemory.allocatedBytes();
            try (Trial trial = Trial.build(rows, plan.parameters(), progress)) {
                long memoryBytes = DirectMemory.allocatedBytes() - before;
                long fileBytes = fileBytes(trial);
                try (ProgressListener.Stage stage = progress.start("search", 2)) {
                    Trial.Reach reach = trial.reach(plan, queries);
                    stage.advance(1);
                    double searchNs = trial.searchNs(plan, reach.visits(), 1, queries);
                    stage.advance(1);
                    return new Real(memoryBytes, fileBytes, trial.buildSeconds(), searchNs);
                }
            }
        }
    }

    private static long fileBytes(Trial trial) {
        Path file = null;
        try {
            file = Files.createTempFile("millrace-plan-", ".index");
            HnswFile.write(trial.index(), file);
            return Files.size(file);
        } catch (IOException e) {
            throw MillraceException.io("write index", named(file), e);
        } finally {
            delete(file);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw MillraceException.io("delete index", named(file), e);
        }
    }

    /** Where the file was to be, when it came to nothing. */
    private static Path named(@Nullable Path file) {
        return file == null ? Path.of(System.getProperty("java.io.tmpdir", "")) : file;
    }
}
