package io.millrace.ranker.factors;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

import java.util.Arrays;

/**
 * Finds the vector x of a user, the vectors of the items being given, or the other way round. It
 * solves {@code (α G + Σ c y yᵀ + ridge) x = Σ c y}, where G is the sum of {@code y yᵀ} over all
 * items and the sums go over those that were watched (Hu, Koren, Volinsky 2008, section 4, equation
 * 4), by conjugate gradients from an x that is given (Takács, Pilászy, Tikk, Applications of the
 * Conjugate Gradient Method for Implicit Feedback Collaborative Filtering, RecSys 2011). A step
 * costs a product with G and two passes over the watched items, where a decomposition would cost
 * the cube of the dimension; and no step makes the objective larger.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class RowSolver {
    private static final VectorKernels VECTORS = Kernels.vector();

    /**
     * Squared length of what is left to explain, by that of all, where a solution is good enough.
     */
    private static final float GOOD_ENOUGH = 1e-10f;

    private final int dimension;
    private final float[] residual;
    private final float[] direction;
    private final float[] product;

    /**
     * A solver.
     *
     * @param dimension components of the vectors.
     */
    public RowSolver(int dimension) {
        this.dimension = dimension;
        this.residual = new float[dimension];
        this.direction = new float[dimension];
        this.product = new float[dimension];
    }

    /**
     * Improves a vector.
     *
     * @param others vectors of the other side, one after the other.
     * @param gram α G, row by row.
     * @param watched ordinals of the other side.
     * @param weights c of each of them.
     * @param from first element of both.
     * @param to element behind the last.
     * @param ridge cost of the squared length.
     * @param steps most steps.
     * @param x the vector to begin with, and the result.
     * @param at first element of it.
     */
    @HotPath
    public void solve(
            float[] others,
            float[] gram,
            int[] watched,
            float[] weights,
            int from,
            int to,
            float ridge,
            int steps,
            float[] x,
            int at) {
        if (from == to) {
            // Nothing watched is best explained by nothing; steps towards it would end in numbers
            // too small to be divided.
            Arrays.fill(x, at, at + dimension, 0);
            return;
        }
        System.arraycopy(x, at, direction, 0, dimension);
        multiply(others, gram, watched, weights, from, to, ridge);
        for (int i = 0; i < dimension; i++) {
            residual[i] = -product[i];
        }
        float wanted = 0;
        for (int i = from; i < to; i++) {
            VECTORS.addScaled(weights[i], others, watched[i] * dimension, residual, 0, dimension);
            wanted += weights[i];
        }
        System.arraycopy(residual, 0, direction, 0, dimension);
        float left = VECTORS.dot(residual, 0, residual, 0, dimension);
        float enough = GOOD_ENOUGH * wanted * wanted;
        for (int step = 0; step < steps && left > enough; step++) {
            multiply(others, gram, watched, weights, from, to, ridge);
            float length = left / VECTORS.dot(direction, 0, product, 0, dimension);
            VECTORS.addScaled(length, direction, 0, x, at, dimension);
            VECTORS.addScaled(-length, product, 0, residual, 0, dimension);
            float before = left;
            left = VECTORS.dot(residual, 0, residual, 0, dimension);
            float kept = left / before;
            for (int i = 0; i < dimension; i++) {
                direction[i] = residual[i] + kept * direction[i];
            }
        }
    }

    /** Product of the matrix and the direction. */
    private void multiply(
            float[] others,
            float[] gram,
            int[] watched,
            float[] weights,
            int from,
            int to,
            float ridge) {
        for (int i = 0; i < dimension; i++) {
            product[i] =
                    ridge * direction[i]
                            + VECTORS.dot(gram, i * dimension, direction, 0, dimension);
        }
        for (int i = from; i < to; i++) {
            int row = watched[i] * dimension;
            float score = VECTORS.dot(others, row, direction, 0, dimension);
            VECTORS.addScaled(weights[i] * score, others, row, product, 0, dimension);
        }
    }
}
