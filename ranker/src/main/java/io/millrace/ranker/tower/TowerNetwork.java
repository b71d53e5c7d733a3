package io.millrace.ranker.tower;

import io.millrace.core.HotPath;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;

/**
 * The dense part of a tower. {@code z = [relu(W₁ x + b₁) ; x₀..x₍skip₋₁₎]}, {@code out = W₂ z +
 * b₂}; the caller divides by the length.
 *
 * <p>Threading: weights may be read by any thread; {@link #repack} must follow a change of them,
 * with nobody reading.
 */
public final class TowerNetwork {
    private static final MatrixKernels MATRICES = Kernels.matrix();

    private final int inputs;
    private final int skip;
    private final int hidden;
    private final int outputs;
    private final float[] weights1;
    private final float[] bias1;
    private final float[] weights2;
    private final float[] bias2;
    private final PackedMatrix packed1;
    private final PackedMatrix packed2;

    TowerNetwork(int inputs, int skip, int hidden, int outputs) {
        this.inputs = inputs;
        this.skip = skip;
        this.hidden = hidden;
        this.outputs = outputs;
        this.weights1 = new float[hidden * inputs];
        this.bias1 = new float[hidden];
        this.weights2 = new float[outputs * (hidden + skip)];
        this.bias2 = new float[outputs];
        this.packed1 = new PackedMatrix(hidden, inputs);
        this.packed2 = new PackedMatrix(outputs, hidden + skip);
    }

    /**
     * Uniform weights as in Glorot and Bengio (2010); the skip begins as the mean of its parts, so
     * that ids count from the start.
     */
    void fill(SplitRandom random) {
        double limit1 = Math.sqrt(6.0 / (inputs + hidden));
        for (int i = 0; i < weights1.length; i++) {
            weights1[i] = (float) (limit1 * (2 * random.nextDouble() - 1));
        }
        double limit2 = 0.3 * Math.sqrt(6.0 / (hidden + outputs));
        int parts = skip / outputs;
        for (int row = 0; row < outputs; row++) {
            for (int column = 0; column < hidden; column++) {
                weights2[row * (hidden + skip) + column] =
                        (float) (limit2 * (2 * random.nextDouble() - 1));
            }
            for (int part = 0; part < parts; part++) {
                weights2[row * (hidden + skip) + hidden + part * outputs + row] = 1f / parts;
            }
        }
        repack();
    }

    /** Brings the weights into the order of the kernels. */
    public void repack() {
        packed1.pack(MatrixView.of(weights1, 0, inputs));
        packed2.pack(MatrixView.of(weights2, 0, hidden + skip));
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
        MATRICES.multiplyPacked(x, rows, packed1, bias1, Activation.RELU, z);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(
                    x.values(),
                    x.offset() + row * x.rowStride(),
                    z.values(),
                    z.offset() + row * z.rowStride() + hidden,
                    skip);
        }
        MATRICES.multiplyPacked(z, rows, packed2, bias2, Activation.NONE, out);
    }

    /**
     * Floats of an input.
     *
     * @return the count.
     */
    public int inputs() {
        return inputs;
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
        return hidden;
    }

    /**
     * Floats of an output.
     *
     * @return the count.
     */
    public int outputs() {
        return outputs;
    }

    /**
     * First layer, one row a unit.
     *
     * @return the live weights, {@code hidden x inputs}.
     */
    public float[] weights1() {
        return weights1;
    }

    /**
     * Bias of the first layer.
     *
     * @return the live weights.
     */
    public float[] bias1() {
        return bias1;
    }

    /**
     * Second layer, one row an output.
     *
     * @return the live weights, {@code outputs x (hidden + skip)}.
     */
    public float[] weights2() {
        return weights2;
    }

    /**
     * Bias of the second layer.
     *
     * @return the live weights.
     */
    public float[] bias2() {
        return bias2;
    }
}
