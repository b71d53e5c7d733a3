package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.CodeKernels;
import io.millrace.core.simd.Kernels;

/**
 * A random rotation that costs O(n log n): rounds of random signs, a Hadamard transform of as many
 * dimensions as there is a power of two for, and, where some are left, a turn of the lower half
 * against the upper one (Kac's walk).
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
public final class Rotation {
    private static final CodeKernels KERNELS = Kernels.code();
    private static final int ROUNDS = 4;

    private final int dimension;
    private final int block;
    private final float[][] signs;

    /**
     * A rotation.
     *
     * @param dimension a multiple of 32.
     * @param seed decides which.
     */
    public Rotation(int dimension, long seed) {
        this.dimension = dimension;
        block = Integer.highestOneBit(dimension);
        signs = new float[ROUNDS][dimension];
        float scale = (float) (1 / Math.sqrt(block));
        for (int round = 0; round < ROUNDS; round++) {
            SplitRandom random = SplitRandom.forStream(seed, round);
            int from = start(round);
            for (int i = 0; i < dimension; i++) {
                float sign = random.nextLong() < 0 ? -1 : 1;
                // The transform of a block is longer by the root of its length.
                signs[round][i] = i >= from && i < from + block ? sign * scale : sign;
            }
        }
    }

    /**
     * Numbers of a vector.
     *
     * @return a multiple of 32.
     */
    public int dimension() {
        return dimension;
    }

    /**
     * Rotates in place.
     *
     * @param x the vector, from element 0.
     */
    @HotPath
    public void rotate(float[] x) {
        for (int round = 0; round < ROUNDS; round++) {
            multiply(x, signs[round]);
            KERNELS.hadamard(x, start(round), block);
            if (block < dimension) {
                turnHalves(x);
            }
        }
    }

    /**
     * Rotates back in place, up to rounding.
     *
     * @param x the vector, from element 0.
     */
    @HotPath
    public void rotateBack(float[] x) {
        // Each step is its own inverse.
        for (int round = ROUNDS - 1; round >= 0; round--) {
            if (block < dimension) {
                turnHalves(x);
            }
            KERNELS.hadamard(x, start(round), block);
            multiply(x, signs[round]);
        }
    }

    /** Blocks take turns to begin at the start and to end at the end. */
    private int start(int round) {
        return round % 2 == 0 ? 0 : dimension - block;
    }

    private void multiply(float[] x, float[] factors) {
        for (int i = 0; i < dimension; i++) {
            x[i] *= factors[i];
        }
    }

    private void turnHalves(float[] x) {
        int half = dimension / 2;
        float root = (float) Math.sqrt(0.5);
        for (int i = 0; i < half; i++) {
            float a = x[i];
            float b = x[i + half];
            x[i] = root * (a + b);
            x[i + half] = root * (a - b);
        }
    }
}
