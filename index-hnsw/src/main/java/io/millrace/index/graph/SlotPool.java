package io.millrace.index.graph;

import java.util.Arrays;

/**
 * The slots nobody uses. A slot that was taken out of the graph waits here until no reader can be
 * at it any more.
 *
 * <p>Threading: the writer.
 */
final class SlotPool {
    private final LiveGraph live;
    private int[] free = new int[64];
    private int freeCount;

    /** Slots in the order they were retired, from {@code firstWaiting} on, and when. */
    private int[] waiting = new int[64];

    private long[] epochs = new long[64];
    private int firstWaiting;
    private int endWaiting;

    SlotPool(LiveGraph live) {
        this.live = live;
    }

    /** A slot to write a new node to, or {@link LayeredGraph#NONE}. */
    int take() {
        reclaim();
        if (freeCount > 0) {
            return free[--freeCount];
        }
        int next = live.slotsInUse();
        if (next == live.slots()) {
            return LayeredGraph.NONE;
        }
        live.setSlotsInUse(next + 1);
        return next;
    }

    /** Takes slots that no node links to any more. */
    void retire(int[] slots, int count) {
        if (count == 0) {
            return;
        }
        // Before the epoch ends: a reader of the next one must not take them for nodes.
        for (int i = 0; i < count; i++) {
            live.setState(slots[i], LiveGraph.LEFT);
        }
        long epoch = live.epochs().advance();
        if (endWaiting + count > waiting.length) {
            int left = endWaiting - firstWaiting;
            int length = Math.max(waiting.length, 2 * (left + count));
            int[] moved = new int[length];
            long[] movedEpochs = new long[length];
            System.arraycopy(waiting, firstWaiting, moved, 0, left);
            System.arraycopy(epochs, firstWaiting, movedEpochs, 0, left);
            waiting = moved;
            epochs = movedEpochs;
            firstWaiting = 0;
            endWaiting = left;
        }
        for (int i = 0; i < count; i++) {
            waiting[endWaiting] = slots[i];
            epochs[endWaiting++] = epoch;
        }
    }

    /** Slots that a reader may be at. */
    int waitingCount() {
        reclaim();
        return endWaiting - firstWaiting;
    }

    /** Slots that were used and are nobody's now. */
    int freeCount() {
        reclaim();
        return freeCount;
    }

    private void reclaim() {
        if (firstWaiting == endWaiting) {
            return;
        }
        long oldest = live.epochs().oldest();
        while (firstWaiting < endWaiting && epochs[firstWaiting] <= oldest) {
            int slot = waiting[firstWaiting++];
            live.setState(slot, LiveGraph.FREE);
            if (freeCount == free.length) {
                free = Arrays.copyOf(free, 2 * freeCount);
            }
            free[freeCount++] = slot;
        }
    }
}
