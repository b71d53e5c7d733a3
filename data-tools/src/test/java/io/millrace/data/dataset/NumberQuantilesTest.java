package io.millrace.data.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;

import org.junit.jupiter.api.Test;

import java.util.List;

final class NumberQuantilesTest {
    @Test
    void shouldFillBucketsEvenlyWhenAllValuesDiffer() {
        SplitRandom random = new SplitRandom(8);
        float[] values = new float[1_003];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 100 == 50 ? Float.NaN : (float) Math.exp(3 * random.nextGaussian());
        }
        int[] sizes = sizes(values, 8);
        assertEquals(8, sizes.length);
        for (int size : sizes) {
            assertTrue(size >= 124 && size <= 125, "of 993 an eighth: " + size);
        }
    }

    @Test
    void shouldLeaveNoBucketEmptyWhenValuesRepeat() {
        SplitRandom random = new SplitRandom(9);
        for (int round = 0; round < 300; round++) {
            float[] values = new float[1 + random.nextInt(60)];
            int different = 1 + random.nextInt(9);
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(different) - 4;
            }
            for (int size : sizes(values, 1 + random.nextInt(12))) {
                assertTrue(size > 0, "round=" + round);
            }
        }
    }

    @Test
    void shouldGiveValuesOfTheDataAsBounds() {
        assertEquals(List.of(2f, 3f, 4f), NumberQuantiles.bounds(new float[] {4, 1, 3, 2}, 4));
        assertEquals(List.of(9f), NumberQuantiles.bounds(new float[] {0, 0, 0, 9}, 4));
    }

    @Test
    void shouldGiveOneBucketWhenThereIsNothingToPart() {
        assertEquals(List.of(), NumberQuantiles.bounds(new float[] {5, 5, 5}, 4));
        assertEquals(List.of(), NumberQuantiles.bounds(new float[] {-0f, 0f}, 2));
        assertEquals(List.of(), NumberQuantiles.bounds(new float[] {Float.NaN}, 4));
        assertEquals(List.of(), NumberQuantiles.bounds(new float[] {1, 2, 3}, 1));
    }

    /** How many values fall in each bucket. */
    private static int[] sizes(float[] values, int buckets) {
        List<Float> bounds = NumberQuantiles.bounds(values, buckets);
        FeatureField field = FeatureField.quantiles(FeatureScope.ITEM, "x", bounds);
        int[] sizes = new int[bounds.size() + 1];
        for (float value : values) {
            if (!Float.isNaN(value)) {
                sizes[field.bucketId(value) - FeatureField.FIRST]++;
            }
        }
        return sizes;
    }
}
