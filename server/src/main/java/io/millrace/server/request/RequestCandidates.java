package io.millrace.server.request;

import io.millrace.core.HotPath;
import io.millrace.core.wire.WireLimits;

/**
 * What a rank request wants ordered: items of the catalogue, or rows under names of the caller's.
 * Of an update, whose row it changes, and how; of an explain request, what is to be explained.
 *
 * <p>Threading: one thread at a time. Allocation: as {@link RequestColumns}.
 */
@HotPath
public final class RequestCandidates {
    private final long[] itemIds;
    private final RequestColumns columns;
    private int count;
    private boolean bringRows;

    RequestCandidates(RequestLimits limits) {
        itemIds = new long[Math.max(limits.candidates(), WireLimits.MAX_EXPLAINED)];
        columns = new RequestColumns(limits.columns(), limits.columnBytes());
    }

    void clear() {
        count = 0;
        bringRows = false;
        columns.clear();
    }

    /**
     * Adds a candidate.
     *
     * @param itemId its id, or what the caller calls it
     */
    public void add(long itemId) {
        itemIds[count++] = itemId;
    }

    /**
     * How many candidates there are.
     *
     * @return the number
     */
    public int count() {
        return count;
    }

    /**
     * A candidate.
     *
     * @param index in the order of the request
     * @return its id, or what the caller calls it
     */
    public long itemId(int index) {
        return itemIds[index];
    }

    /**
     * All candidates.
     *
     * @return the first {@link #count()} count
     */
    public long[] itemIds() {
        return itemIds;
    }

    /** Says that they brought their features even where there are no columns, as in a replay. */
    public void bringRows() {
        bringRows = true;
    }

    /**
     * Whether they brought their features: then nothing of the catalogue is asked for.
     *
     * @return true when there are columns
     */
    public boolean haveRows() {
        return bringRows || columns.count() > 0;
    }

    /**
     * Raw values of their features, to be read and to be filled.
     *
     * @return the columns
     */
    public RequestColumns columns() {
        return columns;
    }
}
