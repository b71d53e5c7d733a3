package io.millrace.ranker.factors;

import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The sum of {@code y yᵀ} over many vectors y: what all pairs that were not watched weigh together
 * (Hu, Koren, Volinsky 2008, section 4, the step that makes the cost of a sweep independent of how
 * many pairs there are).
 *
 * <p>Threading: works on the pool of the caller; each row of the result is one thread's alone, so
 * it does not depend on how many there are.
 */
public final class Gram {
    private static final VectorKernels VECTORS = Kernels.vector();
    private static final int PART_ROWS = 16;

    /** Sums of so many vectors are made first and then added up, or small ones would be lost. */
    private static final int CHUNK = 1_024;

    private Gram() {}

    /**
     * Sums up.
     *
     * @param vectors the vectors, one after the other.
     * @param dimension components of a vector.
     * @param factor what the sum is multiplied by.
     * @return a symmetric matrix, row by row.
     */
    public static float[] of(float[] vectors, int dimension, float factor) {
        float[] gram = new float[dimension * dimension];
        IntStream.range(0, Math.ceilDiv(dimension, PART_ROWS))
                .parallel()
                .forEach(
                        part -> {
                            int from = part * PART_ROWS;
                            int to = Math.min(dimension, from + PART_ROWS);
                            fill(vectors, dimension, factor, from, to, gram);
                        });
        for (int row = 0; row < dimension; row++) {
            for (int column = 0; column < row; column++) {
                gram[row * dimension + column] = gram[column * dimension + row];
            }
        }
        return gram;
    }

    /** Rows of the upper half, from the diagonal on. */
    private static void fill(
            float[] vectors, int dimension, float factor, int from, int to, float[] gram) {
        float[] sums = new float[(to - from) * dimension];
        for (int first = 0; first < vectors.length; first += CHUNK * dimension) {
            Arrays.fill(sums, 0);
            int end = Math.min(vectors.length, first + CHUNK * dimension);
            for (int at = first; at < end; at += dimension) {
                for (int row = from; row < to; row++) {
                    VECTORS.addScaled(
                            vectors[at + row],
                            vectors,
                            at + row,
                            sums,
                            (row - from) * dimension + row,
                            dimension - row);
                }
            }
            VECTORS.addScaled(factor, sums, 0, gram, from * dimension, sums.length);
        }
    }
}
