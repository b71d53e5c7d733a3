package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the definitions, written out as plain loops over all pairs. */
final class ClickMetricsTest {
    private static final double EXACT = 1e-12;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldEqualTheDefinitionsWhenRandom(long seed) {
        ClickSample sample = sample(seed, 300 + (int) seed, 17);
        // Few distinct scores make many ties, negative ones and zeros of both signs among them.
        float[] scores = scores(seed, sample.count(), seed % 2 == 0 ? 5 : 1000);
        assertEquals(
                aucByPairs(scores, sample, -1), ClickMetrics.auc(scores, sample.labels()), EXACT);
        double sum = 0;
        double weight = 0;
        for (int user = 0; user < 17; user++) {
            double auc = aucByPairs(scores, sample, user);
            if (!Double.isNaN(auc)) {
                int count = countOf(sample, user);
                sum += auc * count;
                weight += count;
            }
        }
        assertEquals(
                sum / weight, ClickMetrics.gauc(scores, sample.labels(), sample.users()), EXACT);
    }

    @Test
    void shouldGiveHalfWhenConstant() {
        ClickSample sample = sample(9, 200, 5);
        float[] constant = new float[200];
        java.util.Arrays.fill(constant, 0.25f);
        ClickMetrics metrics = ClickMetrics.of(sample, constant);
        assertEquals(0.5, metrics.auc(), EXACT);
        assertEquals(0.5, metrics.gauc(), EXACT);
        int clicks = 0;
        for (boolean label : sample.labels()) {
            clicks += label ? 1 : 0;
        }
        double expected = -(clicks * Math.log(0.25) + (200 - clicks) * Math.log(0.75)) / 200;
        assertEquals(expected, metrics.logLoss(), EXACT);
    }

    @Test
    void shouldGiveOneOrZeroWhenPerfectOrReversed() {
        boolean[] labels = {true, false, true, false};
        assertEquals(1, ClickMetrics.auc(new float[] {0.9f, 0.1f, 0.8f, -2}, labels));
        assertEquals(0, ClickMetrics.auc(new float[] {0.1f, 0.9f, -1, 0.8f}, labels));
        assertEquals(0.5, ClickMetrics.auc(new float[] {0f, -0f, -0f, 0f}, labels));
    }

    @Test
    void shouldClipTheLogLossWhenSure() {
        double loss =
                ClickMetrics.logLoss(new float[] {0, 1, 1}, new boolean[] {true, false, true});
        assertEquals(
                -(2 * Math.log(ClickMetrics.CLIP) + Math.log(1 - ClickMetrics.CLIP)) / 3,
                loss,
                1e-6);
    }

    @Test
    void shouldGiveNoNumberWhenOnlyOneLabelOccurs() {
        boolean[] labels = {true, true};
        assertTrue(Double.isNaN(ClickMetrics.auc(new float[] {1, 2}, labels)));
        assertTrue(Double.isNaN(ClickMetrics.gauc(new float[] {1, 2}, labels, new int[] {0, 0})));
    }

    @Test
    void shouldRefuseScoresThatAreNotFiniteOrTooFew() {
        ClickSample sample = sample(1, 3, 1);
        assertEquals(ErrorCode.BAD_INPUT, codeOf(sample, new float[] {1, Float.NaN, 0}));
        assertEquals(ErrorCode.BAD_INPUT, codeOf(sample, new float[2]));
    }

    private static ErrorCode codeOf(ClickSample sample, float[] scores) {
        return assertThrows(MillraceException.class, () -> ClickMetrics.of(sample, scores)).code();
    }

    /** Of one user, or of all when the user is -1. */
    private static double aucByPairs(float[] scores, ClickSample sample, int user) {
        double wins = 0;
        long pairs = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                boolean counts =
                        user < 0 || (sample.users()[i] == user && sample.users()[j] == user);
                if (counts && sample.labels()[i] && !sample.labels()[j]) {
                    wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    pairs++;
                }
            }
        }
        return wins / pairs;
    }

    private static int countOf(ClickSample sample, int user) {
        int count = 0;
        for (int other : sample.users()) {
            count += other == user ? 1 : 0;
        }
        return count;
    }

    private static float[] scores(long seed, int count, int distinct) {
        SplitRandom random = SplitRandom.forStream(seed, 1);
        float[] scores = new float[count];
        for (int i = 0; i < count; i++) {
            int level = random.nextInt(distinct) - distinct / 2;
            scores[i] = level == 0 && random.nextInt(2) == 0 ? -0f : level / 7f;
        }
        return scores;
    }

    private static ClickSample sample(long seed, int count, int users) {
        SplitRandom random = new SplitRandom(seed);
        long[] events = new long[count];
        int[] rows = new int[count];
        boolean[] labels = new boolean[count];
        for (int i = 0; i < count; i++) {
            events[i] = i;
            rows[i] = random.nextInt(users);
            labels[i] = random.nextInt(3) == 0;
        }
        // A user with one label only, who must not count.
        if (count > 10) {
            rows[0] = users - 1;
            labels[0] = true;
        }
        return new ClickSample(events, rows, labels);
    }
}
