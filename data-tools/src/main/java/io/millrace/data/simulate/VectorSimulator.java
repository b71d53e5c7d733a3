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
    private static final int CHUNK_ROWS = 1_024;
    private static final long QUERY_STREAM = 1L << 36;

    private VectorSimulator() {}

    /**
     * Simulates.
     *
     * @param plan what vectors.
     * @param target folder to make, as {@link VectorFolder} knows it; must be missing or empty.
     * @param progress told how far it is.
     */
    public static void run(VectorPlan plan, Path target, ProgressListener progress) {
        VectorLaw law = new VectorLaw(plan.dimension(), plan.seed());
        try (AtomicDirectory folder = AtomicDirectory.create(target, false);
                VectorSet base = VectorSet.allocate(plan.count(), plan.dimension());
                VectorSet queries = VectorSet.allocate(plan.queries(), plan.dimension())) {
            Workers.run(
                    plan.threads(),
                    () -> {
                        draw(law, 0, base, "draw rows", progress);
                        draw(law, QUERY_STREAM, queries, "draw queries", progress);
                    });
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

    private static void draw(
            VectorLaw law, long stream, VectorSet target, String what, ProgressListener progress) {
        int chunks = Math.ceilDiv(target.count(), CHUNK_ROWS);
        try (ProgressListener.Stage stage = progress.start(what, target.count())) {
            IntStream.range(0, chunks)
                    .parallel()
                    .forEach(
                            chunk -> {
                                int from = chunk * CHUNK_ROWS;
                                int rows = Math.min(CHUNK_ROWS, target.count() - from);
                                float[] drawn = law.draw(stream + from, rows);
                                for (int row = 0; row < rows; row++) {
                                    target.set(from + row, drawn, row * target.dimension());
                                }
                                stage.advance(rows);
                            });
        }
    }
}
