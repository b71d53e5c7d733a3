package io.millrace.ranker.dcn.pass;

import io.millrace.core.HotPath;
import io.millrace.core.simd.MatrixView;
import io.millrace.ranker.dcn.halves.HalvesPiece;
import io.millrace.ranker.dcn.halves.SplitLayer;

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

    private RequestProduct(SplitLayer layer, MatrixView input, float[] bias, LayerProduct own) {
        this.layer = layer;
        this.input = input;
        this.biasView = MatrixView.of(bias, 0, bias.length);
        this.own = own;
    }

    /** With the rest of the rows multiplied. */
    static RequestProduct of(SplitLayer layer, MatrixView input, int sharedWidth) {
        float[] bias = new float[layer.outputs()];
        MatrixView rest = input.from(0, sharedWidth);
        return new RequestProduct(layer, input, bias, new PackedProduct(rest, layer.own(), bias));
    }

    /** With the items' halves, from a column of their rows, and what follows the item's part. */
    static RequestProduct of(
            SplitLayer layer, MatrixView input, int ownEnd, HalvesPiece piece, int column) {
        float[] bias = new float[layer.outputs()];
        MatrixView rest = input.from(0, ownEnd);
        return new RequestProduct(
                layer, input, bias, new HalfProduct(piece, column, bias, rest, layer.rest()));
    }

    /** Sums over the shared part, which it takes from row 0. */
    @HotPath
    void begin() {
        layer.sharedInto(input, biasView);
    }

    /** The whole product: that sum and what each row has of its own. */
    LayerProduct own() {
        return own;
    }
}
