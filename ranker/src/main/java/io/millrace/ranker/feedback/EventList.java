package io.millrace.ranker.feedback;

import io.millrace.core.HotPath;

/**
 * What one user did at one moment, oldest first; filled anew for each request.
 *
 * <p>Threading: one thread at a time. Allocation: only in the constructor.
 */
@HotPath
public final class EventList {
    private final EventKind[] kinds;
    private final int[] ordinals;
    private final float[] watchedShares;
    private int count;

    /**
     * An empty list.
     *
     * @param capacity the most events.
     */
    public EventList(int capacity) {
        kinds = new EventKind[capacity];
        ordinals = new int[capacity];
        watchedShares = new float[capacity];
    }

    /** Empties the list. */
    public void clear() {
        count = 0;
    }

    /**
     * Adds an event behind those there are.
     *
     * @param kind what was done.
     * @param ordinal with which item.
     * @param watchedShare of a watch: time watched by duration, not negative; NaN: not known.
     */
    public void add(EventKind kind, int ordinal, float watchedShare) {
        kinds[count] = kind;
        ordinals[count] = ordinal;
        watchedShares[count++] = watchedShare;
    }

    /**
     * How many events there are.
     *
     * @return the number.
     */
    public int count() {
        return count;
    }

    /**
     * What was done.
     *
     * @param index 0 for the oldest.
     * @return the kind.
     */
    public EventKind kind(int index) {
        return kinds[index];
    }

    /**
     * With which item.
     *
     * @param index 0 for the oldest.
     * @return its ordinal.
     */
    public int ordinal(int index) {
        return ordinals[index];
    }

    /**
     * How much of it was watched.
     *
     * @param index 0 for the oldest.
     * @return time watched by duration; NaN: not known.
     */
    public float watchedShare(int index) {
        return watchedShares[index];
    }
}
