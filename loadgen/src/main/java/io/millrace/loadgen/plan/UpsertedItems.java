package io.millrace.loadgen.plan;

import io.millrace.core.HotPath;

/**
 * Which items a load has brought, by their places: they are brought in turn, over and over, and one
 * is taken out only when it was brought so long before that its answer must have come. Of those the
 * one brought last goes, for it is brought again last, so that the two hardly ever meet on
 * different connections.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class UpsertedItems {
    private final long settleNs;
    private final boolean[] isThere;

    /** By item, when it came and was not there. */
    private final long[] broughtNs;

    /** Those that may not be taken out yet, as a ring: an item stands in it once at most. */
    private final int[] young;

    /** Those that may be, the one brought last on top. */
    private final int[] settled;

    private int next;
    private int firstYoung;
    private int youngCount;
    private int settledCount;

    /**
     * Nothing is brought yet.
     *
     * @param items how many different ones there are
     * @param settleNs after this time one may be taken out
     */
    UpsertedItems(int items, long settleNs) {
        this.settleNs = settleNs;
        this.isThere = new boolean[items];
        this.broughtNs = new long[items];
        this.young = new int[items];
        this.settled = new int[items];
    }

    /** The item that is brought now, from 0. */
    @HotPath
    int next(long nowNs) {
        int item = next;
        next = (next + 1) % isThere.length;
        if (!isThere[item]) {
            isThere[item] = true;
            broughtNs[item] = nowNs;
            young[(firstYoung + youngCount++) % young.length] = item;
        }
        return item;
    }

    /** Whether there is one that may be taken out now. */
    @HotPath
    boolean canDelete(long nowNs) {
        while (youngCount > 0 && nowNs - broughtNs[young[firstYoung]] > settleNs) {
            settled[settledCount++] = young[firstYoung];
            firstYoung = (firstYoung + 1) % young.length;
            youngCount--;
        }
        return settledCount > 0;
    }

    /** Takes one out; {@link #canDelete} has told that it may. */
    @HotPath
    int delete() {
        int item = settled[--settledCount];
        isThere[item] = false;
        return item;
    }
}
