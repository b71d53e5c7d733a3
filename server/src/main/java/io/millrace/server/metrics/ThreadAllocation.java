package io.millrace.server.metrics;

import io.millrace.core.metrics.AllocationMeter;

import java.util.ArrayList;
import java.util.List;

/**
 * Bytes that the threads serving requests have allocated on the heap.
 *
 * <p>Threading: any thread.
 */
public final class ThreadAllocation {
    private final List<Thread> threads = new ArrayList<>();
    private volatile AllocationMeter meter = new AllocationMeter();

    ThreadAllocation() {}

    /**
     * Counts a thread in.
     *
     * @param thread a thread that serves requests
     */
    public synchronized void add(Thread thread) {
        threads.add(thread);
        meter = new AllocationMeter(threads.toArray(Thread[]::new));
    }

    /**
     * What they have allocated since they began; one that has ended counts no more.
     *
     * @return bytes
     */
    public long bytes() {
        return meter.allocatedBytes();
    }
}
