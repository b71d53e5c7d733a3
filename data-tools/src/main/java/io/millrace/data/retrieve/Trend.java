package io.millrace.data.retrieve;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.collaborative.WatchCounts;

/**
 * Which items are on the rise: the logarithm of how often an item is among the last of a history by
 * how often it is in any, in deviations from the mean of all items.
 *
 * <p>How it was chosen: docs/decisions/0018-retrievers-beside-the-towers.md.
 */
public final class Trend {
    /** Watches at the end of each history that tell what is on the rise. */
    private static final int LAST = 3;

    /** Below this deviation, values differ by rounding only. */
    private static final double LEAST_DEVIATION = 1e-9;

    private Trend() {}

    /**
     * The trend of all items.
     *
     * @param dataset whose histories tell it.
     * @return by ordinal; of mean 0 and deviation 1, or all 0.
     */
    public static float[] of(Dataset dataset) {
        WatchCounts all = WatchCounts.of(dataset, Integer.MAX_VALUE);
        float[] trend = WatchCounts.of(dataset, LAST).trendAgainst(all);
        standardise(trend);
        return trend;
    }

    /** Brings values to mean 0 and deviation 1; values that are all the same become 0. */
    static void standardise(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double squares = 0;
        for (float value : values) {
            squares += (value - mean) * (value - mean);
        }
        double deviation = Math.sqrt(squares / values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = deviation < LEAST_DEVIATION ? 0 : (float) ((values[i] - mean) / deviation);
        }
    }
}
