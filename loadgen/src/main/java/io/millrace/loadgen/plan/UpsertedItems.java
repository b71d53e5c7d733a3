package io.millrace.loadgen.plan;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Which items a load has brought, by their places, when all of its requests are drawn before the
 * first is sent: they are brought in turn, over and over, and one is taken out only when it was
 * brought so long before that its answer must have come. Of those the one brought last goes, for it
 * is brought again last, so that the two hardly ever meet on different connections.
 *
 * <p>Threading: one thread.
 */
final class UpsertedItems {
    private final boolean[] isThere;
    private final long settleNs;
    private final Deque<Brought> young = new ArrayDeque<>();
    private final Deque<Brought> settled = new ArrayDeque<>();
    private int next;

    /** When an item came that was not there. */
    private record Brought(int item, long atNs) {}

    /**
     * Nothing is brought yet.
     *
     * @param items how many different ones there are
     * @param settleNs after this time one may be taken out
     */
    UpsertedItems(int items, long settleNs) {
        this.isThere = new boolean[items];
        this.settleNs = settleNs;
    }

    /** The item that is brought now, from 0. */
    int next(long nowNs) {
        int item = next;
        next = (next + 1) % isThere.length;
        if (!isThere[item]) {
            isThere[item] = true;
            young.addLast(new Brought(item, nowNs));
        }
        return item;
    }

    /** Whether there is one that may be taken out now. */
    boolean canDelete(long nowNs) {
        while (!young.isEmpty() && nowNs - young.getFirst().atNs() > settleNs) {
            settled.addLast(young.removeFirst());
        }
        return !settled.isEmpty();
    }

    /** Takes one out; {@link #canDelete} has told that it may. */
    int delete() {
        int item = settled.removeLast().item();
        isThere[item] = false;
        return item;
    }
}
