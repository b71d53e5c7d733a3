package io.millrace.index.plan;

/**
 * How fast a planned index will be.
 *
 * <p>Effort, visits and the time of the build follow the lines of small indexes over the logarithm
 * of their rows. The time of a search is not calculated: the largest of the small indexes is
 * searched with an effort that visits as many rows as the planned one will, in so many copies as
 * fill the planned memory (or a part of it that no cache holds), so that caches and page tables
 * miss as often. {@code docs/decisions} has what this was measured against.
 *
 * @param ef effort that the recall needs.
 * @param visits rows that a search measures exactly on its way.
 * @param searchNs nanoseconds of a search on one thread.
 * @param buildSeconds wall time of the build where the code is compiled already.
 * @param warmUpSeconds what the first build of a process takes longer, until it is.
 */
public record SpeedEstimate(
        double ef, double visits, double searchNs, double buildSeconds, double warmUpSeconds) {
    private static final double NS_PER_SECOND = 1e9;

    /**
     * Searches of one thread, one after another.
     *
     * @return how many in a second.
     */
    public double queriesPerSecond() {
        return NS_PER_SECOND / searchNs;
    }

    /**
     * Wall time of the build in a process that has just begun.
     *
     * @return seconds.
     */
    public double coldBuildSeconds() {
        return buildSeconds + warmUpSeconds;
    }

    /**
     * The shorter times of two estimates: what disturbs a machine makes it slower, never faster.
     */
    SpeedEstimate fastest(SpeedEstimate other) {
        return new SpeedEstimate(
                ef,
                visits,
                Math.min(searchNs, other.searchNs),
                Math.min(buildSeconds, other.buildSeconds),
                Math.min(warmUpSeconds, other.warmUpSeconds));
    }
}
