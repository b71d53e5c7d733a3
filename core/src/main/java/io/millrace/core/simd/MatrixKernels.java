package io.millrace.core.simd;

import io.millrace.core.HotPath;

import org.jspecify.annotations.Nullable;

/**
 * Products of small dense matrices, as the layers of a model need them. Every element is one chain
 * of fused multiply-adds over the inner dimension in rising order that begins with the bias (or
 * with what the target held), so a value depends neither on the width of the vectors nor on the
 * rows beside it: vector and scalar kernels agree to the last bit, a product cut in two along the
 * inner dimension gives the bits of the whole one, and work may be shared out over threads in any
 * way.
 *
 * <p>Threading: stateless. Allocation: none.
 */
@HotPath
public interface MatrixKernels {
    /**
     * Which kernels these are.
     *
     * @return a short name, as in {@code "panama-512"}.
     */
    String name();

    /**
     * A layer: {@code y = activation(x Wᵀ + bias)}.
     *
     * @param x inputs, one row per example.
     * @param rows how many examples.
     * @param w the weights.
     * @param bias one value per output, or null for zeros.
     * @param activation what is done to the product.
     * @param y outputs, one row per example; must not overlap x.
     */
    void multiplyPacked(
            MatrixView x,
            int rows,
            PackedMatrix w,
            float @Nullable [] bias,
            Activation activation,
            MatrixView y);

    /**
     * A cross layer of DCN-v2: {@code y = base * (x Wᵀ + bias) + previous}, the products taken
     * element by element. {@code x} is the previous layer, or what a low-rank layer projects it to.
     *
     * @param x what is multiplied by the weights, one row per example.
     * @param rows how many examples.
     * @param w the weights.
     * @param bias one value per output.
     * @param base the model's input.
     * @param previous output of the layer before.
     * @param y output; must not overlap the others.
     */
    void crossPacked(
            MatrixView x,
            int rows,
            PackedMatrix w,
            float[] bias,
            MatrixView base,
            MatrixView previous,
            MatrixView y);

    /**
     * A plain product: {@code c = a b}, or {@code c += a b}. A transposed {@code a} costs nothing,
     * which gives training both of its products: gradient of a layer's input (dY W) and of its
     * weights (dYᵀ X).
     *
     * @param a left factor, rows x depth, any strides.
     * @param b right factor, depth x columns, with column stride 1.
     * @param c result, rows x columns, with column stride 1; must not overlap a or b.
     * @param rows rows of c.
     * @param columns columns of c.
     * @param depth the inner dimension.
     * @param accumulate whether to add to what c holds.
     */
    void multiply(
            MatrixView a,
            MatrixView b,
            MatrixView c,
            int rows,
            int columns,
            int depth,
            boolean accumulate);
}
