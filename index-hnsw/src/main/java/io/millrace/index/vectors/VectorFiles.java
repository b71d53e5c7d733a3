package io.millrace.index.vectors;

import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorSet;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads vectors and true neighbours of many formats: npy and IDX are known by their content, fvecs,
 * bvecs and ivecs by their ending; each may be compressed by gzip. Numbers become float32.
 *
 * <p>Threading: any thread; a call reads one file from its start.
 */
public final class VectorFiles {
    private static final int LARGEST_DIMENSION = 65_536;
    private static final int FIRST_CAPACITY = 1024;

    private VectorFiles() {}

    /**
     * Reads vectors.
     *
     * @param path a file: {@code .fvecs}, {@code .bvecs}, {@code .npy}, or IDX images, also with
     *     {@code .gz}; or a folder as {@link VectorFolder} knows, whose base is read.
     * @param limit the most rows to read, from 0.
     * @return the rows, to be closed by the caller.
     * @throws MillraceException BAD_INPUT when it is of no such format, truncated, or holds a
     *     number that is not finite.
     */
    public static VectorSet read(Path path, int limit) {
        Path file = VectorFolder.isAt(path) ? VectorFolder.at(path).base() : path;
        try (ByteSource source = ByteSource.open(file)) {
            try {
                return readRows(source, reader(source), limit);
            } catch (IOException e) {
                throw source.failure(e);
            }
        } catch (IOException e) {
            throw MillraceException.io("read vectors", file, e);
        }
    }

    /**
     * Reads true neighbours.
     *
     * @param path an {@code .ivecs} file, also with {@code .gz}.
     * @param limit the most rows to read, from 0.
     * @return ordinals, nearest first, one array per query.
     * @throws MillraceException BAD_INPUT when it is of another format or truncated.
     */
    public static int[][] readTruth(Path path, int limit) {
        try (ByteSource source = ByteSource.open(path)) {
            try {
                if (!source.name().endsWith(".ivecs")) {
                    throw source.bad("true neighbours must be an .ivecs file");
                }
                VecsReader reader = new VecsReader(source, NumberType.FLOAT32);
                List<int[]> rows = new ArrayList<>();
                int[] row = new int[reader.dimension()];
                while (rows.size() < limit && reader.next(row)) {
                    for (int ordinal : row) {
                        if (ordinal < 0) {
                            throw source.bad(
                                    "no ordinal: row=" + rows.size() + ", value=" + ordinal);
                        }
                    }
                    rows.add(row.clone());
                }
                return rows.toArray(int[][]::new);
            } catch (IOException e) {
                throw source.failure(e);
            }
        } catch (IOException e) {
            throw MillraceException.io("read true neighbours", path, e);
        }
    }

    static int checkDimension(ByteSource source, long dimension) {
        if (dimension < 1 || dimension > LARGEST_DIMENSION) {
            throw source.bad(
                    "no such dimension: dimension="
                            + dimension
                            + ", least=1, limit="
                            + LARGEST_DIMENSION
                            + "; is it of another format than its name says");
        }
        return (int) dimension;
    }

    private static RowReader reader(ByteSource source) throws IOException {
        byte[] head = source.peek();
        int magicLength = NpyHead.MAGIC.length;
        if (head.length > magicLength
                && Arrays.equals(head, 0, magicLength, NpyHead.MAGIC, 0, magicLength)) {
            return NpyHead.read(source);
        }
        String name = source.name();
        if (name.endsWith(".fvecs")) {
            return new VecsReader(source, NumberType.FLOAT32);
        }
        if (name.endsWith(".bvecs")) {
            return new VecsReader(source, NumberType.UNSIGNED_BYTE);
        }
        if (IdxHead.isAt(head)) {
            return IdxHead.read(source);
        }
        throw source.bad("of no known format; give .fvecs, .bvecs, .npy or IDX images");
    }

    private static VectorSet readRows(ByteSource source, RowReader reader, int limit)
            throws IOException {
        int dimension = reader.dimension();
        long capacity = Math.min(limit, reader.mostRows());
        // Of compressed files the most is far more than the likely.
        capacity = Math.min(capacity, Math.max(FIRST_CAPACITY, source.fileBytes() / dimension));
        VectorSet rows = VectorSet.allocate((int) capacity, dimension);
        try {
            float[] row = new float[dimension];
            int count = 0;
            while (count < limit && reader.next(row)) {
                checkFinite(source, row, count);
                if (count == rows.count()) {
                    rows = resized(rows, count, (int) Math.min(limit, 2L * count + 1));
                }
                rows.set(count++, row, 0);
            }
            return count == rows.count() ? rows : resized(rows, count, count);
        } catch (RuntimeException | IOException | Error e) {
            rows.close();
            throw e;
        }
    }

    private static VectorSet resized(VectorSet rows, int count, int capacity) {
        VectorSet copy = VectorSet.allocate(capacity, rows.dimension());
        MemorySegment.copy(rows.segment(), 0, copy.segment(), 0, count * rows.strideBytes());
        rows.close();
        return copy;
    }

    private static void checkFinite(ByteSource source, float[] row, int index) {
        for (int i = 0; i < row.length; i++) {
            if (!Float.isFinite(row[i])) {
                throw source.bad(
                        "not a finite number: row="
                                + index
                                + ", column="
                                + i
                                + ", value="
                                + row[i]
                                + "; mend the vectors");
            }
        }
    }
}
