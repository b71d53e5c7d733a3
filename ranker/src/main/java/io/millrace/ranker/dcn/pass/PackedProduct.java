package io.millrace.ranker.dcn.pass;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;
import io.millrace.ranker.model.DenseLayer;

/**
 * A product that is computed.
 *
 * <p>Threading: as the rows. Allocation: none after construction.
 */
final class PackedProduct implements LayerProduct {
    private static final MatrixKernels MATRICES = Kernels.matrix();

    private final MatrixView x;
    private final PackedMatrix weights;
    private final float[] bias;

    PackedProduct(MatrixView x, PackedMatrix weights, float[] bias) {
        this.x = x;
        this.weights = weights;
        this.bias = bias;
    }

    static PackedProduct of(MatrixView x, DenseLayer layer) {
        return new PackedProduct(x, layer.packed(), layer.bias());
    }

    @Override
    @HotPath
    public void into(int rows, Activation activation, MatrixView y) {
        MATRICES.multiplyPacked(x, rows, weights, bias, activation, y);
    }

    @Override
    @HotPath
    public void crossInto(int rows, MatrixView base, MatrixView previous, MatrixView y) {
        MATRICES.crossPacked(x, rows, weights, bias, base, previous, y);
    }
}
