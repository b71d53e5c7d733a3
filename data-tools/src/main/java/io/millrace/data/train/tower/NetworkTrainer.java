package io.millrace.data.train.tower;

import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.checkpoint.TrainingState;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.tower.TowerNetwork;

import java.util.Arrays;

/**
 * One tower's batch: inputs, activations, unit outputs, their gradients, and the optimiser state of
 * the dense weights.
 *
 * <p>Threading: rows are independent of each other forwards and backwards, parts of the weights of
 * each other afterwards; both may be shared out in any way.
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
    private final DenseTrainer first;
    private final DenseTrainer second;

    NetworkTrainer(TowerNetwork network, int batch) {
        this.network = network;
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
        this.first = new DenseTrainer(network.first(), true);
        this.second = new DenseTrainer(network.second(), true);
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

    /** From inputs to unit outputs, some rows. */
    void forward(int from, int to) {
        network.forward(
                inputView.from(from, 0),
                to - from,
                hiddenView.from(from, 0),
                outputView.from(from, 0));
        for (int row = from; row < to; row++) {
            norms[row] = VECTORS.normalise(outputs, row * dimension, dimension);
        }
    }

    /** From gradients of the unit outputs to gradients of the inputs, some rows. */
    void backward(int from, int to) {
        int units = network.hidden();
        for (int row = from; row < to; row++) {
            throughNorm(row);
        }
        MATRICES.multiply(
                outputGradientView.from(from, 0),
                network.second().view(),
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
                network.first().view(),
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
    }

    /** How many parts the learning of the weights is cut into. */
    int parts() {
        return first.parts() + second.parts();
    }

    /** Learns one part of the weights from a whole batch. */
    void learn(int part, int rows, AdamStep step) {
        if (part < first.parts()) {
            first.sum(part, hiddenGradientView, inputView, width, 0, rows);
            first.apply(part, step);
        } else {
            int own = part - first.parts();
            second.sum(own, outputGradientView, hiddenView, middle, 0, rows);
            second.apply(own, step);
        }
    }

    /** All that is to be kept of the weights and of how they were learnt. */
    void walk(TrainingState state, String name) {
        first.walk(state, name + ".0");
        second.walk(state, name + ".1");
    }

    /** The trainers of both layers, for tests. */
    DenseTrainer[] trainers() {
        return new DenseTrainer[] {first, second};
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
