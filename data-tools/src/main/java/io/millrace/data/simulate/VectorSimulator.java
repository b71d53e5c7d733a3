package io.millrace.data.simulate;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.FlatIndex;
import io.millrace.index.Metric;
import io.millrace.index.VectorSet;
import io.millrace.index.vectors.VectorFolder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
                write(folder.resolve(VectorFolder.SIMULATED_BASE), base);
                stage.advance(1);
                write(folder.resolve(VectorFolder.SIMULATED_QUERY), queries);
                stage.advance(1);
                write(folder.resolve(VectorFolder.SIMULATED_TRUTH), truth);
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

    private static void write(Path path, VectorSet rows) {
        int dimension = rows.dimension();
        float[] row = new float[dimension];
        write(
                path,
                rows.count(),
                dimension,
                (index, buffer) -> {
                    rows.get(index, row, 0);
                    for (float number : row) {
                        buffer.putFloat(number);
                    }
                });
    }

    private static void write(Path path, int[][] rows) {
        write(
                path,
                rows.length,
                rows[0].length,
                (index, buffer) -> {
                    for (int number : rows[index]) {
                        buffer.putInt(number);
                    }
                });
    }

    /** Puts the numbers of a row into a buffer. */
    private interface RowSource {
        void put(int row, ByteBuffer buffer);
    }

    /** Writes rows as fvecs and ivecs files hold them, each behind its dimension. */
    private static void write(Path path, int count, int dimension, RowSource source) {
        int rowBytes = Integer.BYTES + dimension * Integer.BYTES;
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(CHUNK_ROWS * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int row = 0; row < count; row++) {
                buffer.putInt(dimension);
                source.put(row, buffer);
                if (buffer.remaining() < rowBytes || row == count - 1) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        channel.write(buffer);
                    }
                    buffer.clear();
                }
            }
        } catch (IOException e) {
            throw MillraceException.io("write vectors", path, e);
        }
    }
}
