package io.millrace.index.vectors;

import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorSet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes fvecs and ivecs files of the TEXMEX collection: before each row stands its dimension as
 * int32, little-endian like all numbers. {@link VectorFiles} reads them.
 *
 * <p>Threading: any thread; a call writes one file from its start.
 */
public final class VecsWriter {
    private static final int CHUNK_BYTES = 1 << 20;

    private VecsWriter() {}

    /**
     * Writes vectors.
     *
     * @param path an {@code .fvecs} file; what was there is replaced.
     * @param rows the vectors.
     * @throws MillraceException when the file can't be written.
     */
    public static void write(Path path, VectorSet rows) {
        float[] row = new float[rows.dimension()];
        write(
                path,
                rows.count(),
                rows.dimension(),
                (index, buffer) -> {
                    rows.get(index, row, 0);
                    for (float number : row) {
                        buffer.putFloat(number);
                    }
                });
    }

    /**
     * Writes true neighbours.
     *
     * @param path an {@code .ivecs} file; what was there is replaced.
     * @param rows ordinals, as many for each query, and at least one query.
     * @throws MillraceException when the file can't be written.
     */
    public static void write(Path path, int[][] rows) {
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

    private static void write(Path path, int count, int dimension, RowSource source) {
        int rowBytes = Integer.BYTES + dimension * Integer.BYTES;
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(Math.max(CHUNK_BYTES, rowBytes))
                        .order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
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
