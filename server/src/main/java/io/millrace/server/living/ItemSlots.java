package io.millrace.server.living;

import io.millrace.core.HotPath;
import io.millrace.core.random.SplitRandom;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Ids of items, each in a slot of its own, numbered from 0 in the order in which they came. None
 * goes again.
 *
 * <p>Threading: one thread adds, any thread looks up. Allocation: only in the constructor.
 */
final class ItemSlots {
    static final int NO_SLOT = -1;
    private static final int EMPTY = 0;

    private final long[] ids;

    /** Numbers of slots, plus 1; an id is written before its number is. */
    private final AtomicIntegerArray table;

    private final int mask;
    private int count;

    /** Room for so many. */
    ItemSlots(int capacity) {
        ids = new long[capacity];
        // At most half full, so that a probe ends soon.
        int cells = Integer.highestOneBit(Math.max(1, 2 * capacity - 1)) << 1;
        table = new AtomicIntegerArray(cells);
        mask = cells - 1;
    }

    /** Slot of an id, or {@link #NO_SLOT}. */
    @HotPath
    int slotOf(long id) {
        int cell = firstCell(id);
        int found = table.getAcquire(cell);
        while (found != EMPTY && ids[found - 1] != id) {
            cell = (cell + 1) & mask;
            found = table.getAcquire(cell);
        }
        return found - 1;
    }

    /** Gives an id that has none the next slot; there must be room. */
    void add(long id) {
        int cell = firstCell(id);
        while (table.getPlain(cell) != EMPTY) {
            cell = (cell + 1) & mask;
        }
        ids[count] = id;
        count++;
        table.setRelease(cell, count);
    }

    private int firstCell(long id) {
        return (int) SplitRandom.mix64(id) & mask;
    }
}
