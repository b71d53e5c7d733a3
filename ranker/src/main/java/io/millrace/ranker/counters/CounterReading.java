package io.millrace.ranker.counters;

import io.millrace.core.HotPath;

/**
 * What one or several cells were worth at one moment; filled again and again by {@link
 * CounterCells#readInto} or {@link CounterCells#addTo}.
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
public final class CounterReading {
    /** As many impressions at the usual rate are added, so that a few tell little. */
    private static final double PRIOR_IMPRESSIONS = 20;

    private double impressions;
    private double clicks;
    private double watches;

    /** A reading of nothing. */
    public CounterReading() {}

    /** Makes it a reading of nothing. */
    public void clear() {
        impressions = 0;
        clicks = 0;
        watches = 0;
    }

    void add(double moreImpressions, double moreClicks, double moreWatches) {
        impressions += moreImpressions;
        clicks += moreClicks;
        watches += moreWatches;
    }

    /**
     * Whether nothing has ever happened to it.
     *
     * @return false also for what has all but faded.
     */
    public boolean isEmpty() {
        return impressions == 0 && clicks == 0 && watches == 0;
    }

    /**
     * How often it was shown.
     *
     * @return the faded count.
     */
    public double impressions() {
        return impressions;
    }

    /**
     * Clicks by impressions.
     *
     * @return 0 to 1; 0 without impressions.
     */
    public double clickRate() {
        return rate(clicks, 0, 0);
    }

    /**
     * Clicks by impressions, the fewer of these the nearer to a usual rate.
     *
     * @param usual the rate of everything.
     * @return 0 to 1.
     */
    public double clickRate(double usual) {
        return clickRate(usual, PRIOR_IMPRESSIONS);
    }

    /**
     * Clicks by impressions, as if there had been some more at a usual rate.
     *
     * @param usual the rate of everything.
     * @param prior how many more.
     * @return 0 to 1.
     */
    public double clickRate(double usual, double prior) {
        return rate(clicks, usual, prior);
    }

    /**
     * Watched shares by impressions: how much of it was watched, on the average of those it was
     * shown to.
     *
     * @return 0 to 1; 0 without impressions.
     */
    public double watchRate() {
        return rate(watches, 0, 0);
    }

    /**
     * Watched shares by impressions, the fewer of these the nearer to a usual rate.
     *
     * @param usual the rate of everything.
     * @return 0 to 1.
     */
    public double watchRate(double usual) {
        return watchRate(usual, PRIOR_IMPRESSIONS);
    }

    /**
     * Watched shares by impressions, as if there had been some more at a usual rate.
     *
     * @param usual the rate of everything.
     * @param prior how many more.
     * @return 0 to 1.
     */
    public double watchRate(double usual, double prior) {
        return rate(watches, usual, prior);
    }

    /** Some clients tell of clicks on what they never told was shown; so the limit of 1. */
    private double rate(double events, double usual, double prior) {
        double shown = impressions + prior;
        return shown == 0 ? 0 : Math.min(1, (events + prior * usual) / shown);
    }
}
