package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;
import io.millrace.ranker.model.DenseLayer;

/**
 * The product {@code x Wᵀ + b} of rows that always lie at the same place.
 *
 * <p>Threading: as the rows. Allocation: none after construction.
 */
final class LayerProduct {
    private static final MatrixKernels MATRICES = Kernels.matrix();

    private final MatrixView x;
    private final PackedMatrix weights;
    private final float[] bias;

    LayerProduct(MatrixView x, PackedMatrix weights, float[] bias) {
        this.x = x;
        this.weights = weights;
        this.bias = bias;
    }

    static LayerProduct of(MatrixView x, DenseLayer layer) {
        return new LayerProduct(x, layer.packed(), layer.bias());
    }

    /** {@code y = activation(x Wᵀ + b)}. */
    @HotPath
    void into(int rows, Activation activation, MatrixView y) {
        MATRICES.multiplyPacked(x, rows, weights, bias, activation, y);
    }

    /** {@code y = base ⊙ (x Wᵀ + b) + previous}. */
    @HotPath
    void crossInto(int rows, MatrixView base, MatrixView previous, MatrixView y) {
        MATRICES.crossPacked(x, rows, weights, bias, base, previous, y);
    }
}
