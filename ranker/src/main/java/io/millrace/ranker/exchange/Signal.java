package io.millrace.ranker.exchange;

import java.util.List;

/** What flows between the nodes of a graph, as an expression of the network's input. */
sealed interface Signal {
    /** The network's input x₀. */
    enum Input implements Signal {
        ONLY
    }

    /**
     * {@code W x + b}.
     *
     * @param source x.
     * @param matrix what W is made of.
     * @param isTransposed whether W is the matrix with rows and columns exchanged.
     * @param factor what the matrix is multiplied by.
     * @param bias b.
     */
    @SuppressWarnings("ArrayRecordComponent") // Shared, never changed, never compared.
    record Dense(Signal source, OnnxTensor matrix, boolean isTransposed, float factor, float[] bias)
            implements Signal {
        int outputs() {
            return matrix.dimensions()[isTransposed ? 1 : 0];
        }

        int inputs() {
            return matrix.dimensions()[isTransposed ? 0 : 1];
        }

        /** W, one row an output. */
        float[] weights() {
            float[] weights = new float[matrix.values().length];
            for (int output = 0; output < outputs(); output++) {
                for (int input = 0; input < inputs(); input++) {
                    int from =
                            isTransposed ? input * outputs() + output : output * inputs() + input;
                    weights[output * inputs() + input] = factor * matrix.values()[from];
                }
            }
            return weights;
        }

        /** The same with another bias. */
        Dense withBias(float[] newBias) {
            return new Dense(source, matrix, isTransposed, factor, newBias);
        }
    }

    /** {@code relu(W x + b)}: a deep layer. */
    record Rectified(Dense dense) implements Signal {}

    /** {@code x₀ ⊙ (W x + b)}, to which x must be added yet. */
    record Scaled(Dense dense) implements Signal {}

    /**
     * A cross layer.
     *
     * @param previous x.
     * @param dense {@code W x + b}; its source is x, or for a low rank a dense layer over x.
     */
    record Crossed(Signal previous, Dense dense) implements Signal {}

    /** Several, side by side. */
    record Joined(List<Signal> parts) implements Signal {}

    /** The logistic function of logits. */
    record Probability(Dense logits) implements Signal {}
}
