package io.millrace.loadgen.plan;

import io.millrace.core.error.MillraceException;

import java.util.Arrays;

/**
 * When requests came that were recorded, and for whom: load as it was, with its rushes and lulls
 * and users who come again.
 *
 * <p>Threading: immutable, as long as nobody writes to the arrays.
 *
 * @param startsNs nanoseconds since the first, which is 0; in order.
 * @param userIds one for each.
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record LoadTrace(long[] startsNs, long[] userIds) {
    private static final double NS_PER_SECOND = 1e9;

    /** Checks that it is one. */
    public LoadTrace {
        if (startsNs.length != userIds.length) {
            throw MillraceException.usage(
                    "as many users as requests: requests=%d, users=%d",
                    startsNs.length, userIds.length);
        }
        if (startsNs.length < 2 || startsNs.length > LoadPlan.MAX_REQUESTS) {
            throw MillraceException.usage(
                    "too few or too many requests: requests=%d, limit=2 to %d",
                    startsNs.length, LoadPlan.MAX_REQUESTS);
        }
        if (startsNs[0] != 0 || startsNs[startsNs.length - 1] == 0) {
            throw MillraceException.usage(
                    "a trace begins at 0 and takes some time: first=%d, last=%d",
                    startsNs[0], startsNs[startsNs.length - 1]);
        }
        for (int i = 1; i < startsNs.length; i++) {
            if (startsNs[i] < startsNs[i - 1]) {
                throw MillraceException.usage(
                        "a trace goes forth in time: request=%d, ns=%d, before=%d",
                        i, startsNs[i], startsNs[i - 1]);
            }
        }
    }

    /**
     * How many requests came.
     *
     * @return at least 2.
     */
    public int count() {
        return startsNs.length;
    }

    /**
     * How long it took.
     *
     * @return seconds from the first to the last.
     */
    public double seconds() {
        return startsNs[count() - 1] / NS_PER_SECOND;
    }

    /**
     * How many came in a second.
     *
     * @return the mean.
     */
    public double ratePerSecond() {
        return (count() - 1) / seconds();
    }

    /**
     * The same requests in another time.
     *
     * @param ratePerSecond of the new trace, in the mean.
     * @return all gaps longer or shorter by the same factor.
     */
    public LoadTrace atRate(double ratePerSecond) {
        if (!(ratePerSecond > 0 && ratePerSecond <= LoadPlan.MAX_RATE)) {
            throw MillraceException.usage(
                    "out of range: ratePerSecond=%s, limit=above 0 to %.0f",
                    ratePerSecond, LoadPlan.MAX_RATE);
        }
        double factor = ratePerSecond() / ratePerSecond;
        return new LoadTrace(
                Arrays.stream(startsNs).map(ns -> (long) (ns * factor)).toArray(), userIds);
    }

    /**
     * The beginning of it.
     *
     * @param seconds what came later is left out.
     * @return at least two requests.
     */
    public LoadTrace first(double seconds) {
        int kept = 0;
        while (kept < count() && startsNs[kept] <= seconds * NS_PER_SECOND) {
            kept++;
        }
        return new LoadTrace(Arrays.copyOf(startsNs, kept), Arrays.copyOf(userIds, kept));
    }
}
