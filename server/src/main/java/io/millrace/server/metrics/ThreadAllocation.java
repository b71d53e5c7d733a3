package io.millrace.server.metrics;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Bytes that the threads serving requests have allocated on the heap.
 *
 * <p>Threading: any thread.
 */
public final class ThreadAllocation {
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    ThreadAllocation() {}

    /**
     * Counts a thread in.
     *
     * @param thread a thread that serves requests
     */
    public void add(Thread thread) {
        threads.add(thread);
    }

    /**
     * What they have allocated since they began.
     *
     * @return bytes; 0 where the virtual machine does not tell
     */
    public long bytes() {
        if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean)
                || !bean.isThreadAllocatedMemorySupported()) {
            return 0;
        }
        long[] ids = threads.stream().mapToLong(Thread::threadId).toArray();
        long sum = 0;
        for (long bytes : bean.getThreadAllocatedBytes(ids)) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }
}
