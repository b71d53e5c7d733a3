package io.millrace.data.train.optimise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.ranker.model.DenseLayer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DenseTrainerTest {
    // Two panels of packed weights, the second one not whole.
    private static final int OUTPUTS = 71;
    private static final int INPUTS = 9;
    private static final int ROWS = 11;
    private static final int STEPS = 5;
    private static final float RATE = 1e-2f;

    private final DenseLayer layer = new DenseLayer(OUTPUTS, INPUTS);
    private final DenseTrainer trainer = new DenseTrainer(layer, true);
    private final SplitRandom random = new SplitRandom(4);

    @BeforeEach
    void fill() {
        layer.set(gaussian(OUTPUTS * INPUTS), gaussian(OUTPUTS));
    }

    /** The inputs come from two matrices, as those of the ranker's head do. */
    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void shouldStepAsThePlainAdamDoes(int cut) {
        double[] weights = wide(layer.weights());
        double[] bias = wide(layer.bias());
        double[][] moments = new double[2][weights.length];
        double[][] biasMoments = new double[2][bias.length];
        AdamStep step = new AdamStep(0.9, 0.999);
        for (int number = 1; number <= STEPS; number++) {
            float[] inputs = gaussian(ROWS * INPUTS);
            float[] gradients = gaussian(ROWS * OUTPUTS);
            step.advance(RATE);
            learn(inputs, gradients, cut, step);
            double[] gradient = new double[weights.length];
            double[] biasGradient = new double[bias.length];
            for (int row = 0; row < ROWS; row++) {
                for (int out = 0; out < OUTPUTS; out++) {
                    double dy = gradients[row * OUTPUTS + out];
                    biasGradient[out] += dy;
                    for (int in = 0; in < INPUTS; in++) {
                        gradient[out * INPUTS + in] += dy * inputs[row * INPUTS + in];
                    }
                }
            }
            plainAdam(weights, moments, gradient, number);
            plainAdam(bias, biasMoments, biasGradient, number);
            assertClose(gradient, trainer.gradients()[0], 1e-5);
            assertClose(biasGradient, trainer.gradients()[1], 1e-5);
            assertClose(weights, layer.weights(), 2e-5);
            assertClose(bias, layer.bias(), 2e-5);
        }
    }

    @Test
    void shouldPackWhatItLearnt() {
        AdamStep step = new AdamStep(0.9, 0.999);
        step.advance(RATE);
        learn(gaussian(ROWS * INPUTS), gaussian(ROWS * OUTPUTS), 0, step);
        float[] x = gaussian(INPUTS);
        float[] y = new float[OUTPUTS];
        Kernels.matrix()
                .multiplyPacked(
                        MatrixView.of(x, 0, INPUTS),
                        1,
                        layer.packed(),
                        layer.bias(),
                        Activation.NONE,
                        MatrixView.of(y, 0, OUTPUTS));
        for (int out = 0; out < OUTPUTS; out++) {
            double expected = layer.bias()[out];
            for (int in = 0; in < INPUTS; in++) {
                expected += (double) layer.weights()[out * INPUTS + in] * x[in];
            }
            assertEquals(expected, y[out], 1e-5, "output=" + out);
        }
    }

    @Test
    void shouldLeaveTheBiasWhenItHasNone() {
        DenseTrainer unbiased = new DenseTrainer(layer, false);
        float[] before = layer.bias().clone();
        float[] weights = layer.weights().clone();
        AdamStep step = new AdamStep(0.9, 0.999);
        step.advance(RATE);
        MatrixView outputs = MatrixView.of(gaussian(ROWS * OUTPUTS), 0, OUTPUTS);
        MatrixView inputs = MatrixView.of(gaussian(ROWS * INPUTS), 0, INPUTS);
        for (int part = 0; part < unbiased.parts(); part++) {
            unbiased.sum(part, outputs, inputs, INPUTS, 0, ROWS);
            unbiased.apply(part, step);
        }
        assertArrayEquals(before, layer.bias());
        // The first step of Adam is as long as the rate, whatever the gradient.
        for (int i = 0; i < weights.length; i++) {
            assertEquals(RATE, Math.abs(weights[i] - layer.weights()[i]), 1e-5);
        }
    }

    private void learn(float[] inputs, float[] gradients, int cut, AdamStep step) {
        MatrixView outputView = MatrixView.of(gradients, 0, OUTPUTS);
        MatrixView inputView = MatrixView.of(inputs, 0, INPUTS);
        for (int part = trainer.parts() - 1; part >= 0; part--) {
            if (cut > 0) {
                trainer.sum(part, outputView, inputView, cut, 0, ROWS);
            }
            trainer.sum(part, outputView, inputView.from(0, cut), INPUTS - cut, cut, ROWS);
            trainer.apply(part, step);
        }
    }

    private static void plainAdam(
            double[] weights, double[][] moments, double[] gradient, int number) {
        for (int i = 0; i < weights.length; i++) {
            double g = gradient[i];
            moments[0][i] = 0.9 * moments[0][i] + 0.1 * g;
            moments[1][i] = 0.999 * moments[1][i] + 0.001 * g * g;
            double mean = moments[0][i] / (1 - Math.pow(0.9, number));
            double square = moments[1][i] / (1 - Math.pow(0.999, number));
            weights[i] -= RATE * mean / (Math.sqrt(square) + 1e-8);
        }
    }

    private static void assertClose(double[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < actual.length; i++) {
            assertEquals(expected[i], actual[i], tolerance, "index=" + i);
        }
    }

    private float[] gaussian(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double[] wide(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
