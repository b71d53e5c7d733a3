package io.millrace.loadgen.limit;

import io.millrace.core.error.MillraceException;

import java.util.OptionalDouble;

/**
 * What has to hold at a rate. Beside what is said here no more than one request in a thousand may
 * go without an OK answer, and every answer has to make sense.
 *
 * @param p99Ms the 99th percentile of latency from the intended start, in milliseconds, is this at
 *     most.
 * @param recall searches find at least this part of the items that exact search finds.
 * @param ndcgLoss of the NDCG@10 that the same users' answers have without load, this part is lost
 *     at most.
 */
public record LimitGoals(double p99Ms, OptionalDouble recall, OptionalDouble ndcgLoss) {
    /** The largest part of the requests that may be refused, fail or time out. */
    public static final double MOST_UNANSWERED = 0.001;

    private static final double MOST_P99_MS = 600_000;

    /** Checks every value. */
    public LimitGoals {
        if (!(p99Ms > 0 && p99Ms <= MOST_P99_MS)) {
            throw MillraceException.usage(
                    "out of range: p99Ms=%s, limit=above 0 to %.0f", p99Ms, MOST_P99_MS);
        }
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
