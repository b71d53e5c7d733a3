package io.millrace.server.metrics;

import io.millrace.core.HotPath;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Numbers that one thread counts up and any thread reads.
 *
 * <p>Allocation: none when counting.
 */
@HotPath
final class CounterArray {
    private final AtomicLongArray counts;

    CounterArray(int length) {
        counts = new AtomicLongArray(length);
    }

    void increment(int index) {
        counts.setRelease(index, counts.getPlain(index) + 1);
    }

    long get(int index) {
        return counts.getAcquire(index);
    }
}
