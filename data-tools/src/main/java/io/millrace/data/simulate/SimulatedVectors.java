package io.millrace.data.simulate;

import io.millrace.core.progress.ProgressListener;
import io.millrace.index.VectorSet;
import io.millrace.index.plan.ProbeVectors;

import java.util.stream.IntStream;

/**
 * Vectors as a two-tower model makes them, drawn into memory. A row depends on its number and the
 * seed alone, not on how many are drawn or on how many threads.
 *
 * <p>Threading: one thread calls; drawing uses as many as it was made with.
 */
public final class SimulatedVectors implements ProbeVectors {
    private static final int CHUNK_ROWS = 1_024;
    private static final long QUERY_STREAM = 1L << 36;

    private final VectorLaw law;
    private final int threads;

    /**
     * A law of vectors.
     *
     * @param dimension numbers per row.
     * @param seed seed of the law and the rows.
     * @param threads how many threads draw.
     */
    public SimulatedVectors(int dimension, long seed, int threads) {
        law = new VectorLaw(dimension, seed);
        this.threads = threads;
    }

    @Override
    public void rowsInto(VectorSet rows, ProgressListener progress) {
        draw(0, rows, "draw rows", progress);
    }

    @Override
    public void queriesInto(VectorSet queries, ProgressListener progress) {
        draw(QUERY_STREAM, queries, "draw queries", progress);
    }

    private void draw(long stream, VectorSet target, String what, ProgressListener progress) {
        int chunks = Math.ceilDiv(target.count(), CHUNK_ROWS);
        try (ProgressListener.Stage stage = progress.start(what, target.count())) {
            Workers.run(
                    threads,
                    () ->
                            IntStream.range(0, chunks)
                                    .parallel()
                                    .forEach(chunk -> drawChunk(stream, target, chunk, stage)));
        }
    }

    private void drawChunk(long stream, VectorSet target, int chunk, ProgressListener.Stage stage) {
        int from = chunk * CHUNK_ROWS;
        int rows = Math.min(CHUNK_ROWS, target.count() - from);
        float[] drawn = law.draw(stream + from, rows);
        for (int row = 0; row < rows; row++) {
            target.set(from + row, drawn, row * target.dimension());
        }
        stage.advance(rows);
    }
}
