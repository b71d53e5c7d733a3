package io.millrace.ranker.retrieval;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

/**
 * How far the scores of a query spread over all items: the standard deviation of its inner products
 * with their vectors, which is {@code √(qᵀ C q)} with C the covariance of the vectors, so that no
 * score needs to be known.
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
final class ScoreSpread {
    private static final VectorKernels VECTORS = Kernels.vector();

    /** A component of less variance, as a part of its squared mean, is the same for all items. */
    private static final double LEAST_SHARE = 1e-12;

    private final int dimension;
    private final float[] covariance;

    /**
     * Takes a covariance.
     *
     * @param dimension components of a vector.
     * @param covariance row by row; not to be written any more.
     */
    ScoreSpread(int dimension, float[] covariance) {
        this.dimension = dimension;
        this.covariance = covariance;
    }

    /**
     * Learns from vectors.
     *
     * @param vectors one after the other.
     * @param dimension components of a vector.
     */
    static ScoreSpread of(float[] vectors, int dimension) {
        int count = vectors.length / dimension;
        double[] means = new double[dimension];
        for (int at = 0; at < vectors.length; at++) {
            means[at % dimension] += vectors[at] / (double) count;
        }
        double[] squares = new double[dimension * dimension];
        double[] centred = new double[dimension];
        for (int item = 0; item < count; item++) {
            for (int i = 0; i < dimension; i++) {
                centred[i] = vectors[item * dimension + i] - means[i];
            }
            for (int row = 0; row < dimension; row++) {
                for (int column = 0; column <= row; column++) {
                    squares[row * dimension + column] += centred[row] * centred[column];
                }
            }
        }
        float[] covariance = new float[dimension * dimension];
        for (int row = 0; row < dimension; row++) {
            double ofRounding = count * LEAST_SHARE * means[row] * means[row];
            if (squares[row * dimension + row] <= ofRounding) {
                continue;
            }
            for (int column = 0; column <= row; column++) {
                float entry = (float) (squares[row * dimension + column] / Math.max(1, count));
                covariance[row * dimension + column] = entry;
                covariance[column * dimension + row] = entry;
            }
        }
        return new ScoreSpread(dimension, covariance);
    }

    int dimension() {
        return dimension;
    }

    /** Row by row; not to be written. */
    float[] covariance() {
        return covariance;
    }

    /** The standard deviation of the scores of a query; 0 of a zero query. */
    @HotPath
    float of(float[] query) {
        float square = 0;
        for (int row = 0; row < dimension; row++) {
            square += query[row] * VECTORS.dot(covariance, row * dimension, query, 0, dimension);
        }
        // Rounding may leave a little less than nothing.
        return (float) Math.sqrt(Math.max(square, 0));
    }
}
