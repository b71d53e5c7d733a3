package io.millrace.core.simd;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * What models do to their activations and weights element by element or row by row, beside the
 * products of {@link MatrixKernels} and the sums of {@link VectorKernels}. Sums are made in a fixed
 * order (of every whole 16 elements, element i goes to partial sum i mod 16; these are added in
 * halves, then the last elements one by one), the exponential is a fixed polynomial: the result is
 * the same to the last bit on every vector width and with scalar code.
 *
 * <p>Rows of embedding tables lie in memory segments as little-endian floats.
 *
 * <p>Threading: stateless. Allocation: none.
 */
@HotPath
public interface ElementKernels {
    /**
     * Which kernels these are.
     *
     * @return a short name, as in {@code "panama-512"}.
     */
    String name();

    /**
     * The largest element.
     *
     * @param x values.
     * @param offset where they begin.
     * @param length how many.
     * @return the largest, NaN if there is a NaN, negative infinity if there is none.
     */
    float max(float[] x, int offset, int length);

    /**
     * Replaces each element by {@code exp(element - shift)}. Differences below -87 and above 88 are
     * taken as these, so nothing overflows; a NaN stays one.
     *
     * @param x values.
     * @param offset where they begin.
     * @param length how many.
     * @param shift what is taken off first, the largest element in a softmax.
     * @return the sum of the new elements in fixed order.
     */
    float exponentials(float[] x, int offset, int length, float shift);

    /**
     * Replaces each element by its logistic function {@code 1 / (1 + exp(-element))}.
     *
     * @param x values.
     * @param offset where they begin.
     * @param length how many.
     */
    void sigmoids(float[] x, int offset, int length);

    /**
     * Replaces each element by its hyperbolic tangent {@code 2 / (1 + exp(-2 element)) - 1}; off by
     * 2e-7 at most, also near zero, where the relative error grows.
     *
     * @param x values.
     * @param offset where they begin.
     * @param length how many.
     */
    void tangents(float[] x, int offset, int length);

    /**
     * Replaces each element by the larger of it and zero; a NaN stays one.
     *
     * @param x values.
     * @param offset where they begin.
     * @param length how many.
     */
    void rectify(float[] x, int offset, int length);

    /**
     * What a cross layer of DCN-v2 does to a row of its product: {@code to = base * to + previous}.
     *
     * @param base the model's input.
     * @param baseOffset where the row begins.
     * @param previous output of the layer before.
     * @param previousOffset where the row begins.
     * @param to the product, then the output.
     * @param toOffset where the row begins.
     * @param length floats of the row.
     */
    void cross(
            float[] base,
            int baseOffset,
            float[] previous,
            int previousOffset,
            float[] to,
            int toOffset,
            int length);

    /**
     * Multiplies each element.
     *
     * @param factor by what.
     * @param x values.
     * @param offset where they begin.
     * @param length how many.
     */
    void scale(float factor, float[] x, int offset, int length);

    /**
     * Copies a row out of a table.
     *
     * @param table the table.
     * @param byteOffset where the row begins.
     * @param to the target.
     * @param toOffset where in the target.
     * @param length floats of the row.
     */
    void copyRow(MemorySegment table, long byteOffset, float[] to, int toOffset, int length);

    /**
     * Adds a multiple of a row of a table to an array, rounded once.
     *
     * @param factor by what the row is multiplied.
     * @param table the table.
     * @param byteOffset where the row begins.
     * @param to the target.
     * @param toOffset where in the target.
     * @param length floats of the row.
     */
    void addRow(
            float factor,
            MemorySegment table,
            long byteOffset,
            float[] to,
            int toOffset,
            int length);

    /**
     * A step of Adam (Kingma and Ba, 2015) on dense weights, {@code epsilon = 1e-8}.
     *
     * @param weights the weights.
     * @param means running means of the gradient.
     * @param squares running means of its square.
     * @param gradient the gradient.
     * @param offset where to begin, in all four.
     * @param length how many.
     * @param step decay rates and step size.
     */
    void adam(
            float[] weights,
            float[] means,
            float[] squares,
            float[] gradient,
            int offset,
            int length,
            AdamStep step);

    /**
     * A step on one row of a table whose rows are rarely touched: Adam's scaling by the running
     * square, the effect of its running mean applied at once instead of over the next ten steps.
     *
     * @param weights the table.
     * @param squares running means of squared gradients, same layout.
     * @param byteOffset where the row begins in both.
     * @param length floats of the row.
     * @param gradient gradient of the row.
     * @param gradientOffset where it begins.
     * @param squareDecay what the running square is multiplied by first: the decay rate to the
     *     power of the steps since the row was last touched.
     * @param l2 multiple of the weight that is added to its gradient.
     * @param step decay rates and step size.
     */
    void adaptRow(
            MemorySegment weights,
            MemorySegment squares,
            long byteOffset,
            int length,
            float[] gradient,
            int gradientOffset,
            float squareDecay,
            float l2,
            AdamStep step);
}
