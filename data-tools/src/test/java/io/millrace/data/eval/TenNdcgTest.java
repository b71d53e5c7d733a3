package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

final class TenNdcgTest {
    private static final int ITEMS = 40;
    private static final double EXACT = 1e-9;

    @Test
    void shouldEqualTheDefinitionWhenRandom() {
        SplitRandom random = new SplitRandom(3);
        TenNdcg judge = new TenNdcg(ITEMS);
        for (int user = 0; user < 100; user++) {
            float[] gains = randomGains(random);
            int[] seen = {user % ITEMS, (user + 7) % ITEMS};
            int[] list = randomList(random);
            gainsInto(judge, gains);
            assertTrue(judge.begin(seen));
            assertEquals(ndcg(list, gains, seen), judge.of(list), EXACT);
        }
    }

    @Test
    void shouldGiveOneToTheBestTenAndNothingToSeenOnes() {
        TenNdcg judge = new TenNdcg(ITEMS);
        for (int i = 0; i < ITEMS; i++) {
            judge.gains()[i] = i;
        }
        assertTrue(judge.begin(new int[] {39, 38}));
        assertEquals(1, judge.of(new int[] {37, 36, 35, 34, 33, 32, 31, 30, 29, 28}), EXACT);
        assertEquals(0, judge.of(new int[] {39, 38, 0}), EXACT);
    }

    @Test
    void shouldCountAnItemOnceAndUnknownOnesNever() {
        TenNdcg judge = new TenNdcg(ITEMS);
        judge.gains()[5] = 1;
        assertTrue(judge.begin(new int[0]));
        assertEquals(1, judge.of(new int[] {5, 5, 5}), EXACT);
        assertEquals(1 / (Math.log(3) / Math.log(2)), judge.of(new int[] {-1, 5}), EXACT);
        assertEquals(0, judge.of(new int[0]), EXACT);
    }

    @Test
    void shouldNotCountWhatComesAfterTen() {
        TenNdcg judge = new TenNdcg(ITEMS);
        judge.gains()[11] = 1;
        assertTrue(judge.begin(new int[0]));
        int[] eleven = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11};
        assertEquals(0, judge.of(eleven), EXACT);
    }

    @Test
    void shouldNotJudgeWhenThereIsNothingToGain() {
        TenNdcg judge = new TenNdcg(ITEMS);
        judge.gains()[5] = 1;
        assertFalse(judge.begin(new int[] {5}));
    }

    @Test
    void shouldExpectOfRandomListsWhatManyOfThemGive() {
        SplitRandom random = new SplitRandom(4);
        TenNdcg judge = new TenNdcg(ITEMS);
        gainsInto(judge, randomGains(random));
        int[] seen = {1, 2, 3};
        assertTrue(judge.begin(seen));
        double sum = 0;
        int rounds = 0;
        while (rounds < 20_000) {
            int[] list = randomList(random);
            if (Arrays.stream(list).noneMatch(ordinal -> ordinal >= 1 && ordinal <= 3)) {
                sum += judge.of(list);
                rounds++;
            }
        }
        assertEquals(judge.random(ITEMS - seen.length), sum / rounds, 0.005);
    }

    private static double ndcg(int[] list, float[] gains, int[] seen) {
        float[] left = gains.clone();
        for (int ordinal : seen) {
            left[ordinal] = 0;
        }
        float[] sorted = left.clone();
        Arrays.sort(sorted);
        double gained = 0;
        double ideal = 0;
        for (int rank = 0; rank < 10; rank++) {
            double discount = Math.log(2) / Math.log(rank + 2);
            gained += left[list[rank]] * discount;
            ideal += sorted[sorted.length - 1 - rank] * discount;
        }
        return gained / ideal;
    }

    private static void gainsInto(TenNdcg judge, float[] gains) {
        System.arraycopy(gains, 0, judge.gains(), 0, gains.length);
    }

    private static float[] randomGains(SplitRandom random) {
        float[] gains = new float[ITEMS];
        for (int i = 0; i < ITEMS; i++) {
            gains[i] = random.nextFloat();
        }
        return gains;
    }

    /** Ten distinct ordinals. */
    private static int[] randomList(SplitRandom random) {
        int[] all = new int[ITEMS];
        for (int i = 0; i < ITEMS; i++) {
            int other = random.nextInt(i + 1);
            all[i] = all[other];
            all[other] = i;
        }
        return Arrays.copyOf(all, 10);
    }
}
