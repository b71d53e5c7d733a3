package io.millrace.core.log;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** Clocks that stand until they are moved. */
final class ManualClock implements InstantSource {
    private long nowMs = 1_700_000_000_000L;
    private long passedMs;

    void advance(long ms) {
        nowMs += ms;
        passedMs += ms;
    }

    /** Somebody sets the clock of the wall, and no time passes. */
    void set(long ms) {
        nowMs = ms;
    }

    long steadyNs() {
        return TimeUnit.MILLISECONDS.toNanos(passedMs);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMs);
    }
}
