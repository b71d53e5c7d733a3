package io.millrace.ranker.model;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;

/**
 * Weights of a fully connected layer, in the order of training and in that of the kernels.
 *
 * <p>Threading: may be read from any thread; {@link #repack} with nobody reading.
 */
public final class DenseLayer {
    private final int outputs;
    private final int inputs;
    private final float[] weights;
    private final float[] bias;
    private final PackedMatrix packed;

    /**
     * A layer of zeros.
     *
     * @param outputs count of outputs.
     * @param inputs count of inputs.
     */
    public DenseLayer(int outputs, int inputs) {
        this.outputs = outputs;
        this.inputs = inputs;
        this.weights = new float[outputs * inputs];
        this.bias = new float[outputs];
        this.packed = new PackedMatrix(outputs, inputs);
    }

    /**
     * Fills the weights with normal numbers of the variance of Glorot and Bengio (2010).
     *
     * @param random where they come from.
     */
    public void fill(SplitRandom random) {
        double deviation = Math.sqrt(2.0 / (inputs + outputs));
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (deviation * random.nextGaussian());
        }
        repack();
    }

    /**
     * Takes over weights and bias.
     *
     * @param newWeights the weights, one row an output.
     * @param newBias the bias.
     */
    public void set(float[] newWeights, float[] newBias) {
        System.arraycopy(newWeights, 0, weights, 0, weights.length);
        System.arraycopy(newBias, 0, bias, 0, bias.length);
        repack();
    }

    /** Brings the weights into the order of the kernels. */
    public void repack() {
        packed.pack(view());
    }

    /**
     * Count of outputs.
     *
     * @return rows of the weights.
     */
    public int outputs() {
        return outputs;
    }

    /**
     * Count of inputs.
     *
     * @return columns of the weights.
     */
    public int inputs() {
        return inputs;
    }

    /**
     * The weights, one row an output.
     *
     * @return live.
     */
    public float[] weights() {
        return weights;
    }

    /**
     * The bias.
     *
     * @return live.
     */
    public float[] bias() {
        return bias;
    }

    /**
     * The weights in the order of the kernels.
     *
     * @return as of the last {@link #repack}.
     */
    public PackedMatrix packed() {
        return packed;
    }

    /**
     * The weights as a matrix.
     *
     * @return {@code outputs x inputs}.
     */
    public MatrixView view() {
        return MatrixView.of(weights, 0, inputs);
    }
}
