package io.millrace.data.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

final class AliasTableTest {
    private static final int DRAWS = 200_000;

    @Test
    void shouldDrawInProportionToTheWeights() {
        double[] weights = {3, 0, 1, 0.5, 5.5, 1e-9};
        int[] values = {10, 11, 12, 13, 14, 15};
        int[] counts = count(new AliasTable(values, weights), 16);
        for (int i = 0; i < values.length; i++) {
            double share = weights[i] / 10;
            // Five deviations of the binomial law.
            double tolerance = 5 * Math.sqrt(share * (1 - share) / DRAWS) + 1e-5;
            assertEquals(share, (double) counts[values[i]] / DRAWS, tolerance, "value " + i);
        }
        assertEquals(0, counts[11], "a weight of 0 is never drawn");
    }

    @Test
    void shouldDrawTheOnlyValueThereIs() {
        assertEquals(7, new AliasTable(new int[] {7}, new double[] {0.1}).draw(new SplitRandom(1)));
    }

    @Test
    void shouldFollowZipfsLaw() {
        int[] counts = count(AliasTable.zipf(1_000, 1), 1_000);
        assertEquals(2, (double) counts[0] / counts[1], 0.15);
        assertEquals(10, (double) counts[0] / counts[9], 1);
        assertTrue(counts[0] > 20 * counts[99], "rank 100 is drawn a hundredth as often");
    }

    private static int[] count(AliasTable table, int values) {
        SplitRandom random = new SplitRandom(42);
        int[] counts = new int[values];
        for (int i = 0; i < DRAWS; i++) {
            counts[table.draw(random)]++;
        }
        return counts;
    }
}
