package io.millrace.data.train.dcn;

import io.millrace.core.simd.MatrixView;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.dcn.network.CrossLayer;
import io.millrace.ranker.dcn.network.LowRankCrossLayer;
import io.millrace.ranker.dcn.network.MixedCrossLayer;

import java.util.List;

/**
 * What a cross layer makes of its input before that is multiplied with x₀: {@code u = f(x)}, in
 * whichever form its weights are.
 *
 * <p>Threading: rows may be shared out forwards and backwards.
 */
interface CrossProduct {
    /** That of a layer, for batches of so many rows. */
    static CrossProduct of(CrossLayer layer, int batch) {
        return switch (layer) {
            case LowRankCrossLayer low -> new LowRankCrossProduct(low, batch);
            case MixedCrossLayer mixed -> new MixedCrossProduct(mixed, batch);
            default -> new FullCrossProduct(layer);
        };
    }

    /** From x to u, some rows; both views begin at the first of them. */
    void forward(MatrixView x, int from, int count, MatrixView u);

    /** From du to what is added to dx, some rows; both views begin at the first of them. */
    void backward(MatrixView du, int from, int count, MatrixView dx);

    /** Adds its weights, which learn from du and x of a whole batch. */
    void addTo(WeightParts parts, MatrixView du, MatrixView x);

    /** The trainers of its weights in the order of {@link CrossLayer#parts}. */
    List<DenseTrainer> trainers();
}
