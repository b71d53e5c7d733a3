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

    /** Two ways to sum up one product differ by less. */
    private static final float ROUNDING = 1e-3f;

    private final MemorySegment segment;
    private final long strideBytes;
    private final int count;
    private final int dimension;
    private final int paddedDimension;
    private final long rowBytes;
    private final boolean isDot;
    private final @Nullable CompactRows compact;

    /**
     * Rows that lie at equal distances.
     *
     * @param segment the memory, row 0 at its start.
     * @param strideBytes distance of two rows.
     * @param count how many rows.
     * @param layout how each of them lies.
     * @param isDot whether distance is minus the dot product.
     */
    public RowSpace(
            MemorySegment segment, long strideBytes, int count, RowLayout layout, boolean isDot) {
        this.segment = segment;
        this.strideBytes = strideBytes;
        this.count = count;
        dimension = layout.dimension();
        paddedDimension = layout.paddedDimension();
        rowBytes = layout.rowBytes();
        this.isDot = isDot;
        CompactKernels kernels = layout.type().kernels();
        compact =
                kernels == null
                        ? null
                        : new CompactRows(kernels, segment, strideBytes, layout, isDot);
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
        if (compact != null) {
            compact.copyInto(row, target);
        } else {
            MemorySegment.copy(segment, FLOAT, row * strideBytes, target, 0, paddedDimension);
        }
    }

    /**
     * Writes a row and its padding, rounded as its type needs.
     *
     * @param row which row.
     * @param source the numbers, padded with zeros; not the same afterwards.
     */
    public void write(int row, float[] source) {
        if (compact != null) {
            compact.write(row, source);
        } else {
            MemorySegment.copy(source, 0, segment, FLOAT, row * strideBytes, paddedDimension);
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

    /**
     * Squared distance of two rows whose distance is known; where that is a product, of rows of one
     * length, twice whose square is given.
     */
    float gap(float twiceSquare, float distance) {
        return isDot ? twiceSquare + 2 * distance : distance;
    }

    /** Twice the square of a row's length, for {@link #gap}; 0 where it asks for none. */
    float twiceSquare(int row) {
        return isDot ? -2 * distance(row, row) : 0;
    }

    /** Whether two rows are the same, bit for bit. */
    boolean isEqual(int a, int b) {
        long x = a * strideBytes;
        long y = b * strideBytes;
        return MemorySegment.mismatch(segment, x, x + rowBytes, segment, y, y + rowBytes) < 0;
    }

    /** The same where their distance is known, which tells nearly all others apart. */
    boolean isEqual(int a, int b, float distance) {
        boolean isNear = isDot ? distance <= distance(a, a) * (1 - ROUNDING) : distance == 0;
        return isNear && isEqual(a, b);
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
        if (compact != null) {
            return compact.distance(query, row);
        }
        // Zero minus, so that a dot product of 0 does not become a zero of negative sign.
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
        if (compact != null) {
            return compact.distance(a, b);
        }
        long x = a * strideBytes;
        long y = b * strideBytes;
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
        if (compact != null) {
            compact.distancesFrom(first, query, rows, count, out);
            return;
        }
        long base = first * strideBytes;
        int length = paddedDimension;
        if (isDot) {
            KERNELS.dotBatch(query, length, segment, base, strideBytes, rows, 0, count, out);
            for (int i = 0; i < count; i++) {
                out[i] = 0f - out[i];
            }
        } else {
            KERNELS.squaredDistanceBatch(
                    query, length, segment, base, strideBytes, rows, 0, count, out);
        }
    }
}
