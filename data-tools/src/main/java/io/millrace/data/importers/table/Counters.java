package io.millrace.data.importers.table;

/**
 * Counters of events as numeric features. Rates are smoothed towards the mean of all by
 * pseudo-counts, so that a single event tells little: {@code (events + prior · mean) / (views +
 * prior)}.
 */
public final class Counters {
    private Counters() {}

    /**
     * Logarithms of counts.
     *
     * @param counts the counts.
     * @return log(1 + count) of each.
     */
    public static float[] logs(int[] counts) {
        float[] result = new float[counts.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) StrictMath.log1p(counts[i]);
        }
        return result;
    }

    /**
     * Smoothed rates.
     *
     * @param events how often it came so.
     * @param views how often it could have.
     * @param prior how many views of average success are added.
     * @param mean rate over all.
     * @return the rate of each.
     */
    public static float[] rates(int[] events, int[] views, double prior, double mean) {
        float[] result = new float[events.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) ((events[i] + prior * mean) / (views[i] + prior));
        }
        return result;
    }

    /**
     * The rate over all.
     *
     * @param events how often it came so.
     * @param views how often it could have.
     * @return 0 where there were no views.
     */
    public static double meanRate(int[] events, int[] views) {
        return (double) sum(events) / Math.max(1, sum(views));
    }

    private static long sum(int[] values) {
        long sum = 0;
        for (int value : values) {
            sum += value;
        }
        return sum;
    }
}
