package io.millrace.data.retrieve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class BlendScoresTest {
    private static final float[] TOWERS = {0.5f, -0.25f, 0.75f, 0};
    private static final float[] SHARES = {0.2f, 0.6f, -0.1f, 0.05f};
    private static final float[] TREND = {1, -2, 0.5f, 3};

    @Test
    void shouldAddWhatEachOfThemSays() {
        float[] scores = new float[4];
        blend(TOWERS, SHARES, TREND).scoreInto(0, scores);
        for (int item = 0; item < 4; item++) {
            double[] logarithms = new double[4];
            for (int i = 0; i < 4; i++) {
                logarithms[i] = Math.log(Math.max(0, SHARES[i]) + 0.03);
            }
            double expected =
                    standard(doubles(TOWERS), item)
                            + standard(logarithms, item)
                            + 0.3 * standard(doubles(TREND), item);
            assertEquals(expected, scores[item], 1e-5, "item=" + item);
        }
    }

    /** As of a user of whom the towers know nothing and the factors as little. */
    @Test
    void shouldFollowTheTrendWhenTheOthersHaveNothingToSay() {
        float[] scores = new float[4];
        blend(new float[4], new float[4], TREND).scoreInto(0, scores);
        for (int item = 0; item < 4; item++) {
            assertEquals(0.3 * standard(doubles(TREND), item), scores[item], 1e-6);
        }
        assertTrue(scores[3] > scores[0]);
    }

    private static BlendScores blend(float[] towers, float[] factors, float[] trend) {
        float[] standardised = trend.clone();
        Trend.standardise(standardised);
        return new BlendScores(
                (user, scores) -> System.arraycopy(towers, 0, scores, 0, towers.length),
                (user, scores) -> System.arraycopy(factors, 0, scores, 0, factors.length),
                standardised);
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    private static double standard(double[] values, int index) {
        double mean = 0;
        double squares = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        for (double value : values) {
            squares += (value - mean) * (value - mean) / values.length;
        }
        return (values[index] - mean) / Math.sqrt(squares);
    }
}
