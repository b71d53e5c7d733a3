package io.millrace.core.simd;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Rows of embedding tables of fewer than 32 bits a number, gathered into arrays of float32:
 * bfloat16 ({@link Kernels#bfloat16Tables()}), or int8 with one scale a row ({@link
 * Kernels#int8Tables()}). Numbers are rounded as those of {@link CompactKernels}. Many of these
 * rows are short, so they are not filled up to lines of the cache: they are of n words of 32 bits,
 * little-endian, whose numbers stand n apart, so that one load of words and some shifts give
 * numbers that stand side by side.
 *
 * <pre>
 *   bfloat16  n = ⌈length / 2⌉ words: word w holds numbers w, n + w from the lowest bits up
 *   int8      the scale as float32, then n = ⌈length / 4⌉ words: word w holds numbers
 *             w, n + w, 2n + w, 3n + w from the lowest bits up
 *
 *   length 5  bfloat16  | 0 3 | 1 4 | 2 . |
 *             int8      | scale | 0 2 4 . | 1 3 . . |
 * </pre>
 *
 * <p>Places behind the last number are zero. Vector and scalar kernels give the same bits. Tables
 * need no alignment; bounds are checked.
 *
 * <p>Threading: stateless. Allocation: none.
 */
@HotPath
public interface TableKernels {
    /**
     * Which kernels these are.
     *
     * @return a short name, as in {@code "panama-512-int8"}.
     */
    String name();

    /**
     * Memory of a row.
     *
     * @param length how many numbers.
     * @return bytes, whole words.
     */
    long rowBytes(int length);

    /**
     * Rounds a row.
     *
     * @param source the numbers, from the first element; finite.
     * @param table where the row goes.
     * @param byteOffset where it begins.
     * @param length how many numbers.
     */
    void encode(float[] source, MemorySegment table, long byteOffset, int length);

    /**
     * Copies a row out of a table.
     *
     * @param table the table.
     * @param byteOffset where the row begins.
     * @param to the target.
     * @param toOffset where in the target.
     * @param length how many numbers.
     */
    void copyRow(MemorySegment table, long byteOffset, float[] to, int toOffset, int length);

    /**
     * Adds to an array a multiple of what {@link #copyRow} gives, rounded once.
     *
     * @param factor by what the row is multiplied.
     * @param table the table.
     * @param byteOffset where the row begins.
     * @param to the target.
     * @param toOffset where in the target.
     * @param length how many numbers.
     */
    void addRow(
            float factor,
            MemorySegment table,
            long byteOffset,
            float[] to,
            int toOffset,
            int length);
}
