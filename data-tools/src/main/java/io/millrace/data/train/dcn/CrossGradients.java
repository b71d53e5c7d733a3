package io.millrace.data.train.dcn;

import io.millrace.core.simd.MatrixView;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.dcn.network.CrossLayer;

import java.util.List;

/**
 * A batch in a cross layer: {@code y = x₀ ⊙ u + x} with {@code u} of a {@link CrossProduct}.
 * Backwards {@code du = dy ⊙ x₀}, {@code dx₀ += dy ⊙ u}, and to {@code dx = dy} comes what the
 * product adds.
 *
 * <p>Threading: as {@link CrossProduct}.
 */
final class CrossGradients {
    private final int width;
    private final CrossProduct product;
    private final float[] products;
    private final float[] productGradients;
    private final float[] outputs;

    CrossGradients(CrossLayer layer, int width, int batch) {
        this.width = width;
        this.product = CrossProduct.of(layer, batch);
        this.products = new float[batch * width];
        this.productGradients = new float[batch * width];
        this.outputs = new float[batch * width];
    }

    /** Live: y by row. */
    float[] outputs() {
        return outputs;
    }

    /** From x₀ and x to y, some rows. */
    void forward(float[] base, float[] last, int from, int count) {
        product.forward(view(last, from), from, count, view(products, from));
        for (int i = from * width; i < (from + count) * width; i++) {
            outputs[i] = Math.fma(base[i], products[i], last[i]);
        }
    }

    /** From dy, which becomes dx, some rows; adds to dx₀. */
    void backward(float[] base, float[] gradients, float[] baseGradients, int from, int count) {
        for (int i = from * width; i < (from + count) * width; i++) {
            productGradients[i] = gradients[i] * base[i];
            baseGradients[i] = Math.fma(gradients[i], products[i], baseGradients[i]);
        }
        product.backward(view(productGradients, from), from, count, view(gradients, from));
    }

    /** Adds its weights, which learn from the x of a batch. */
    void addTo(WeightParts parts, float[] last) {
        product.addTo(parts, view(productGradients, 0), view(last, 0));
    }

    List<DenseTrainer> trainers() {
        return product.trainers();
    }

    private MatrixView view(float[] values, int row) {
        return MatrixView.of(values, row * width, width);
    }
}
