package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.CompactKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Rows off heap and how far they are from each other and from a query: the squared Euclidean
 * distance, or minus the dot product. Rows are padded with zeros, queries must be too. Whatever the
 * type of the rows, they are read and written as float32; distances are those of what is read.
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
public final class RowSpace {
    private static final VectorKernels KERNELS = Kernels.vector();
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment segment;
    private final long strideBytes;
    private final int count;
    private final int dimension;
    private final int paddedDimension;
    private final long rowBytes;
    private final boolean isDot;
    private final @Nullable CompactKernels compact;

    /**
     * Rows of float32 that lie at equal distances.
     *
     * @param segment the memory, row 0 at its start.
     * @param strideBytes distance of two rows.
     * @param count how many rows.
     * @param dimension numbers per row.
     * @param isDot whether distance is minus the dot product.
     */
    public RowSpace(
            MemorySegment segment, long strideBytes, int count, int dimension, boolean isDot) {
        this(segment, strideBytes, count, dimension, isDot, RowType.F32);
    }

    /** Rows of a type. */
    RowSpace(
            MemorySegment segment,
            long strideBytes,
            int count,
            int dimension,
            boolean isDot,
            RowType type) {
        this.segment = segment;
        this.strideBytes = strideBytes;
        this.count = count;
        this.dimension = dimension;
        paddedDimension = type.paddedDimension(dimension);
        rowBytes = type.rowBytes(dimension);
        compact = type.kernels();
        this.isDot = isDot;
    }

    /**
     * How many rows there are.
     *
     * @return from 0.
     */
    public int count() {
        return count;
    }

    /**
     * Numbers per row.
     *
     * @return from 1.
     */
    public int dimension() {
        return dimension;
    }

    /**
     * Numbers per row with padding; arrays for queries have this length.
     *
     * @return a multiple of 16.
     */
    public int paddedDimension() {
        return paddedDimension;
    }

    /**
     * What distance is.
     *
     * @return true for minus the dot product, false for the squared Euclidean distance.
     */
    public boolean isDot() {
        return isDot;
    }

    /**
     * Distance of two rows.
     *
     * @return bytes.
     */
    public long strideBytes() {
        return strideBytes;
    }

    /**
     * The memory the rows lie in.
     *
     * @return row 0 at offset 0.
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Copies a row and its padding.
     *
     * @param row which row.
     * @param target where it goes, from element 0.
     */
    @HotPath
    public void copyInto(int row, float[] target) {
        long offset = row * strideBytes;
        if (compact != null) {
            compact.decode(segment, offset, target, paddedDimension);
        } else {
            MemorySegment.copy(segment, FLOAT, offset, target, 0, paddedDimension);
        }
    }

    /**
     * Writes a row and its padding, rounded as its type needs.
     *
     * @param row which row.
     * @param source the numbers, padded with zeros.
     */
    public void write(int row, float[] source) {
        long offset = row * strideBytes;
        if (compact != null) {
            compact.encode(source, segment, offset, paddedDimension);
        } else {
            MemorySegment.copy(source, 0, segment, FLOAT, offset, paddedDimension);
        }
    }

    /** A hash of a row's numbers: equal rows have equal ones. */
    long hash(int row) {
        long offset = row * strideBytes;
        long hash = 0;
        for (long at = 0; at < rowBytes; at += Long.BYTES) {
            hash = SplitRandom.mix64(hash ^ segment.get(LONG, offset + at));
        }
        return hash;
    }

    /** Whether two rows are the same, bit for bit. */
    boolean isEqual(int a, int b) {
        long x = a * strideBytes;
        long y = b * strideBytes;
        return MemorySegment.mismatch(segment, x, x + rowBytes, segment, y, y + rowBytes) < 0;
    }

    /**
     * Distance of a query and a row.
     *
     * @param query the query, padded.
     * @param row which row.
     * @return the distance.
     */
    @HotPath
    public float distance(float[] query, int row) {
        // Zero minus, so that a dot product of 0 does not become a zero of negative sign.
        if (compact != null) {
            long offset = row * strideBytes;
            return isDot
                    ? 0f - compact.dot(query, segment, offset, paddedDimension)
                    : compact.squaredDistance(query, segment, offset, paddedDimension);
        }
        return isDot
                ? 0f - KERNELS.dot(query, segment, row * strideBytes, paddedDimension)
                : KERNELS.squaredDistance(query, segment, row * strideBytes, paddedDimension);
    }

    /**
     * Distance of two rows.
     *
     * @param a one row.
     * @param b the other row.
     * @return the distance.
     */
    @HotPath
    public float distance(int a, int b) {
        long x = a * strideBytes;
        long y = b * strideBytes;
        if (compact != null) {
            return isDot
                    ? 0f - compact.dot(segment, x, y, paddedDimension)
                    : compact.squaredDistance(segment, x, y, paddedDimension);
        }
        return isDot
                ? 0f - KERNELS.dot(segment, x, segment, y, paddedDimension)
                : KERNELS.squaredDistance(segment, x, segment, y, paddedDimension);
    }

    /**
     * Distances of a query and many rows.
     *
     * @param query the query, padded.
     * @param rows which rows, from element 0.
     * @param count how many rows.
     * @param out where the distances go.
     */
    @HotPath
    public void distances(float[] query, int[] rows, int count, float[] out) {
        distancesFrom(0, query, rows, count, out);
    }

    /**
     * Distances of a query and many rows whose numbers count from some row.
     *
     * @param first the row that number 0 means.
     * @param query the query, padded.
     * @param rows which rows, counted from first, from element 0.
     * @param count how many rows.
     * @param out where the distances go.
     */
    @HotPath
    public void distancesFrom(int first, float[] query, int[] rows, int count, float[] out) {
        long base = first * strideBytes;
        int length = paddedDimension;
        if (!isDot && compact != null) {
            compact.squaredDistanceBatch(
                    query, length, segment, base, strideBytes, rows, 0, count, out);
        } else if (!isDot) {
            KERNELS.squaredDistanceBatch(
                    query, length, segment, base, strideBytes, rows, 0, count, out);
        } else {
            if (compact != null) {
                compact.dotBatch(query, length, segment, base, strideBytes, rows, 0, count, out);
            } else {
                KERNELS.dotBatch(query, length, segment, base, strideBytes, rows, 0, count, out);
            }
            for (int i = 0; i < count; i++) {
                out[i] = 0f - out[i];
            }
        }
    }
}
