package io.millrace.data.train.optimise;

import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.checkpoint.TrainingState;
import io.millrace.ranker.model.DenseLayer;

import java.util.Arrays;

/**
 * Learns the weights of a dense layer. The work is cut along the outputs: a part sums the gradient
 * of its weights over the whole batch, in the order of the rows, changes them and packs them again.
 * So no sums of several threads are ever added, and the result does not depend on their number.
 *
 * <p>Threading: parts may be learnt side by side. Allocation: none after construction.
 */
public final class DenseTrainer {
    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();

    private final DenseLayer layer;
    private final boolean hasBias;
    private final float[] gradient;
    private final float[] means;
    private final float[] squares;
    private final float[] biasGradient;
    private final float[] biasMeans;
    private final float[] biasSquares;

    /**
     * Nothing learnt yet.
     *
     * @param layer the live layer.
     * @param hasBias whether its bias is learnt; it stays as it is otherwise.
     */
    public DenseTrainer(DenseLayer layer, boolean hasBias) {
        this.layer = layer;
        this.hasBias = hasBias;
        this.gradient = new float[layer.weights().length];
        this.means = new float[gradient.length];
        this.squares = new float[gradient.length];
        this.biasGradient = new float[layer.bias().length];
        this.biasMeans = new float[biasGradient.length];
        this.biasSquares = new float[biasGradient.length];
    }

    /**
     * How many parts the outputs are cut into.
     *
     * @return count of parts.
     */
    public int parts() {
        return Math.ceilDiv(layer.outputs(), PackedMatrix.PANEL_WIDTH);
    }

    /**
     * The layer.
     *
     * @return live weights.
     */
    public DenseLayer layer() {
        return layer;
    }

    /**
     * Gradients of the last batch, for tests: weights, then bias.
     *
     * @return live arrays.
     */
    public float[][] gradients() {
        return new float[][] {gradient, biasGradient};
    }

    /**
     * Sums the gradient of a part: {@code dW = dyᵀ x}.
     *
     * @param part 0 to {@link #parts} - 1.
     * @param outputGradients gradients of the outputs.
     * @param inputs inputs; fewer columns than the layer has when the rest comes from another
     *     matrix.
     * @param inputCount columns of the inputs.
     * @param at input of the layer the first column belongs to.
     * @param rows rows of the batch.
     */
    public void sum(
            int part,
            MatrixView outputGradients,
            MatrixView inputs,
            int inputCount,
            int at,
            int rows) {
        int first = part * PackedMatrix.PANEL_WIDTH;
        int count = Math.min(PackedMatrix.PANEL_WIDTH, layer.outputs() - first);
        MATRICES.multiply(
                outputGradients.transposed().from(first, 0),
                inputs,
                MatrixView.of(gradient, first * layer.inputs() + at, layer.inputs()),
                count,
                inputCount,
                rows,
                false);
        if (hasBias && at == 0) {
            Arrays.fill(biasGradient, first, first + count, 0);
            for (int row = 0; row < rows; row++) {
                int from = outputGradients.offset() + row * outputGradients.rowStride() + first;
                VECTORS.addScaled(1, outputGradients.values(), from, biasGradient, first, count);
            }
        }
    }

    /**
     * Changes the weights of a part by the gradient that was summed.
     *
     * @param part 0 to {@link #parts} - 1.
     * @param step decay rates and step size.
     */
    public void apply(int part, AdamStep step) {
        int first = part * PackedMatrix.PANEL_WIDTH;
        int count = Math.min(PackedMatrix.PANEL_WIDTH, layer.outputs() - first);
        int inputs = layer.inputs();
        ELEMENTS.adam(
                layer.weights(), means, squares, gradient, first * inputs, count * inputs, step);
        if (hasBias) {
            ELEMENTS.adam(layer.bias(), biasMeans, biasSquares, biasGradient, first, count, step);
        }
        layer.packed().packPanel(layer.view(), first);
    }

    /**
     * All that is to be kept of the layer and of how it was learnt.
     *
     * @param state told of each part.
     * @param name name of the layer; with up to 12 characters to come.
     */
    public void walk(TrainingState state, String name) {
        state.floats(name + ".weights", layer.weights());
        state.floats(name + ".means", means);
        state.floats(name + ".squares", squares);
        state.floats(name + ".bias", layer.bias());
        state.floats(name + ".bias.means", biasMeans);
        state.floats(name + ".bias.squares", biasSquares);
        layer.repack();
    }
}
