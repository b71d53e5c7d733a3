package io.millrace.data.train.tower;

import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.optimise.DenseParameter;
import io.millrace.data.train.optimise.Shards;
import io.millrace.ranker.tower.TowerNetwork;

import java.util.Arrays;

/**
 * One tower's batch: inputs, activations, unit outputs, their gradients, and the optimiser state of
 * the dense weights.
 *
 * <p>Threading: the methods share their work out over shards; one caller.
 */
final class NetworkTrainer {
    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();

    final float[] inputs;
    final float[] inputGradients;
    final float[] outputs;
    final float[] outputGradients;

    private final TowerNetwork network;
    private final Shards shards;
    private final int width;
    private final int middle;
    private final int dimension;
    private final float[] hidden;
    private final float[] hiddenGradients;
    private final float[] norms;
    private final MatrixView inputView;
    private final MatrixView inputGradientView;
    private final MatrixView hiddenView;
    private final MatrixView hiddenGradientView;
    private final MatrixView outputView;
    private final MatrixView outputGradientView;
    private final DenseParameter weights1;
    private final DenseParameter bias1;
    private final DenseParameter weights2;
    private final DenseParameter bias2;

    NetworkTrainer(TowerNetwork network, int batch, Shards shards) {
        this.network = network;
        this.shards = shards;
        this.width = network.inputs();
        this.middle = network.hidden() + network.skip();
        this.dimension = network.outputs();
        this.inputs = new float[batch * width];
        this.inputGradients = new float[batch * width];
        this.hidden = new float[batch * middle];
        this.hiddenGradients = new float[batch * middle];
        this.outputs = new float[batch * dimension];
        this.outputGradients = new float[batch * dimension];
        this.norms = new float[batch];
        this.inputView = MatrixView.of(inputs, 0, width);
        this.inputGradientView = MatrixView.of(inputGradients, 0, width);
        this.hiddenView = MatrixView.of(hidden, 0, middle);
        this.hiddenGradientView = MatrixView.of(hiddenGradients, 0, middle);
        this.outputView = MatrixView.of(outputs, 0, dimension);
        this.outputGradientView = MatrixView.of(outputGradients, 0, dimension);
        this.weights1 = new DenseParameter(network.weights1());
        this.bias1 = new DenseParameter(network.bias1());
        this.weights2 = new DenseParameter(network.weights2());
        this.bias2 = new DenseParameter(network.bias2());
    }

    int width() {
        return width;
    }

    MatrixView outputView() {
        return outputView;
    }

    MatrixView outputGradientView() {
        return outputGradientView;
    }

    /** From inputs to unit outputs. */
    void forward(int rows) {
        shards.run(
                rows,
                (from, to) -> {
                    network.forward(
                            inputView.from(from, 0),
                            to - from,
                            hiddenView.from(from, 0),
                            outputView.from(from, 0));
                    for (int row = from; row < to; row++) {
                        norms[row] = VECTORS.normalise(outputs, row * dimension, dimension);
                    }
                });
    }

    /** From gradients of the unit outputs to gradients of inputs and weights. */
    void backward(int rows) {
        MatrixView w1 = MatrixView.of(network.weights1(), 0, width);
        MatrixView w2 = MatrixView.of(network.weights2(), 0, middle);
        int units = network.hidden();
        shards.run(
                rows,
                (from, to) -> {
                    for (int row = from; row < to; row++) {
                        throughNorm(row);
                    }
                    MATRICES.multiply(
                            outputGradientView.from(from, 0),
                            w2,
                            hiddenGradientView.from(from, 0),
                            to - from,
                            middle,
                            dimension,
                            false);
                    for (int row = from; row < to; row++) {
                        throughRelu(row, units);
                    }
                    MATRICES.multiply(
                            hiddenGradientView.from(from, 0),
                            w1,
                            inputGradientView.from(from, 0),
                            to - from,
                            width,
                            units,
                            false);
                    for (int row = from; row < to; row++) {
                        VECTORS.addScaled(
                                1,
                                hiddenGradients,
                                row * middle + units,
                                inputGradients,
                                row * width,
                                network.skip());
                    }
                });
        shards.run(
                dimension,
                (from, to) ->
                        MATRICES.multiply(
                                outputGradientView.transposed().from(from, 0),
                                hiddenView,
                                MatrixView.of(weights2.gradient(), from * middle, middle),
                                to - from,
                                middle,
                                rows,
                                false));
        shards.run(
                units,
                (from, to) ->
                        MATRICES.multiply(
                                hiddenGradientView.transposed().from(from, 0),
                                inputView,
                                MatrixView.of(weights1.gradient(), from * width, width),
                                to - from,
                                width,
                                rows,
                                false));
        DenseParameter.sumRows(outputGradients, rows, dimension, bias2.gradient());
        DenseParameter.sumRows(hiddenGradients, rows, middle, bias1.gradient());
    }

    /** Changes the dense weights. */
    void apply(AdamStep step) {
        weights1.apply(step);
        bias1.apply(step);
        weights2.apply(step);
        bias2.apply(step);
        network.repack();
    }

    /** The output was divided by its length: only what is at right angles to it passes. */
    private void throughNorm(int row) {
        int at = row * dimension;
        if (norms[row] == 0) {
            Arrays.fill(outputGradients, at, at + dimension, 0);
            return;
        }
        float along = VECTORS.dot(outputs, at, outputGradients, at, dimension);
        VECTORS.addScaled(-along, outputs, at, outputGradients, at, dimension);
        ELEMENTS.scale(1 / norms[row], outputGradients, at, dimension);
    }

    private void throughRelu(int row, int units) {
        int at = row * middle;
        for (int i = at; i < at + units; i++) {
            if (hidden[i] <= 0) {
                hiddenGradients[i] = 0;
            }
        }
    }
}
