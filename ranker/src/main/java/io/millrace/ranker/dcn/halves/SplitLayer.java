package io.millrace.ranker.dcn.halves;

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
public final class SplitLayer {
    private static final MatrixKernels MATRICES = Kernels.matrix();

    private final PackedMatrix shared;
    private final PackedMatrix own;
    private final float[] rest;
    private final float[] bias;

    /** The layer of rows that are shared up to the one index and their item's up to the other. */
    SplitLayer(DenseLayer layer, int sharedWidth, int ownEnd) {
        this.shared = new PackedMatrix(layer.outputs(), sharedWidth);
        this.own = new PackedMatrix(layer.outputs(), layer.inputs() - sharedWidth);
        this.bias = layer.bias().clone();
        shared.pack(layer.view());
        own.pack(layer.view().from(0, sharedWidth));
        this.rest = transposed(layer, ownEnd);
    }

    private static float[] transposed(DenseLayer layer, int from) {
        int outputs = layer.outputs();
        int inputs = layer.inputs();
        float[] transposed = new float[(inputs - from) * outputs];
        for (int input = from; input < inputs; input++) {
            for (int output = 0; output < outputs; output++) {
                transposed[(input - from) * outputs + output] =
                        layer.weights()[output * inputs + input];
            }
        }
        return transposed;
    }

    public int outputs() {
        return own.outputs();
    }

    /** The bias of the own part: the layer's bias and the product with the shared part. */
    @HotPath
    public void sharedInto(MatrixView input, MatrixView target) {
        MATRICES.multiplyPacked(input, 1, shared, bias, Activation.NONE, target);
    }

    /** Weights of the own part and of what follows. */
    public PackedMatrix own() {
        return own;
    }

    /** Weights of what follows the item's part: for each input those of all outputs. */
    public float[] rest() {
        return rest;
    }
}
