package io.millrace.data.train.collaborative;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.SeenItems;

/**
 * How many users watched each item, in all of their history or at the end of it.
 *
 * <p>Threading: immutable. Allocation: the answers.
 */
public final class WatchCounts {
    /** What every item is given of the mean count before ratios are taken. */
    private static final double SMOOTHING = 0.1;

    private final long[] counts;
    private final double mean;

    private WatchCounts(long[] counts) {
        this.counts = counts;
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        this.mean = (double) sum / Math.max(1, counts.length);
    }

    /**
     * Counts.
     *
     * @param dataset whose histories are counted.
     * @param last how many items at the end of each history count.
     * @return the counts; a user counts once for an item.
     */
    public static WatchCounts of(Dataset dataset, int last) {
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        long[] counts = new long[dataset.items().count()];
        for (int user = 0; user < dataset.users().count(); user++) {
            for (int ordinal : seen.lastWatched(user, last)) {
                counts[ordinal]++;
            }
        }
        return new WatchCounts(counts);
    }

    /**
     * The counts.
     *
     * @return a copy, by ordinal.
     */
    public long[] toArray() {
        return counts.clone();
    }

    /**
     * How much more an item is watched here than there: the logarithm of the ratio of its counts,
     * each smoothed by a tenth of its mean, so that few watches tell little.
     *
     * @param base the counts to compare with.
     * @return by ordinal; above 0 where an item is on the rise.
     */
    public float[] trendAgainst(WatchCounts base) {
        float[] trend = new float[counts.length];
        for (int item = 0; item < trend.length; item++) {
            trend[item] = (float) (smoothedLogarithm(item) - base.smoothedLogarithm(item));
        }
        return trend;
    }

    /**
     * How much more an item is watched here than its share there says: the logarithm of the ratio
     * of its count to the one expected, to each of which as many watches are added. So what is told
     * by few watches is drawn towards 0, however many there are of other items.
     *
     * @param base the counts that tell what is expected.
     * @param prior what is added, above 0.
     * @return by ordinal; above 0 where an item is on the rise, 0 where it was never watched.
     */
    public float[] trendAgainst(WatchCounts base, double prior) {
        double ratio = base.mean == 0 ? 0 : mean / base.mean;
        float[] trend = new float[counts.length];
        for (int item = 0; item < trend.length; item++) {
            double expected = ratio * base.counts[item];
            trend[item] = (float) Math.log((counts[item] + prior) / (expected + prior));
        }
        return trend;
    }

    private double smoothedLogarithm(int item) {
        return Math.log(Math.max(counts[item] + SMOOTHING * mean, Double.MIN_NORMAL));
    }
}
