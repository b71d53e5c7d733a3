package io.millrace.data.train.optimise;

import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

import java.util.Arrays;

/**
 * Dense weights of a model with their gradient and the optimiser's running means.
 *
 * <p>Threading: parts of the gradient may be written side by side; one thread applies it.
 */
public final class DenseParameter {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();

    private final float[] weights;
    private final float[] gradient;
    private final float[] means;
    private final float[] squares;

    /**
     * Nothing learnt yet.
     *
     * @param weights the live weights.
     */
    public DenseParameter(float[] weights) {
        this.weights = weights;
        this.gradient = new float[weights.length];
        this.means = new float[weights.length];
        this.squares = new float[weights.length];
    }

    /**
     * The gradient of the batch.
     *
     * @return to be written before {@link #apply}.
     */
    public float[] gradient() {
        return gradient;
    }

    /**
     * Changes the weights.
     *
     * @param step decay rates and step size.
     */
    public void apply(AdamStep step) {
        ELEMENTS.adam(weights, means, squares, gradient, 0, weights.length, step);
    }

    /**
     * Sums the rows of a matrix, as the gradient of a bias needs it.
     *
     * @param matrix row-major.
     * @param rows how many rows.
     * @param stride floats from a row to the next.
     * @param sums where to; its length is the count of columns.
     */
    public static void sumRows(float[] matrix, int rows, int stride, float[] sums) {
        Arrays.fill(sums, 0);
        for (int row = 0; row < rows; row++) {
            VECTORS.addScaled(1, matrix, row * stride, sums, 0, sums.length);
        }
    }
}
