package io.millrace.ranker.tower;

import io.millrace.core.HotPath;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.LayerSource;

/**
 * The dense part of a tower. {@code z = [relu(W₁ x + b₁) ; x₀..x₍skip₋₁₎]}, {@code out = W₂ z +
 * b₂}; the caller divides by the length.
 *
 * <p>Threading: as {@link DenseLayer}.
 */
public final class TowerNetwork {
    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final String WEIGHTS_1 = ".weights1";
    private static final String BIAS_1 = ".bias1";
    private static final String WEIGHTS_2 = ".weights2";
    private static final String BIAS_2 = ".bias2";

    private final int skip;
    private final DenseLayer first;
    private final DenseLayer second;

    TowerNetwork(LayerSource source, String name, int inputs, int skip, int hidden, int outputs) {
        this.skip = skip;
        this.first = source.layer(name + WEIGHTS_1, name + BIAS_1, hidden, inputs);
        this.second = source.layer(name + WEIGHTS_2, name + BIAS_2, outputs, hidden + skip);
    }

    /** Writes both layers, for a {@link LayerSource} to find. */
    void write(SectionFileWriter writer, String name) {
        writer.floats(name + WEIGHTS_1, first.weights())
                .floats(name + BIAS_1, first.bias())
                .floats(name + WEIGHTS_2, second.weights())
                .floats(name + BIAS_2, second.bias());
    }

    /**
     * Uniform weights as in Glorot and Bengio (2010); the skip begins as the mean of its parts, so
     * that ids count from the start.
     */
    void fill(SplitRandom random) {
        int hidden = hidden();
        int outputs = outputs();
        double limit1 = Math.sqrt(6.0 / (inputs() + hidden));
        for (int i = 0; i < first.weights().length; i++) {
            first.weights()[i] = (float) (limit1 * (2 * random.nextDouble() - 1));
        }
        double limit2 = 0.3 * Math.sqrt(6.0 / (hidden + outputs));
        int parts = skip / outputs;
        for (int row = 0; row < outputs; row++) {
            for (int column = 0; column < hidden; column++) {
                second.weights()[row * (hidden + skip) + column] =
                        (float) (limit2 * (2 * random.nextDouble() - 1));
            }
            for (int part = 0; part < parts; part++) {
                second.weights()[row * (hidden + skip) + hidden + part * outputs + row] =
                        1f / parts;
            }
        }
        first.repack();
        second.repack();
    }

    /**
     * Runs rows through the network.
     *
     * @param x inputs; the skip is their first part.
     * @param rows how many.
     * @param z room for {@code hidden + skip} floats a row; keeps the values of the hidden layer.
     * @param out outputs, not yet divided by their length.
     */
    @HotPath
    public void forward(MatrixView x, int rows, MatrixView z, MatrixView out) {
        MATRICES.multiplyPacked(x, rows, first.packed(), first.bias(), Activation.RELU, z);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(
                    x.values(),
                    x.offset() + row * x.rowStride(),
                    z.values(),
                    z.offset() + row * z.rowStride() + first.outputs(),
                    skip);
        }
        MATRICES.multiplyPacked(z, rows, second.packed(), second.bias(), Activation.NONE, out);
    }

    /**
     * Floats of an input.
     *
     * @return the count.
     */
    public int inputs() {
        return first.inputs();
    }

    /**
     * Floats handed through beside the hidden layer.
     *
     * @return the count.
     */
    public int skip() {
        return skip;
    }

    /**
     * Units of the hidden layer.
     *
     * @return the count.
     */
    public int hidden() {
        return first.outputs();
    }

    /**
     * Floats of an output.
     *
     * @return the count.
     */
    public int outputs() {
        return second.outputs();
    }

    /**
     * First layer.
     *
     * @return live weights, {@code hidden x inputs}.
     */
    public DenseLayer first() {
        return first;
    }

    /**
     * Second layer.
     *
     * @return live weights, {@code outputs x (hidden + skip)}.
     */
    public DenseLayer second() {
        return second;
    }
}
