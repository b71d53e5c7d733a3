package io.millrace.server.security;

import io.millrace.core.HotPath;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket as one number: when it would be full again (the generic cell rate algorithm of
 * ITU-T I.371).
 *
 * <p>Threading: any number of threads, without locks. Allocation: none.
 */
@HotPath
final class RateLimit {
    private final double perSecond;
    private final int burst;
    private final long intervalNs;
    private final long capacityNs;
    private final AtomicLong fullAtNs;

    /** A full bucket. */
    RateLimit(double perSecond, int burst, long nowNs) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.intervalNs = Math.max(1, Math.round(TimeUnit.SECONDS.toNanos(1) / perSecond));
        this.capacityNs = Math.multiplyExact(intervalNs, (long) burst);
        this.fullAtNs = new AtomicLong(nowNs);
    }

    /** Takes one; 0 where there was one, else the time until there is. */
    long take(long nowNs) {
        while (true) {
            long fullNs = fullAtNs.get();
            long fromNs = fullNs - nowNs > 0 ? fullNs : nowNs;
            long nextNs = fromNs + intervalNs;
            long lackingNs = nextNs - nowNs - capacityNs;
            if (lackingNs > 0) {
                return lackingNs;
            }
            if (fullAtNs.compareAndSet(fullNs, nextNs)) {
                return 0;
            }
        }
    }

    /** Whether it is as wanted, so that it may go on as it is. */
    boolean isOf(double otherPerSecond, int otherBurst) {
        return perSecond == otherPerSecond && burst == otherBurst;
    }
}
