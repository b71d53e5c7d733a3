package io.millrace.ranker.dcn.pass;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.MatrixView;
import io.millrace.ranker.dcn.network.CrossLayer;
import io.millrace.ranker.dcn.network.FullCrossLayer;
import io.millrace.ranker.dcn.network.LowRankCrossLayer;
import io.millrace.ranker.dcn.network.MixedCrossLayer;

/**
 * Takes rows through a cross layer.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
interface CrossPass {
    /**
     * Runs the layer.
     *
     * @param rows how many.
     * @param base the network's input x₀.
     * @param previous the layer's input x, of which the product was made.
     * @param next the layer's output.
     */
    @HotPath
    void run(int rows, MatrixView base, MatrixView previous, MatrixView next);

    /** A pass of at most so many rows; the product is that of {@link CrossLayer#first}. */
    static CrossPass of(CrossLayer layer, LayerProduct product, int maxRows) {
        return switch (layer) {
            case FullCrossLayer full -> product::crossInto;
            case LowRankCrossLayer lowRank -> lowRank(lowRank, product, maxRows);
            case MixedCrossLayer mixed -> new MixedCrossPass(mixed, product, maxRows);
        };
    }

    private static CrossPass lowRank(LowRankCrossLayer layer, LayerProduct product, int maxRows) {
        int rank = layer.first().outputs();
        MatrixView projected = MatrixView.of(new float[maxRows * rank], 0, rank);
        LayerProduct expansion = PackedProduct.of(projected, layer.last());
        return (rows, base, previous, next) -> {
            product.into(rows, Activation.NONE, projected);
            expansion.crossInto(rows, base, previous, next);
        };
    }
}
