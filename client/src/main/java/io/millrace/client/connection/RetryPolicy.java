package io.millrace.client.connection;

import io.millrace.core.error.MillraceException;

import java.time.Duration;

/**
 * When a request is sent again. Only what changes nothing is, and only while its deadline allows:
 * after its connection was lost, and, to another address, where a server was overloaded or shutting
 * down.
 *
 * @param attempts the most a request is sent, the first time counted.
 * @param backoff between two of them.
 * @param share of all requests that may be sent again, 0 to 1. What is not used adds up, to a
 *     hundred requests at the most; so when all servers are in trouble, the load they get grows by
 *     this share and not by the number of attempts.
 */
public record RetryPolicy(int attempts, Backoff backoff, double share) {
    /** Three attempts, a tenth of all requests. */
    public static final RetryPolicy STANDARD =
            new RetryPolicy(3, new Backoff(Duration.ofMillis(10), Duration.ofMillis(200)), 0.1);

    /** Everything is sent once. */
    public static final RetryPolicy NONE = new RetryPolicy(1, STANDARD.backoff(), 0);

    /**
     * Checks the limits.
     *
     * @throws MillraceException USAGE when one makes no sense.
     */
    public RetryPolicy {
        if (attempts < 1) {
            throw MillraceException.usage("bad retries: attempts=%d, limit=1 or more", attempts);
        }
        if (!(share >= 0 && share <= 1)) {
            throw MillraceException.usage("bad retries: share=%s, limit=0 to 1", share);
        }
    }
}
