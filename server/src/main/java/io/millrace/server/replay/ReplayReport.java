package io.millrace.server.replay;

import io.millrace.core.log.LogDamage;

import java.util.List;

/**
 * What a replay has found.
 *
 * @param replayed requests that were answered again
 * @param equal those answered with the same items and the same bits of scores
 * @param first the first that were not
 * @param withLaterItems requests that were not, since items were asked for or answered that came
 *     later than the bundle
 * @param otherVectorBits width of the vectors of a processor that answered, where it is not that of
 *     this one and scores may differ in their last bits for it; 0 where it is
 * @param foreignFiles files of the log that another bundle answered, passed over
 * @param damage what of the log could not be read
 */
public record ReplayReport(
        long replayed,
        long equal,
        List<ReplayDifference> first,
        long withLaterItems,
        int otherVectorBits,
        int foreignFiles,
        LogDamage damage) {
    /** Copies the list. */
    public ReplayReport {
        first = List.copyOf(first);
    }

    /**
     * Requests that are answered otherwise than they were.
     *
     * @return the count.
     */
    public long different() {
        return replayed - equal;
    }
}
