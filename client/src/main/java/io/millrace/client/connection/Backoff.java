package io.millrace.client.connection;

import io.millrace.core.error.MillraceException;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after one failure, and after several: twice as long each time, up to a limit. A
 * random half of it is left out, so that what failed together does not come back together.
 *
 * @param first after the first failure.
 * @param most however many there were.
 */
public record Backoff(Duration first, Duration most) {
    private static final Duration LIMIT = Duration.ofHours(1);

    /**
     * Checks the limits.
     *
     * @throws MillraceException USAGE when they make no sense.
     */
    public Backoff {
        if (first.isNegative()
                || first.isZero()
                || most.compareTo(first) < 0
                || most.compareTo(LIMIT) > 0) {
            throw MillraceException.usage(
                    "bad back-off: first=%s, most=%s, limit=%s; take first above 0 and most not"
                            + " below it",
                    first, most, LIMIT);
        }
    }

    /** The time to wait after so many failures, 1 or more. */
    long delayNs(int failures, RandomGenerator random) {
        long limitNs = most.toNanos();
        long fullNs = first.toNanos();
        for (int i = 1; i < failures && fullNs < limitNs; i++) {
            fullNs *= 2;
        }
        fullNs = Math.min(fullNs, limitNs);
        return fullNs - random.nextLong(fullNs / 2 + 1);
    }
}
