package io.millrace.data.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where to part numbers so that every part holds about as many of them. */
public final class NumberQuantiles {
    private NumberQuantiles() {}

    /**
     * Bounds between quantiles. A bound is one of the values and belongs to the bucket above it;
     * values that are met very often leave fewer buckets than asked for, none of them empty.
     *
     * @param values the values, NaN where missing.
     * @param buckets the most buckets, at least 1.
     * @return ascending bounds, at most {@code buckets - 1}.
     */
    public static List<Float> bounds(float[] values, int buckets) {
        float[] sorted = new float[values.length];
        int count = 0;
        for (float value : values) {
            if (!Float.isNaN(value)) {
                sorted[count++] = value;
            }
        }
        Arrays.sort(sorted, 0, count);
        List<Float> bounds = new ArrayList<>();
        float last = count == 0 ? 0 : sorted[0];
        for (int i = 1; i < buckets && count > 0; i++) {
            float bound = sorted[(int) ((long) i * count / buckets)];
            if (bound > last) {
                bounds.add(bound);
                last = bound;
            }
        }
        return bounds;
    }
}
