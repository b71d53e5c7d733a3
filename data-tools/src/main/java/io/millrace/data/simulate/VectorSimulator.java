package io.millrace.data.simulate;

import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.FlatIndex;
import io.millrace.index.Metric;
import io.millrace.index.VectorSet;
import io.millrace.index.vectors.VecsWriter;
import io.millrace.index.vectors.VectorFolder;

import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Makes a folder of vectors to measure indexes on: rows, queries of the same law, and the true
 * neighbours by exact search. The same seed gives the same bytes on any number of threads.
 *
 * <p>Threading: the calling thread and those it starts for the time of the call.
 */
public final class VectorSimulator {
    private VectorSimulator() {}

    /**
     * Simulates.
     *
     * @param plan what vectors.
     * @param target folder to make, as {@link VectorFolder} knows it; must be missing or empty.
     * @param progress told how far it is.
     */
    public static void run(VectorPlan plan, Path target, ProgressListener progress) {
        SimulatedVectors vectors =
                new SimulatedVectors(plan.dimension(), plan.seed(), plan.threads());
        try (AtomicDirectory folder = AtomicDirectory.create(target, false);
                VectorSet base = VectorSet.allocate(plan.count(), plan.dimension());
                VectorSet queries = VectorSet.allocate(plan.queries(), plan.dimension())) {
            vectors.rowsInto(base, progress);
            vectors.queriesInto(queries, progress);
            long[] ids = IntStream.range(0, plan.count()).asLongStream().toArray();
            int[][] truth;
            try (FlatIndex exact = FlatIndex.over(base, ids, Metric.L2)) {
                truth = exact.exactTopK(queries, plan.k(), plan.threads(), progress);
            }
            try (ProgressListener.Stage stage = progress.start("write vectors", 3)) {
                VecsWriter.write(folder.resolve(VectorFolder.SIMULATED_BASE), base);
                stage.advance(1);
                VecsWriter.write(folder.resolve(VectorFolder.SIMULATED_QUERY), queries);
                stage.advance(1);
                VecsWriter.write(folder.resolve(VectorFolder.SIMULATED_TRUTH), truth);
                stage.advance(1);
            }
            folder.commit();
        }
    }
}
