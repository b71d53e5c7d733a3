package io.millrace.core.simd;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Distances and sums over single-precision vectors, on the heap and off it. The batch forms, one
 * query against many rows, are the primary ones: they keep several rows on their way from memory at
 * once.
 *
 * <p>The order of additions is fixed by the length and the width of the machine's vectors alone:
 * the same two vectors give the same bits in the single and in the batch form, first and last in a
 * batch, interpreted and compiled. Differing widths may differ in the last bits.
 *
 * <p>Lengths and indexes count elements, offsets and strides of segments count bytes; segments need
 * no alignment and hold little-endian numbers. Bounds are checked.
 *
 * <p>Threading: stateless. Allocation: none.
 */
@HotPath
public interface VectorKernels {
    /**
     * Which kernels these are.
     *
     * @return a short name, as in {@code "panama-512"}.
     */
    String name();

    /**
     * How wide the vectors of the machine are.
     *
     * @return bits per vector, 32 for the scalar kernels.
     */
    int vectorBits();

    /**
     * Dot product of two arrays.
     *
     * @param a first array.
     * @param aIndex index of the first element of a.
     * @param b second array.
     * @param bIndex index of the first element of b.
     * @param length how many elements.
     * @return the sum of products.
     */
    float dot(float[] a, int aIndex, float[] b, int bIndex, int length);

    /**
     * Squared Euclidean distance of two arrays.
     *
     * @param a first array.
     * @param aIndex index of the first element of a.
     * @param b second array.
     * @param bIndex index of the first element of b.
     * @param length how many elements.
     * @return the sum of squared differences.
     */
    float squaredDistance(float[] a, int aIndex, float[] b, int bIndex, int length);

    /**
     * Dot product of an array and a row off heap.
     *
     * @param query the array, from its first element.
     * @param rows where the row lies.
     * @param offset offset of the row.
     * @param length how many elements.
     * @return the sum of products.
     */
    float dot(float[] query, MemorySegment rows, long offset, int length);

    /**
     * Squared Euclidean distance of an array and a row off heap.
     *
     * @param query the array, from its first element.
     * @param rows where the row lies.
     * @param offset offset of the row.
     * @param length how many elements.
     * @return the sum of squared differences.
     */
    float squaredDistance(float[] query, MemorySegment rows, long offset, int length);

    /**
     * Dot product of two rows off heap.
     *
     * @param a where the first row lies.
     * @param aOffset offset of the first row.
     * @param b where the second row lies.
     * @param bOffset offset of the second row.
     * @param length how many elements.
     * @return the sum of products.
     */
    float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length);

    /**
     * Squared Euclidean distance of two rows off heap.
     *
     * @param a where the first row lies.
     * @param aOffset offset of the first row.
     * @param b where the second row lies.
     * @param bOffset offset of the second row.
     * @param length how many elements.
     * @return the sum of squared differences.
     */
    float squaredDistance(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length);

    /**
     * Dot products of an array and many rows: {@code out[i] = query . row(ordinals[from + i])}.
     *
     * @param query the array, from its first element.
     * @param length how many elements.
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
     * @param length how many elements.
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

    /**
     * Adds a multiple: {@code y += scale * x}.
     *
     * @param scale the factor.
     * @param x what is added.
     * @param xIndex index of the first element of x.
     * @param y what it is added to.
     * @param yIndex index of the first element of y.
     * @param length how many elements.
     */
    void addScaled(float scale, float[] x, int xIndex, float[] y, int yIndex, int length);

    /**
     * Scales a vector to length 1. A zero vector stays as it is.
     *
     * @param x the vector.
     * @param index index of its first element.
     * @param length how many elements.
     * @return the Euclidean norm it had.
     */
    float normalise(float[] x, int index, int length);
}
