package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.simd.MatrixView;

/**
 * The product of a layer that takes the network's input, with the sum over the part that all rows
 * of a request share.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class RequestProduct {
    private final SplitLayer layer;
    private final MatrixView input;
    private final MatrixView biasView;
    private final LayerProduct own;

    RequestProduct(SplitLayer layer, MatrixView input, int sharedWidth) {
        float[] bias = new float[layer.outputs()];
        this.layer = layer;
        this.input = input;
        this.biasView = MatrixView.of(bias, 0, bias.length);
        this.own = new LayerProduct(input.from(0, sharedWidth), layer.own(), bias);
    }

    /** Sums over the shared part, which it takes from row 0. */
    @HotPath
    void begin() {
        layer.sharedInto(input, biasView);
    }

    /** The product with the rest of the rows, on top of that sum. */
    LayerProduct own() {
        return own;
    }
}
