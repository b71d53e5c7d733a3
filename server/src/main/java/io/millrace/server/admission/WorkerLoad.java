package io.millrace.server.admission;

import io.millrace.core.HotPath;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How long a worker will be busy with what it was handed over: what its request will still take,
 * and what waits, each with everything given up that can be. A request that takes longer than
 * expected is taken to need as long again as it is late, so a worker that hangs is soon avoided.
 *
 * <p>Threading: event loops hand over, the worker tells of the rest, any thread asks. Allocation:
 * none.
 */
@HotPath
public final class WorkerLoad {
    /** Of the time that a request is given, the part in which it is to be answered: 3/4. */
    private static final int SHARE_SHIFT = 2;

    /** One in so many that could not be answered in time is let in to an idle worker anyway. */
    private static final int TRIED_MASK = 31;

    private static final long IDLE = 0;

    private final AtomicLong waitingNs = new AtomicLong();
    private final AtomicLong hopeless = new AtomicLong();

    /** When the request under way should be answered, or IDLE. */
    private final AtomicLong endNs = new AtomicLong(IDLE);

    /** Makes the load of an idle worker. */
    public WorkerLoad() {}

    /**
     * By when a request is to be answered, so that some time is left for what can't be foreseen.
     *
     * @param arrivalNs when it came
     * @param deadlineNs its deadline
     * @return before the deadline
     */
    public static long targetNs(long arrivalNs, long deadlineNs) {
        return deadlineNs - ((deadlineNs - arrivalNs) >> SHARE_SHIFT);
    }

    /**
     * How long a request that is handed over now will wait.
     *
     * @param nowNs by {@link System#nanoTime()}
     * @return 0 where the worker is idle
     */
    public long waitNs(long nowNs) {
        long end = endNs.getAcquire();
        return waitingNs.getAcquire() + (end == IDLE ? 0 : Math.abs(end - nowNs));
    }

    /**
     * Whether a request can be answered in time. Of those that can't although nothing waits, some
     * are let in, or a wrong notion of what requests take would last for ever.
     *
     * @param nowNs by {@link System#nanoTime()}
     * @param targetNs by when it is to be answered
     * @param shortestNs what it takes at least
     * @return false where it is to be refused
     */
    public boolean admits(long nowNs, long targetNs, long shortestNs) {
        long waitNs = waitNs(nowNs);
        if (waitNs + shortestNs <= targetNs - nowNs) {
            return true;
        }
        return waitNs == 0 && (hopeless.incrementAndGet() & TRIED_MASK) == 0;
    }

    /**
     * A request waits from now on.
     *
     * @param shortestNs what it takes at least
     */
    public void handedOver(long shortestNs) {
        waitingNs.addAndGet(shortestNs);
    }

    /**
     * A request waits no more.
     *
     * @param shortestNs as it was handed over
     */
    public void taken(long shortestNs) {
        waitingNs.addAndGet(-shortestNs);
    }

    /**
     * The worker begins with a request.
     *
     * @param endNs when it should be answered, by {@link System#nanoTime()}
     */
    public void begun(long endNs) {
        this.endNs.setRelease(endNs == IDLE ? 1 : endNs);
    }

    /** The worker is done with it. */
    public void ended() {
        endNs.setRelease(IDLE);
    }
}
