package io.millrace.server.metrics;

import io.millrace.core.HotPath;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A number that one thread changes and any thread reads.
 *
 * <p>Allocation: none.
 */
@HotPath
public final class Counter {
    private final AtomicLong value = new AtomicLong();

    /** Makes a counter at zero. */
    public Counter() {}

    /** Adds one. */
    public void increment() {
        add(1);
    }

    /**
     * Adds some.
     *
     * @param amount may be negative
     */
    public void add(long amount) {
        value.setRelease(value.getPlain() + amount);
    }

    /**
     * Reads the number.
     *
     * @return the sum of what was added
     */
    public long get() {
        return value.getAcquire();
    }
}
