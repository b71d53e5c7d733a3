package io.millrace.server.metrics;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.server.request.RequestKind;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Requests by kind and status.
 *
 * <p>Threading: one thread counts, any thread reads. Allocation: none.
 */
@HotPath
public final class OutcomeCounters {
    private static final int STATUSES = 16;

    private final AtomicLongArray counts = new AtomicLongArray(RequestKind.count() * STATUSES);

    /** Makes counters at zero. */
    public OutcomeCounters() {}

    /**
     * Counts a request.
     *
     * @param kind what was asked for
     * @param status how it ended
     */
    public void count(RequestKind kind, Status status) {
        int at = kind.index() * STATUSES + status.code();
        counts.setRelease(at, counts.getPlain(at) + 1);
    }

    /**
     * Reads one counter.
     *
     * @param kind what was asked for
     * @param status how it ended
     * @return how many so far
     */
    public long get(RequestKind kind, Status status) {
        return counts.getAcquire(kind.index() * STATUSES + status.code());
    }
}
