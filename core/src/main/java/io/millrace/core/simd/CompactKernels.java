package io.millrace.core.simd;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Distances and sums over rows of fewer than 32 bits a number: bfloat16 ({@link
 * Kernels#bfloat16()}), or int8 with one scale a row ({@link Kernels#int8()}). Results are those of
 * the row as {@link #decode} gives it; what was lost was lost when it was encoded.
 *
 * <p>Rows come in whole lines of 64 bytes, each of 16 int32 words, little-endian. Words hold
 * numbers that stand 16 apart, so that one load of words and a shift or two give 4, 8 or 16 numbers
 * that stand side by side in a query:
 *
 * <pre>
 *   bfloat16  word w of a line: numbers w, w + 16 of 32 from the lowest bits up
 *   int8      word w of a line: numbers w, w + 16, w + 32, w + 48 of 64 from the lowest bits up;
 *             one more line behind the last: the scale as float32; encoding fills the rest with
 *             zeros, where the caller may keep what belongs to the row
 * </pre>
 *
 * <p>A length is a multiple of {@link #lineNumbers()}; shorter vectors are padded with zeros. A
 * bfloat16 is the upper half of a float32, rounded to the nearest, ties to even. An int8 is from
 * -127 to 127 and means itself times the scale, which is a 127th of the row's largest number.
 *
 * <p>The order of additions is fixed by the length and the width of the machine's vectors alone, as
 * in {@link VectorKernels}, and two rows may change places. Segments need no alignment; bounds are
 * checked.
 *
 * <p>Threading: stateless. Allocation: none.
 */
@HotPath
public interface CompactKernels {
    /** Bytes of a line. */
    int LINE_BYTES = 64;

    /** Words of a line, and how far apart the numbers of a word stand. */
    int LINE_WORDS = LINE_BYTES / Integer.BYTES;

    /**
     * Which kernels these are.
     *
     * @return a short name, as in {@code "panama-512-int8"}.
     */
    String name();

    /**
     * Numbers of a line.
     *
     * @return 32 or 64.
     */
    int lineNumbers();

    /**
     * Memory of a row.
     *
     * @param length how many numbers.
     * @return bytes, whole lines.
     */
    long rowBytes(int length);

    /**
     * Rounds a row.
     *
     * @param source the numbers, from the first element; finite.
     * @param rows where the row goes.
     * @param offset offset of the row.
     * @param length how many numbers.
     */
    void encode(float[] source, MemorySegment rows, long offset, int length);

    /**
     * Reads a row.
     *
     * @param rows where the row lies.
     * @param offset offset of the row.
     * @param target where its numbers go, from the first element.
     * @param length how many numbers.
     */
    void decode(MemorySegment rows, long offset, float[] target, int length);

    /**
     * Dot product of an array and a row.
     *
     * @param query the array, from its first element.
     * @param rows where the row lies.
     * @param offset offset of the row.
     * @param length how many numbers.
     * @return the sum of products.
     */
    float dot(float[] query, MemorySegment rows, long offset, int length);

    /**
     * Squared Euclidean distance of an array and a row.
     *
     * @param query the array, from its first element.
     * @param rows where the row lies.
     * @param offset offset of the row.
     * @param length how many numbers.
     * @return the sum of squared differences.
     */
    float squaredDistance(float[] query, MemorySegment rows, long offset, int length);

    /**
     * Dot product of two rows.
     *
     * @param rows where both rows lie.
     * @param a offset of the first row.
     * @param b offset of the second row.
     * @param length how many numbers.
     * @return the sum of products.
     */
    float dot(MemorySegment rows, long a, long b, int length);

    /**
     * Squared Euclidean distance of two rows.
     *
     * @param rows where both rows lie.
     * @param a offset of the first row.
     * @param b offset of the second row.
     * @param length how many numbers.
     * @return the sum of squared differences.
     */
    float squaredDistance(MemorySegment rows, long a, long b, int length);

    /**
     * Dot products of an array and many rows, as {@link VectorKernels#dotBatch}.
     *
     * @param query the array, from its first element.
     * @param length how many numbers.
     * @param rows where the rows lie.
     * @param base offset of row 0.
     * @param stride distance of two rows in bytes.
     * @param ordinals which rows.
     * @param from index of the first ordinal.
     * @param count how many rows.
     * @param out the products, from element 0.
     */
    void dotBatch(
            float[] query,
            int length,
            MemorySegment rows,
            long base,
            long stride,
            int[] ordinals,
            int from,
            int count,
            float[] out);

    /**
     * Squared Euclidean distances of an array and many rows, as {@link #dotBatch}.
     *
     * @param query the array, from its first element.
     * @param length how many numbers.
     * @param rows where the rows lie.
     * @param base offset of row 0.
     * @param stride distance of two rows in bytes.
     * @param ordinals which rows.
     * @param from index of the first ordinal.
     * @param count how many rows.
     * @param out the distances, from element 0.
     */
    void squaredDistanceBatch(
            float[] query,
            int length,
            MemorySegment rows,
            long base,
            long stride,
            int[] ordinals,
            int from,
            int count,
            float[] out);
}
