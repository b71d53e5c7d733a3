package io.millrace.data.train.ranker;

import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.checkpoint.TrainingState;
import io.millrace.data.train.optimise.TableTrainer;
import io.millrace.ranker.model.AttentionPass;
import io.millrace.ranker.model.SequenceAttention;

import java.lang.foreign.MemorySegment;

/**
 * Runs a batch through the attention to one sequence and back.
 *
 * <p>With z = s ⟨c, hᵢ⟩ the softmax gives {@code dzᵢ = pᵢ (⟨dy, hᵢ⟩ - Σⱼ pⱼ ⟨dy, hⱼ⟩)}, and from
 * there {@code dc = s Σᵢ dzᵢ hᵢ}, {@code dhᵢ = pᵢ dy + s dzᵢ c}, {@code d(log s) = Σᵢ dzᵢ zᵢ}.
 *
 * <p>Threading: rows may be shared out in any way; {@link #scatter} side by side for different
 * trainers; {@link #learn} alone.
 */
final class AttentionGradients {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();

    private final SequenceAttention attention;
    private final int width;
    private final int dimension;
    private final int maxLength;

    /** By row and item: pᵢ. */
    private final float[] weights;

    /** By row and item: s dzᵢ. */
    private final float[] slopes;

    /** By row: its part of d(log s). */
    private final float[] scaleGradients;

    private final float[] gradient = new float[1];
    private final float[] mean = new float[1];
    private final float[] square = new float[1];

    AttentionGradients(SequenceAttention attention, int width, int batch) {
        this.attention = attention;
        this.width = width;
        this.dimension = attention.table().dimension();
        this.maxLength = attention.maxLength();
        this.weights = new float[batch * maxLength];
        this.slopes = new float[batch * maxLength];
        this.scaleGradients = new float[batch];
    }

    /** A pass over the inputs of a batch, for one thread. */
    AttentionPass pass(float[] inputs) {
        return new AttentionPass(attention, inputs, width, weights);
    }

    /** From gradients of the outputs to those of the candidates, for rows of one user. */
    void backward(
            AttentionPass user, float[] inputs, float[] inputGradients, int fromRow, int toRow) {
        float[] items = user.items();
        int length = user.length();
        for (int row = fromRow; row < toRow; row++) {
            int at = row * maxLength;
            int output = row * width + attention.outputAt();
            int candidate = row * width + attention.candidateAt();
            float meanPull = 0;
            for (int i = 0; i < length; i++) {
                float pull = VECTORS.dot(inputGradients, output, items, i * dimension, dimension);
                slopes[at + i] = pull;
                meanPull += weights[at + i] * pull;
            }
            float scaleGradient = 0;
            for (int i = 0; i < length; i++) {
                float slope = user.scale() * weights[at + i] * (slopes[at + i] - meanPull);
                slopes[at + i] = slope;
                scaleGradient +=
                        slope * VECTORS.dot(inputs, candidate, items, i * dimension, dimension);
                VECTORS.addScaled(
                        slope, items, i * dimension, inputGradients, candidate, dimension);
            }
            scaleGradients[row] = scaleGradient;
        }
    }

    /** Adds the gradients of the items of one user to those rows of the table a trainer owns. */
    void scatter(
            MemorySegment users,
            long offset,
            int fromRow,
            int toRow,
            float[] inputs,
            float[] inputGradients,
            TableTrainer trainer) {
        if (trainer.table() != attention.table()) {
            return;
        }
        int length = attention.length(users, offset);
        for (int i = 0; i < length; i++) {
            int id = attention.item(users, offset, i);
            for (int row = fromRow; row < toRow && trainer.owns(id); row++) {
                int at = row * maxLength + i;
                int first = row * width;
                trainer.add(id, weights[at], inputGradients, first + attention.outputAt());
                trainer.add(id, slopes[at], inputs, first + attention.candidateAt());
            }
        }
    }

    /** Changes the scale by what the rows of the batch say. */
    void learn(int rows, AdamStep step) {
        float sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += scaleGradients[row];
        }
        gradient[0] = sum;
        ELEMENTS.adam(attention.logScale(), mean, square, gradient, 0, 1, step);
    }

    /** All that is to be kept of the scale and of how it was learnt. */
    void walk(TrainingState state, String name) {
        state.floats(name + ".scale", attention.logScale());
        state.floats(name + ".mean", mean);
        state.floats(name + ".square", square);
    }

    /** Gradient of the scale's logarithm in the last batch, for tests. */
    float scaleGradient() {
        return gradient[0];
    }
}
