package io.millrace.data.train.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.AdamStep;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.tower.TowerNetwork;
import io.millrace.ranker.tower.TowerShape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;

final class NetworkTrainerTest {
    private static final int CAPACITY = 20;
    private static final int ROWS = 13;
    private static final int DIMENSION = 6;
    private static final double STEP = 1e-6;

    // More hidden units than a panel of packed weights has.
    private final TowerWorld world = new TowerWorld(new TowerShape(DIMENSION, 70, 4));
    private final TowerNetwork network = world.model.queryNetwork();
    private final NetworkTrainer trainer = new NetworkTrainer(network, CAPACITY);
    private final float[] pulls = new float[CAPACITY * DIMENSION];

    @BeforeEach
    void fill() {
        SplitRandom random = new SplitRandom(5);
        TowerWorld.fillGaussian(network.first().bias(), random);
        TowerWorld.fillGaussian(network.second().bias(), random);
        TowerWorld.fillGaussian(trainer.inputs, random);
        TowerWorld.fillGaussian(pulls, random);
        // What a larger batch left behind must not count.
        run(CAPACITY, CAPACITY);
        TowerWorld.fillGaussian(trainer.inputs, random);
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void shouldEmbedAsThePlainForwardDoes() {
        assertEmbedsAsThePlainForward();
    }

    private void assertEmbedsAsThePlainForward() {
        run(ROWS, 5);
        for (int row = 0; row < ROWS; row++) {
            double[] expected = plainOutput(wide(trainer.inputs), weights(), row);
            for (int i = 0; i < DIMENSION; i++) {
                assertEquals(expected[i], trainer.outputs[row * DIMENSION + i], 2e-6);
            }
        }
    }

    @Test
    void shouldHaveTheSlopesOfThePlainForwardWhenInputsMove() {
        run(ROWS, 5);
        double[] inputs = wide(trainer.inputs);
        double[][] weights = weights();
        for (int i = 0; i < ROWS * trainer.width(); i++) {
            int row = i / trainer.width();
            double before = inputs[i];
            inputs[i] = before + STEP;
            double above = plainPull(inputs, weights, row);
            inputs[i] = before - STEP;
            double below = plainPull(inputs, weights, row);
            inputs[i] = before;
            double slope = (above - below) / (2 * STEP);
            assertEquals(slope, trainer.inputGradients[i], 1e-5, "input=" + i);
        }
    }

    @Test
    void shouldHaveTheSlopesOfThePlainForwardWhenWeightsMove() {
        run(ROWS, 5);
        double[] inputs = wide(trainer.inputs);
        double[][] weights = weights();
        float[][] gradients = gradients();
        for (int part = 0; part < weights.length; part++) {
            assertEquals(weights[part].length, gradients[part].length);
            for (int i = 0; i < weights[part].length; i++) {
                double before = weights[part][i];
                weights[part][i] = before + STEP;
                double above = plainPull(inputs, weights);
                weights[part][i] = before - STEP;
                double below = plainPull(inputs, weights);
                weights[part][i] = before;
                double slope = (above - below) / (2 * STEP);
                assertEquals(slope, gradients[part][i], 3e-5, "part=" + part + ", weight=" + i);
            }
        }
    }

    @Test
    void shouldGiveTheSameBitsWhenRowsAreSharedOutOtherwise() {
        run(ROWS, ROWS);
        float[] outputs = trainer.outputs.clone();
        float[] inputGradients = trainer.inputGradients.clone();
        float[][] expected = gradients();
        for (int piece = 1; piece < ROWS; piece++) {
            run(ROWS, piece);
            assertArrayEquals(outputs, trainer.outputs);
            assertArrayEquals(inputGradients, trainer.inputGradients);
            assertArrayEquals(expected, gradients());
        }
    }

    @Test
    void shouldPassNothingBackWhenAnOutputHasNoDirection() {
        Arrays.fill(network.first().bias(), 0);
        Arrays.fill(network.second().bias(), 0);
        int width = trainer.width();
        Arrays.fill(trainer.inputs, 3 * width, 4 * width, 0);
        run(ROWS, 5);
        for (int i = 3 * width; i < 4 * width; i++) {
            assertEquals(0, trainer.inputGradients[i]);
        }
        for (float[] part : gradients()) {
            for (float gradient : part) {
                assertTrue(Float.isFinite(gradient));
            }
        }
    }

    @Test
    void shouldPackWhatItLearnt() {
        run(ROWS, 5);
        double before = plainPull(wide(trainer.inputs), weights());
        AdamStep step = new AdamStep(0.9, 0.999);
        step.advance(1e-3f);
        for (int part = 0; part < trainer.parts(); part++) {
            trainer.learn(part, ROWS, step);
        }
        double after = plainPull(wide(trainer.inputs), weights());
        assertTrue(after < before, "a step down the slope must lower the loss");
        assertEmbedsAsThePlainForward();
    }

    /** Forwards and backwards in pieces of so many rows, the pulls being the gradients. */
    private void run(int rows, int piece) {
        System.arraycopy(pulls, 0, trainer.outputGradients, 0, rows * DIMENSION);
        for (int from = 0; from < rows; from += piece) {
            trainer.forward(from, Math.min(from + piece, rows));
        }
        for (int from = 0; from < rows; from += piece) {
            trainer.backward(from, Math.min(from + piece, rows));
        }
    }

    /** Gradients of weights and biases; the weights stay, as the step has no size. */
    private float[][] gradients() {
        AdamStep standing = new AdamStep(0.9, 0.999);
        standing.advance(0);
        for (int part = trainer.parts() - 1; part >= 0; part--) {
            trainer.learn(part, ROWS, standing);
        }
        DenseTrainer[] trainers = trainer.trainers();
        return new float[][] {
            trainers[0].gradients()[0].clone(),
            trainers[0].gradients()[1].clone(),
            trainers[1].gradients()[0].clone(),
            trainers[1].gradients()[1].clone()
        };
    }

    private double[][] weights() {
        return new double[][] {
            wide(network.first().weights()),
            wide(network.first().bias()),
            wide(network.second().weights()),
            wide(network.second().bias())
        };
    }

    private double plainPull(double[] inputs, double[][] weights) {
        double sum = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += plainPull(inputs, weights, row);
        }
        return sum;
    }

    private double plainPull(double[] inputs, double[][] weights, int row) {
        double[] output = plainOutput(inputs, weights, row);
        double sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum += pulls[row * DIMENSION + i] * output[i];
        }
        return sum;
    }

    private double[] plainOutput(double[] inputs, double[][] weights, int row) {
        DenseLayer first = network.first();
        int width = first.inputs();
        double[] x = Arrays.copyOfRange(inputs, row * width, (row + 1) * width);
        double[] z = new double[first.outputs() + network.skip()];
        System.arraycopy(x, 0, z, first.outputs(), network.skip());
        for (int unit = 0; unit < first.outputs(); unit++) {
            double sum = weights[1][unit];
            for (int i = 0; i < width; i++) {
                sum += weights[0][unit * width + i] * x[i];
            }
            z[unit] = Math.max(0, sum);
        }
        double[] output = new double[DIMENSION];
        double square = 0;
        for (int i = 0; i < DIMENSION; i++) {
            output[i] = weights[3][i];
            for (int j = 0; j < z.length; j++) {
                output[i] += weights[2][i * z.length + j] * z[j];
            }
            square += output[i] * output[i];
        }
        for (int i = 0; i < DIMENSION; i++) {
            output[i] /= Math.sqrt(square);
        }
        return output;
    }

    private static double[] wide(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
