package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Rows of single-precision numbers off heap. Rows start on cache lines, what is left of the last
 * line is zero.
 *
 * <p>Threading: distinct rows may be written by distinct threads at once.
 *
 * <p>Ownership: whoever allocates it closes it.
 */
public final class VectorSet implements AutoCloseable {
    private static final int CACHE_LINE_BYTES = 64;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int count;
    private final int dimension;
    private final long strideBytes;
    private final DirectMemory memory;

    private VectorSet(int count, int dimension, long strideBytes) {
        this.count = count;
        this.dimension = dimension;
        this.strideBytes = strideBytes;
        this.memory = DirectMemory.allocate(count * strideBytes);
    }

    /**
     * Allocates rows of zeros.
     *
     * @param count how many rows, from 0.
     * @param dimension numbers per row, from 1.
     * @return the rows.
     */
    public static VectorSet allocate(int count, int dimension) {
        if (count < 0 || dimension < 1) {
            throw MillraceException.of(
                    ErrorCode.USAGE,
                    "no such vectors: count=%d, least=0, dimension=%d, least=1",
                    count,
                    dimension);
        }
        return new VectorSet(count, dimension, strideOf(dimension));
    }

    /**
     * Distance of two rows of a dimension.
     *
     * @param dimension numbers per row.
     * @return bytes, a multiple of a cache line.
     */
    public static long strideOf(int dimension) {
        return Math.ceilDiv((long) dimension * Float.BYTES, CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
    }

    /**
     * Writes a row.
     *
     * @param row which row.
     * @param source the numbers.
     * @param index index of the first one in source.
     */
    public void set(int row, float[] source, int index) {
        MemorySegment.copy(source, index, memory.segment(), FLOAT, offset(row), dimension);
    }

    /**
     * Reads a row.
     *
     * @param row which row.
     * @param target where the numbers go.
     * @param index index of the first one in target.
     */
    public void get(int row, float[] target, int index) {
        MemorySegment.copy(memory.segment(), FLOAT, offset(row), target, index, dimension);
    }

    /**
     * Where a row lies.
     *
     * @param row which row.
     * @return offset in {@link #segment()} in bytes.
     */
    public long offset(int row) {
        return Objects.checkIndex(row, count) * strideBytes;
    }

    /**
     * The rows.
     *
     * @return all of them, row 0 at offset 0.
     */
    public MemorySegment segment() {
        return memory.segment();
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

    @Override
    public void close() {
        memory.close();
    }
}
