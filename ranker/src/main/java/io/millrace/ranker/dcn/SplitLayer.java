package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;
import io.millrace.ranker.model.DenseLayer;

/**
 * A layer on the input, cut into the columns of the part that all rows share and those of the rest.
 * The product with the shared part is made once and stands as the bias of the other: sums go on
 * where they stopped, so the bits are those of the whole layer.
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
final class SplitLayer {
    private static final MatrixKernels MATRICES = Kernels.matrix();

    private final PackedMatrix shared;
    private final PackedMatrix own;
    private final float[] bias;

    SplitLayer(DenseLayer layer, int sharedWidth) {
        this.shared = new PackedMatrix(layer.outputs(), sharedWidth);
        this.own = new PackedMatrix(layer.outputs(), layer.inputs() - sharedWidth);
        this.bias = layer.bias().clone();
        shared.pack(layer.view());
        own.pack(layer.view().from(0, sharedWidth));
    }

    int outputs() {
        return own.outputs();
    }

    /** The bias of the own part: the layer's bias and the product with the shared part. */
    @HotPath
    void sharedInto(MatrixView input, MatrixView target) {
        MATRICES.multiplyPacked(input, 1, shared, bias, Activation.NONE, target);
    }

    /** Weights of the own part. */
    PackedMatrix own() {
        return own;
    }
}
