package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;

import java.util.concurrent.TimeUnit;

/**
 * The time that feedback is counted by. It is that of the wall as long as that goes on as time
 * does. Where somebody sets the clock it goes on as before, and follows when the clock has stayed
 * as it was set for {@link #PATIENCE_NS}: counts that have faded for ten years do not come back
 * when the clock does.
 *
 * <p>Threading: one thread at a time. Allocation: none.
 */
final class FeedbackClock {
    /** A machine that starts without knowing the time is told it within seconds. */
    static final long PATIENCE_NS = TimeUnit.MINUTES.toNanos(10);

    /** What is set by less is followed at once; nothing fades in that time. */
    static final long TOLERANCE_MS = TimeUnit.MINUTES.toMillis(1);

    /** Far off, and sums with it still fit a long. */
    private static final long MOST_MS = 1L << 60;

    private long baseMs;
    private long baseNs;
    private boolean isOff;
    private long offMs;
    private long offSinceNs;

    /**
     * A clock that is at least as late as what was counted before: one that is behind that was set
     * back, or was not set yet.
     *
     * @param countedMs when something was counted last, milliseconds since 1970 UTC
     * @param wallMs what the clock of the wall says
     * @param steadyNs what the clock says that nobody sets
     */
    FeedbackClock(long countedMs, long wallMs, long steadyNs) {
        baseMs = Math.clamp(Math.max(countedMs, wallMs), 0, MOST_MS);
        baseNs = steadyNs;
    }

    /**
     * The time.
     *
     * @param wallMs what the clock of the wall says
     * @param steadyNs what the clock says that nobody sets
     * @return milliseconds since 1970 UTC
     */
    @HotPath
    long nowMs(long wallMs, long steadyNs) {
        long expectedMs = baseMs + TimeUnit.NANOSECONDS.toMillis(steadyNs - baseNs);
        long apartMs = wallMs - expectedMs;
        boolean isNear = Math.abs(apartMs) <= TOLERANCE_MS;
        if (!isNear && (!isOff || Math.abs(apartMs - offMs) > TOLERANCE_MS)) {
            isOff = true;
            offMs = apartMs;
            offSinceNs = steadyNs;
        }
        if (!isNear && steadyNs - offSinceNs < PATIENCE_NS) {
            return expectedMs;
        }
        isOff = false;
        baseMs = wallMs;
        baseNs = steadyNs;
        return wallMs;
    }
}
