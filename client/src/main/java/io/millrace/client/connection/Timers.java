package io.millrace.client.connection;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * What is to be done when its time comes, by {@link System#nanoTime}.
 *
 * <p>Threading: one thread. Allocation: per timer.
 */
final class Timers {
    /** Of {@link #untilNextNs} when nothing is to be done. */
    static final long NEVER = Long.MAX_VALUE;

    /** Differences are compared, for nanoTime may wrap around. */
    private static final Comparator<Timer> BY_TIME =
            (a, b) -> {
                int order = Long.signum(a.dueNs - b.dueNs);
                return order == 0 ? Long.compare(a.number, b.number) : order;
            };

    private final TreeSet<Timer> timers = new TreeSet<>(BY_TIME);
    private long number;

    /** Remembers what to do then. */
    Timer schedule(long dueNs, Runnable task) {
        Timer timer = new Timer(dueNs, number++, task);
        timers.add(timer);
        return timer;
    }

    /** Forgets it, whether it was done or not. */
    void cancel(Timer timer) {
        timers.remove(timer);
    }

    /** Time until the next is due, 0 where one is; {@link #NEVER} where there is none. */
    long untilNextNs(long nowNs) {
        return timers.isEmpty() ? NEVER : Math.max(0, timers.first().dueNs - nowNs);
    }

    /** Does what is due; what that schedules as well, if it is due already. */
    void runDue(long nowNs) {
        while (!timers.isEmpty() && timers.first().dueNs - nowNs <= 0) {
            timers.pollFirst().task.run();
        }
    }

    /** One thing to be done. */
    static final class Timer {
        private final long dueNs;
        private final long number;
        private final Runnable task;

        private Timer(long dueNs, long number, Runnable task) {
            this.dueNs = dueNs;
            this.number = number;
            this.task = task;
        }
    }
}
