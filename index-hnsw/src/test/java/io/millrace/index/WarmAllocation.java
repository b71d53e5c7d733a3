package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What a piece of work allocates once it is compiled. */
final class WarmAllocation {
    private static final int PATIENCE_SECONDS = 30;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private WarmAllocation() {}

    /**
     * The least of the rounds after some to warm up: compilation of a method may still end within
     * one.
     *
     * @param warmUp how many rounds do not count.
     * @param work a round; answers how much it found, so that it can't be left out.
     */
    static long bytesPerRound(int warmUp, LongSupplier work) {
        long least = Long.MAX_VALUE;
        long found = 0;
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (int round = 0; least > 0 && System.nanoTime() - endNs < 0; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            found += work.getAsLong();
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (round >= warmUp) {
                least = Math.min(least, bytes);
            }
        }
        assertTrue(found > 0);
        return least;
    }
}
