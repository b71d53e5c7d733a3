package io.millrace.data.train.collaborative;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.dataset.Dataset;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * Vectors of the items whose products are about the cosines of who watched them: {@code c / √((n +
 * s)(m + s))}, c users watched both, n and m the one and the other, and s draws items that few
 * watched towards nothing. With the matrix M of all of these, a random Q brought towards its
 * largest eigenvectors by a few multiplications (Halko, Martinsson, Tropp, Finding structure with
 * randomness, SIAM Review 2011, algorithm 4.4) gives {@code M ≈ (M Q)(Qᵀ M Q)⁻¹(M Q)ᵀ} (section
 * 5.4, Nyström), and with the Cholesky factor L of the middle one the vectors are the rows of
 * {@code M Q L⁻ᵀ}.
 *
 * <p>Threading: the threads given; the result does not depend on how many.
 */
public final class CosineVectors {
    private static final VectorKernels VECTORS = Kernels.vector();
    private static final int BLOCK = 256;
    private static final int MULTIPLICATIONS = 4;

    /** Of the largest square of a direction: less is no direction of its own. */
    private static final double ROUNDING = 1e-9;

    private final WatchMatrix byUser;
    private final WatchMatrix byItem;
    private final int dimension;
    private final float[] users;

    private CosineVectors(WatchMatrix byUser, int items, int dimension, float shrinkage) {
        this.byUser = byUser;
        this.byItem = byUser.transposed(items);
        this.dimension = dimension;
        this.users = new float[byUser.rows() * dimension];
        for (int item = 0; item < items; item++) {
            float weight = (float) (1 / Math.sqrt(byItem.count(item) + shrinkage));
            Arrays.fill(byItem.weights(), byItem.starts()[item], byItem.starts()[item + 1], weight);
        }
        for (int i = 0; i < byUser.pairs(); i++) {
            int item = byUser.columns()[i];
            byUser.weights()[i] = byItem.weights()[byItem.starts()[item]];
        }
    }

    /**
     * Factorises the cosines of the items of a data set.
     *
     * @param dataset whose histories are counted.
     * @param dimension components of a vector.
     * @param shrinkage s.
     * @param seed seed of the first vectors.
     * @param threads how many threads.
     * @param progress told how far it is.
     * @return the vectors in the order of ordinals, one after the other; zero for items that nobody
     *     watched.
     * @throws MillraceException USAGE when there are too many users or items for that dimension.
     */
    public static float[] of(
            Dataset dataset,
            int dimension,
            float shrinkage,
            long seed,
            int threads,
            ProgressListener progress) {
        requireRoom("users", dataset.users().count(), dimension);
        requireRoom("items", dataset.items().count(), dimension);
        WatchMatrix byUser = WatchMatrix.plain(dataset);
        CosineVectors vectors =
                new CosineVectors(byUser, dataset.items().count(), dimension, shrinkage);
        try (ForkJoinPool pool = new ForkJoinPool(threads);
                ProgressListener.Stage stage =
                        progress.start("factorise cosines", MULTIPLICATIONS + 1)) {
            return pool.submit(() -> vectors.run(seed, stage)).join();
        }
    }

    private static void requireRoom(String name, int count, int dimension) {
        int most = Integer.MAX_VALUE / dimension;
        if (count > most) {
            throw MillraceException.usage(
                    "too many %s to match by vectors: %s=%d, most=%d with --match-dimension %d;"
                            + " choose a smaller one, or 0 for none",
                    name, name, count, most, dimension);
        }
    }

    private float[] run(long seed, ProgressListener.Stage stage) {
        float[] base = new float[byItem.rows() * dimension];
        SplitRandom random = new SplitRandom(seed);
        for (int i = 0; i < base.length; i++) {
            base[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < MULTIPLICATIONS; i++) {
            base = multiply(base);
            divide(base, cholesky(products(base, base)));
            stage.advance(1);
        }
        float[] image = multiply(base);
        divide(image, cholesky(products(base, image)));
        stage.advance(1);
        return image;
    }

    /** M times a matrix, by way of the users. */
    private float[] multiply(float[] items) {
        sum(byUser, items, users);
        float[] result = new float[items.length];
        sum(byItem, users, result);
        return result;
    }

    /** For each row of one side the sum over what belongs to it of the other, by weight. */
    private void sum(WatchMatrix matrix, float[] from, float[] to) {
        IntStream.range(0, Math.ceilDiv(matrix.rows(), BLOCK))
                .parallel()
                .forEach(
                        block -> {
                            int end = Math.min(matrix.rows(), (block + 1) * BLOCK);
                            for (int row = block * BLOCK; row < end; row++) {
                                sum(matrix, row, from, to);
                            }
                        });
    }

    private void sum(WatchMatrix matrix, int row, float[] from, float[] to) {
        int at = row * dimension;
        Arrays.fill(to, at, at + dimension, 0);
        for (int i = matrix.starts()[row]; i < matrix.starts()[row + 1]; i++) {
            int other = matrix.columns()[i] * dimension;
            VECTORS.addScaled(matrix.weights()[i], from, other, to, at, dimension);
        }
    }

    /** Transposed a times b, in double. */
    private double[] products(float[] a, float[] b) {
        double[] result = new double[dimension * dimension];
        IntStream.range(0, dimension)
                .parallel()
                .forEach(
                        row -> {
                            for (int at = 0; at < a.length; at += dimension) {
                                double factor = a[at + row];
                                for (int column = 0; column < dimension; column++) {
                                    result[row * dimension + column] += factor * b[at + column];
                                }
                            }
                        });
        return result;
    }

    /**
     * L of {@code L Lᵀ}, row by row. What is no more than rounding counts as nothing: the element
     * on the diagonal is infinite then, and what is divided by it becomes zero.
     */
    private double[] cholesky(double[] matrix) {
        double[] lower = new double[matrix.length];
        double largest = 0;
        for (int i = 0; i < dimension; i++) {
            largest = Math.max(largest, matrix[i * dimension + i]);
        }
        for (int row = 0; row < dimension; row++) {
            int at = row * dimension;
            for (int column = 0; column <= row; column++) {
                int other = column * dimension;
                // Of two that should be equal the mean: products in float32 are not quite
                // symmetric.
                double sum = (matrix[at + column] + matrix[other + row]) / 2;
                for (int i = 0; i < column; i++) {
                    sum -= lower[at + i] * lower[other + i];
                }
                if (column < row) {
                    lower[at + column] = sum / lower[other + column];
                } else {
                    boolean isNothing = !(sum > ROUNDING * largest);
                    lower[at + row] = isNothing ? Double.POSITIVE_INFINITY : Math.sqrt(sum);
                }
            }
        }
        return lower;
    }

    /** Each row x of a matrix becomes L⁻¹ x. */
    private void divide(float[] matrix, double[] lower) {
        double[] row = new double[dimension];
        for (int at = 0; at < matrix.length; at += dimension) {
            for (int i = 0; i < dimension; i++) {
                double sum = matrix[at + i];
                for (int k = 0; k < i; k++) {
                    sum -= lower[i * dimension + k] * row[k];
                }
                row[i] = sum / lower[i * dimension + i];
                matrix[at + i] = (float) row[i];
            }
        }
    }
}
