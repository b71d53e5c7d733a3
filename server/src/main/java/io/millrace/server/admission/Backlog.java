package io.millrace.server.admission;

import io.millrace.core.HotPath;

import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for one worker, in the order they came, and the time to spare that the most
 * urgent of them has.
 *
 * <p>With W the shortest times of all requests up to and with a request added up, it can begin so
 * late that it is answered just in time if all before it are answered as quickly as can be: it has
 * target - W to spare, counted from when those taken so far should have been done. The least of
 * that over all that wait is kept in a queue whose values only rise, as for the minimum over a
 * sliding window.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 *
 * @param <T> a request
 */
@HotPath
public final class Backlog<T> {
    /** {@link #spareNs} where nothing that waits has to be answered by any time. */
    public static final long ANY_TIME = Long.MAX_VALUE;

    private final Object[] items;
    private final long[] workNs;
    private final int mask;

    /** Numbers of requests whose latest begin is before that of all behind them, and that begin. */
    private final long[] urgent;

    private final long[] latestNs;

    private long head;
    private long tail;
    private long urgentHead;
    private long urgentTail;

    /** Shortest times of all that was added, and of all that was taken. */
    private long addedNs;

    private long takenNs;

    /**
     * An empty backlog.
     *
     * @param capacity the most that wait
     */
    public Backlog(int capacity) {
        int room = Integer.highestOneBit(Math.max(1, capacity - 1)) << 1;
        items = new Object[room];
        workNs = new long[room];
        urgent = new long[room];
        latestNs = new long[room];
        mask = room - 1;
    }

    /**
     * Adds a request behind those there are.
     *
     * @param item the request
     * @param targetNs by when it is to be answered, by {@link System#nanoTime()}, or {@link
     *     #ANY_TIME}
     * @param shortestNs what it takes at least
     */
    public void add(T item, long targetNs, long shortestNs) {
        if (tail - head == items.length) {
            throw new IllegalStateException("more requests wait than there is room for");
        }
        int at = (int) tail & mask;
        items[at] = item;
        workNs[at] = shortestNs;
        addedNs += shortestNs;
        if (targetNs != ANY_TIME) {
            long latest = targetNs - addedNs;
            while (urgentTail > urgentHead
                    && latestNs[(int) (urgentTail - 1) & mask] - latest >= 0) {
                urgentTail--;
            }
            latestNs[(int) urgentTail & mask] = latest;
            urgent[(int) urgentTail++ & mask] = tail;
        }
        tail++;
    }

    /**
     * How much later than now the first may begin, with all behind it still in time.
     *
     * @param nowNs by {@link System#nanoTime()}
     * @return negative where one will be late whatever is done; {@link #ANY_TIME} where none can be
     */
    public long spareNs(long nowNs) {
        return urgentTail == urgentHead
                ? ANY_TIME
                : latestNs[(int) urgentHead & mask] + takenNs - nowNs;
    }

    /**
     * How many wait.
     *
     * @return the number
     */
    public int size() {
        return (int) (tail - head);
    }

    /**
     * Takes the first.
     *
     * @return null where nothing waits
     */
    @SuppressWarnings("unchecked") // Only add puts anything there.
    public @Nullable T poll() {
        if (head == tail) {
            return null;
        }
        int at = (int) head & mask;
        T item = (T) items[at];
        takenNs += workNs[at];
        if (urgentTail > urgentHead && urgent[(int) urgentHead & mask] == head) {
            urgentHead++;
        }
        head++;
        return item;
    }
}
