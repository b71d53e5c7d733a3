package io.millrace.server.funnel.scoring;

import io.millrace.core.HotPath;

/**
 * How long scoring takes a candidate, learnt from what it took lately.
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
public final class RankingPace {
    /** Part of the time left that scoring may take: rules and the way out need the rest. */
    private static final double LARGEST_SHARE = 0.75;

    /** Part that the newest time has in what is learnt. */
    private static final double NEWEST_SHARE = 1 / 16.0;

    private double nsPerCandidate;

    /** Notes how long candidates took, of which there was at least one. */
    public void took(int count, long ns) {
        double newest = (double) ns / count;
        nsPerCandidate += nsPerCandidate == 0 ? newest : NEWEST_SHARE * (newest - nsPerCandidate);
    }

    /** Whether there is time for so many; before any was timed, whether there is any. */
    public boolean hasTimeFor(int count, long leftNs) {
        return count * nsPerCandidate <= LARGEST_SHARE * leftNs;
    }
}
