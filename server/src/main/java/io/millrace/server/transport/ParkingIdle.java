package io.millrace.server.transport;

import io.millrace.core.HotPath;

import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at the queue a little longer, then sleeps until {@link #wake} is called.
 *
 * <p>Threading: one thread idles, any thread wakes. Allocation: none.
 */
@HotPath
final class ParkingIdle implements IdleStrategy {
    private static final int SPINS = 100;
    private static final long LONGEST_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Queue<?> queue;
    private volatile boolean isParked;
    private volatile @Nullable Thread sleeper;

    ParkingIdle(Queue<?> queue) {
        this.queue = queue;
    }

    @Override
    public void idle(int workCount) {
        if (workCount == 0) {
            idle();
        }
    }

    @Override
    public void idle() {
        for (int i = 0; i < SPINS; i++) {
            if (!queue.isEmpty()) {
                return;
            }
            Thread.onSpinWait();
        }
        // Another one where the worker's thread was replaced.
        if (!Thread.currentThread().equals(sleeper)) {
            sleeper = Thread.currentThread();
        }
        isParked = true;
        if (queue.isEmpty()) {
            LockSupport.parkNanos(this, LONGEST_SLEEP_NS);
        }
        isParked = false;
    }

    @Override
    public void reset() {}

    /** To be called after something was put into the queue. */
    void wake() {
        // Orders the caller's offer before the read: either the sleeper sees the element or we see
        // it
        // parked.
        VarHandle.fullFence();
        if (isParked) {
            LockSupport.unpark(sleeper);
        }
    }
}
