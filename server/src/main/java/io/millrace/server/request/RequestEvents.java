package io.millrace.server.request;

import io.millrace.core.HotPath;
import io.millrace.ranker.feedback.EventKind;

/**
 * What the user of a request did, oldest first: the events of feedback, or the fresh history of a
 * recommend request.
 *
 * <p>Threading: one thread at a time. Allocation: only in the constructor.
 */
@HotPath
public final class RequestEvents {
    private final EventKind[] kinds;
    private final long[] itemIds;
    private final float[] watchedShares;
    private int count;
    private boolean isReplacing;

    RequestEvents(int capacity) {
        kinds = new EventKind[capacity];
        itemIds = new long[capacity];
        watchedShares = new float[capacity];
    }

    void clear() {
        count = 0;
        isReplacing = false;
    }

    /** Has them stand for all the user did, so that what is stored is forgotten, this once. */
    public void replaceStored() {
        isReplacing = true;
    }

    /**
     * Whether they stand for all the user did.
     *
     * @return false where they come behind what is stored
     */
    public boolean isReplacing() {
        return isReplacing;
    }

    /**
     * Adds an event behind those there are.
     *
     * @param kind what was done
     * @param itemId with which item
     * @param watchedShare of a watch: time watched by duration, not negative; NaN: not known
     */
    public void add(EventKind kind, long itemId, float watchedShare) {
        kinds[count] = kind;
        itemIds[count] = itemId;
        watchedShares[count++] = watchedShare;
    }

    /**
     * How many events there are.
     *
     * @return the number
     */
    public int count() {
        return count;
    }

    /**
     * What was done.
     *
     * @param index 0 for the oldest
     * @return the kind
     */
    public EventKind kind(int index) {
        return kinds[index];
    }

    /**
     * With which item.
     *
     * @param index 0 for the oldest
     * @return its id
     */
    public long itemId(int index) {
        return itemIds[index];
    }

    /**
     * How much of it was watched.
     *
     * @param index 0 for the oldest
     * @return time watched by duration; NaN: not known
     */
    public float watchedShare(int index) {
        return watchedShares[index];
    }
}
