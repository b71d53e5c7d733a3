package io.millrace.jmh;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Kernels;

/** Random vectors of normal components, and of length 1. */
final class RandomVectors {
    private RandomVectors() {}

    /** Fills a vector with components of mean 0 and deviation 1. */
    static void fill(SplitRandom random, float[] vector) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
    }

    /** Fills a vector with a direction, all of them being alike probable. */
    static void fillUnit(SplitRandom random, float[] vector) {
        fill(random, vector);
        Kernels.scalarVector().normalise(vector, 0, vector.length);
    }

    /**
     * Fills a vector with a direction near a centre: the centre and noise of length {@code spread}.
     */
    static void fillUnitNear(SplitRandom random, float[] centre, float spread, float[] vector) {
        fillUnit(random, vector);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = centre[i] + spread * vector[i];
        }
        Kernels.scalarVector().normalise(vector, 0, vector.length);
    }

    /** The product of two vectors. */
    static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
