package io.millrace.jmh;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Closes what benchmarks hold when the JVM ends. A tear-down would do so within the last iteration,
 * and what it allocates would be counted as the benchmark's.
 *
 * <p>Threading: any thread.
 */
final class AtExit {
    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll, "close-benchmarks"));
    }

    private AtExit() {}

    /**
     * Leaves something to be closed, the last one first.
     *
     * @return the same.
     */
    static <T extends AutoCloseable> T close(T resource) {
        synchronized (OPEN) {
            OPEN.push(resource);
        }
        return resource;
    }

    private static void closeAll() {
        synchronized (OPEN) {
            while (!OPEN.isEmpty()) {
                try {
                    OPEN.pop().close();
                } catch (Exception e) {
                    System.err.println("cannot close what a benchmark held: " + e);
                }
            }
        }
    }
}
