package io.millrace.loadgen.limit;

import io.millrace.core.error.MillraceException;

import java.util.OptionalDouble;

/**
 * What has to hold at a rate. Beside what is said here no more than one request in a thousand may
 * go without an OK answer, and every answer has to make sense.
 *
 * @param latency of each kind of request that is named.
 * @param recall searches find at least this part of the items that exact search finds.
 * @param ndcgLoss of the NDCG@10 that the same users' answers have without load, this part is lost
 *     at most.
 */
public record LimitGoals(LatencyGoals latency, OptionalDouble recall, OptionalDouble ndcgLoss) {
    /** The largest part of the requests that may be refused, fail or time out. */
    public static final double MOST_UNANSWERED = 0.001;

    /** Checks every value. */
    public LimitGoals {
        requirePart("recall", recall);
        requirePart("ndcgLoss", ndcgLoss);
    }

    private static void requirePart(String name, OptionalDouble part) {
        if (part.isPresent() && !(part.getAsDouble() >= 0 && part.getAsDouble() <= 1)) {
            throw MillraceException.usage(
                    "out of range: %s=%s, limit=0 to 1", name, part.getAsDouble());
        }
    }
}
