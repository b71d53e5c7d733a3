package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;

final class RotationTest {
    @ParameterizedTest
    @ValueSource(ints = {32, 64, 96, 128, 416, 800})
    void shouldKeepLengthsAndAnglesAndTurnBackWhenVectorsAreTurned(int dimension) {
        Rotation rotation = new Rotation(dimension, 7);
        SplitRandom random = new SplitRandom(dimension);
        for (int i = 0; i < 20; i++) {
            float[] a = gaussian(random, dimension);
            float[] b = gaussian(random, dimension);
            float[] original = a.clone();
            double before = dot(a, b);
            double length = dot(a, a);
            rotation.rotate(a);
            rotation.rotate(b);
            assertEquals(before, dot(a, b), 1e-3 * Math.sqrt(dimension));
            assertEquals(length, dot(a, a), 1e-5 * length);
            rotation.rotateBack(a);
            assertArrayEquals(original, a, 1e-5f);
        }
    }

    /** One number must reach all others about equally, or codes would know only some of them. */
    @ParameterizedTest
    @ValueSource(ints = {32, 64, 96, 128, 416, 800})
    void shouldSpreadOneNumberOverAllWhenTurned(int dimension) {
        Rotation rotation = new Rotation(dimension, 7);
        for (int i = 0; i < dimension; i++) {
            float[] unit = new float[dimension];
            unit[i] = 1;
            rotation.rotate(unit);
            double fourth = 0;
            for (float number : unit) {
                fourth += Math.pow(number, 4);
            }
            // A Gaussian vector has 3, one that is not turned at all as much as its dimension.
            assertTrue(fourth * dimension < 15, "i=" + i + ", kurtosis=" + fourth * dimension);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 96})
    void shouldTurnOtherwiseWhenSeedDiffers(int dimension) {
        float[] a = gaussian(new SplitRandom(1), dimension);
        float[] b = a.clone();
        float[] c = a.clone();
        new Rotation(dimension, 1).rotate(a);
        new Rotation(dimension, 1).rotate(b);
        new Rotation(dimension, 2).rotate(c);
        assertArrayEquals(a, b);
        assertFalse(Arrays.equals(a, c));
    }

    private static float[] gaussian(SplitRandom random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
