package io.millrace.core.metrics;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/**
 * Counts the heap bytes chosen threads have allocated, by the JVM's own per-thread counters.
 *
 * <p>Threading: any thread. Allocation: reading a counter allocates nothing.
 */
public final class AllocationMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long[] threadIds;

    /**
     * A meter over threads.
     *
     * @param threads the threads to count; one that has ended counts as zero.
     */
    public AllocationMeter(Thread... threads) {
        this.threadIds = new long[threads.length];
        for (int i = 0; i < threads.length; i++) {
            threadIds[i] = threads[i].threadId();
        }
    }

    /**
     * Bytes the threads have allocated since each was started.
     *
     * @return the sum in bytes.
     */
    public long allocatedBytes() {
        long sum = 0;
        for (long id : threadIds) {
            sum += Math.max(0, THREADS.getThreadAllocatedBytes(id));
        }
        return sum;
    }

    /**
     * Bytes the calling thread has allocated since it was started.
     *
     * @return bytes.
     */
    public static long currentThreadAllocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
