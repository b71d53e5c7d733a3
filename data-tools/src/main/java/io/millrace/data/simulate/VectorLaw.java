package io.millrace.data.simulate;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;

/**
 * The law of vectors as a two-tower model makes them: clusters of very unlike sizes in few latent
 * dimensions, bent through a layer, brought to unit length.
 *
 * <pre>
 *   z = centre of a cluster (2,000 of them, N(0, 1) in 24 dimensions, chosen by Zipf 1.3) + 0.6 N(0, 1)
 *   x = tanh(1.5 z W₁) W₂ / |...|      W₁ [24, 256] Gaussian / √24, W₂ [256, dimension] Gaussian / 16
 * </pre>
 *
 * <p>Threading: immutable. Allocation: some arrays per call.
 */
final class VectorLaw {
    private static final int CLUSTERS = 2_000;
    private static final int LATENT = 24;
    private static final int HIDDEN = 256;
    private static final double ZIPF = 1.3;
    private static final float NOISE = 0.6f;
    private static final float STEEPNESS = 1.5f;
    private static final MatrixKernels MATRICES = Kernels.matrix();

    private static final long CENTRES_STREAM = 1L << 40;
    private static final long FIRST_STREAM = 2L << 40;
    private static final long SECOND_STREAM = 3L << 40;

    private final int dimension;
    private final long seed;
    private final float[] centres;
    private final AliasTable clusters;
    private final PackedMatrix first;
    private final PackedMatrix second;

    VectorLaw(int dimension, long seed) {
        this.dimension = dimension;
        this.seed = seed;
        centres = gaussian(CENTRES_STREAM, CLUSTERS * LATENT, 1);
        int[] numbers = new int[CLUSTERS];
        double[] weights = new double[CLUSTERS];
        for (int i = 0; i < CLUSTERS; i++) {
            numbers[i] = i;
            weights[i] = Math.pow(i + 1.0, -ZIPF);
        }
        clusters = new AliasTable(numbers, weights);
        first =
                PackedMatrix.of(
                        gaussian(FIRST_STREAM, HIDDEN * LATENT, 1 / Math.sqrt(LATENT)),
                        HIDDEN,
                        LATENT);
        second =
                PackedMatrix.of(
                        gaussian(SECOND_STREAM, dimension * HIDDEN, 1 / Math.sqrt(HIDDEN)),
                        dimension,
                        HIDDEN);
    }

    private float[] gaussian(long stream, int count, double deviation) {
        SplitRandom random = SplitRandom.forStream(seed, stream);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (deviation * random.nextGaussian());
        }
        return numbers;
    }

    /**
     * Draws some rows.
     *
     * @param stream number of the first row; a row depends on its number and the seed alone.
     * @param rows how many.
     * @return row-major.
     */
    float[] draw(long stream, int rows) {
        float[] latent = new float[rows * LATENT];
        for (int row = 0; row < rows; row++) {
            SplitRandom random = SplitRandom.forStream(seed, stream + row);
            int centre = clusters.draw(random) * LATENT;
            for (int i = 0; i < LATENT; i++) {
                latent[row * LATENT + i] =
                        centres[centre + i] + NOISE * (float) random.nextGaussian();
            }
        }
        float[] hidden = multiply(latent, rows, first);
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] = (float) Math.tanh(STEEPNESS * hidden[i]);
        }
        float[] vectors = multiply(hidden, rows, second);
        for (int row = 0; row < rows; row++) {
            Kernels.vector().normalise(vectors, row * dimension, dimension);
        }
        return vectors;
    }

    private static float[] multiply(float[] x, int rows, PackedMatrix w) {
        float[] product = new float[rows * w.outputs()];
        MATRICES.multiplyPacked(
                MatrixView.of(x, 0, w.inputs()),
                rows,
                w,
                null,
                Activation.NONE,
                MatrixView.of(product, 0, w.outputs()));
        return product;
    }
}
