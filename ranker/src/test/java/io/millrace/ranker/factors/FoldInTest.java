package io.millrace.ranker.factors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

final class FoldInTest {
    private static final FactorSettings SETTINGS = new FactorSettings(24, 0.2f, 0.02f, 0.5f);

    private final ItemFactors items =
            new ItemFactors(
                    SETTINGS, FactorWorld.gaussians(FactorWorld.ITEMS * SETTINGS.dimension(), 3));

    /** The objective is a bowl, so its bottom is where it falls in no direction. */
    @Test
    void shouldFindTheVectorThatExplainsTheHistoryBest() {
        double[] weights = new double[FactorWorld.ITEMS];
        weights[4] = 1;
        weights[8] = 1.5;
        weights[15] = 1;
        weights[16] = 1.5;
        try (RowTable user = FactorWorld.user(new int[] {4, 8, 15, 4}, new int[] {8, 16})) {
            float[] vector = embed(user);
            for (double slope : slopes(vector, weights)) {
                assertEquals(0, slope, 1e-4);
            }
            vector[3] += 0.01f;
            assertTrue(Math.abs(slopes(vector, weights)[3]) > 1e-2, "blind to a wrong vector");
        }
    }

    /** Half the gradient of the objective, from all items one by one. */
    private double[] slopes(float[] user, double[] weights) {
        double[] slopes = new double[user.length];
        int watched = 0;
        for (int item = 0; item < weights.length; item++) {
            int at = item * user.length;
            double score = 0;
            for (int i = 0; i < user.length; i++) {
                score += (double) user[i] * items.vectors()[at + i];
            }
            double pull = SETTINGS.unwatchedWeight() * score - weights[item] * (1 - score);
            for (int i = 0; i < user.length; i++) {
                slopes[i] += pull * items.vectors()[at + i];
            }
            watched += weights[item] > 0 ? 1 : 0;
        }
        double pairs = watched + (double) SETTINGS.unwatchedWeight() * weights.length;
        for (int i = 0; i < user.length; i++) {
            slopes[i] += SETTINGS.regularisation() * pairs * user[i];
        }
        return slopes;
    }

    @Test
    void shouldScoreByTheInnerProduct() {
        float[] user = FactorWorld.gaussians(SETTINGS.dimension(), 8);
        float[] scores = new float[FactorWorld.ITEMS];
        items.scoreInto(user, scores);
        assertEquals(FactorWorld.ITEMS, items.count());
        for (int item = 0; item < FactorWorld.ITEMS; item++) {
            double sum = 0;
            for (int i = 0; i < user.length; i++) {
                sum += (double) user[i] * items.vectors()[item * user.length + i];
            }
            assertEquals(sum, scores[item], 1e-4, "item=" + item);
        }
    }

    @Test
    void shouldHeedWhatHasJustBeenWatched() {
        float[] before = new float[FactorWorld.ITEMS];
        float[] after = new float[FactorWorld.ITEMS];
        try (RowTable user = FactorWorld.user(new int[] {4, 8}, new int[0]);
                RowTable later = FactorWorld.user(new int[] {4, 8, 30}, new int[0])) {
            items.scoreInto(embed(user), before);
            items.scoreInto(embed(later), after);
        }
        assertTrue(after[30] > before[30] + 0.5, before[30] + " -> " + after[30]);
    }

    @Test
    void shouldKnowNothingOfANewcomer() {
        try (RowTable newcomer = FactorWorld.user(new int[0], new int[0])) {
            assertArrayEquals(new float[SETTINGS.dimension()], embed(newcomer));
        }
    }

    @Test
    void shouldAllocateNothingOnceItIsWarm() {
        FoldIn foldIn = items.newFoldIn(FactorWorld.SCHEMA);
        float[] vector = new float[SETTINGS.dimension()];
        try (RowTable user = FactorWorld.user(new int[] {4, 8, 15, 4}, new int[] {8, 16})) {
            long least =
                    AllocationProbe.leastBytes(
                            500, () -> foldIn.embedInto(user.segment(), user.offset(0), vector));
            assertEquals(0, least);
        }
    }

    @Test
    void shouldRefuseSettingsThatExplainNothing() {
        assertRefused(0, 0.1f, 0.1f, 1);
        assertRefused(8, 0, 0.1f, 1);
        assertRefused(8, 0.1f, Float.NaN, 1);
        assertRefused(8, 0.1f, 0.1f, -0.1f);
        assertRefused(8, 0.1f, Float.POSITIVE_INFINITY, 1);
    }

    private static void assertRefused(
            int dimension, float unwatchedWeight, float regularisation, float longWeight) {
        assertThrows(
                MillraceException.class,
                () -> new FactorSettings(dimension, unwatchedWeight, regularisation, longWeight));
    }

    private float[] embed(RowTable user) {
        float[] vector = new float[SETTINGS.dimension()];
        Arrays.fill(vector, Float.NaN);
        items.newFoldIn(FactorWorld.SCHEMA).embedInto(user.segment(), user.offset(0), vector);
        return vector;
    }
}
