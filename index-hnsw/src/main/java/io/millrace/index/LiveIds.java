package io.millrace.index;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The item ids of slots that are used again and again, and the way back: a table with linear
 * probing whose cells hold slot + 1, 0 when free, or -1 where one was taken out. A table that has
 * few free cells left is written anew beside the old one, which readers may still use.
 *
 * <p>Threading: one writer; readers must be inside an epoch, in which no slot they can find gets
 * another id. Ownership: owns the ids.
 */
final class LiveIds implements AutoCloseable {
    private static final int FREE = 0;
    private static final int REMOVED = -1;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(int[].class);

    private final DirectMemory memory;
    private final MemorySegment ids;
    private volatile int[] table;
    private int usedCells;
    private int count;

    /**
     * No ids yet.
     *
     * @param slots how many slots there are.
     */
    LiveIds(int slots) {
        memory = DirectMemory.allocate((long) slots * Long.BYTES);
        ids = memory.segment();
        table = new int[Integer.highestOneBit(Math.max(8, slots)) << 1];
    }

    /** The id a slot was given last. */
    long id(int slot) {
        return ids.getAtIndex(ValueLayout.JAVA_LONG, slot);
    }

    /** The slot of an id, or {@link VectorIndex#NO_ORDINAL}. */
    int slotOf(long id) {
        int[] cells = table;
        int cell = (int) CELL.getAcquire(cells, cellOf(cells, id));
        return cell == FREE ? VectorIndex.NO_ORDINAL : cell - 1;
    }

    /** Writes the id of a slot that nobody can find yet. */
    void setId(int slot, long id) {
        ids.setAtIndex(ValueLayout.JAVA_LONG, slot, id);
    }

    /** Has an id lead to a slot that was given it. */
    void put(long id, int slot) {
        int[] cells = table;
        int cell = cellOf(cells, id);
        if (cells[cell] == FREE) {
            usedCells++;
            count++;
        }
        CELL.setRelease(cells, cell, slot + 1);
        if (usedCells > cells.length / 4 * 3) {
            table = copy(cells);
            usedCells = count;
        }
    }

    /** Has an id that is here lead nowhere. */
    void remove(long id) {
        int[] cells = table;
        CELL.setRelease(cells, cellOf(cells, id), REMOVED);
        count--;
    }

    long bytes() {
        return (long) table.length * Integer.BYTES;
    }

    @Override
    public void close() {
        memory.close();
    }

    /** The cell that leads to an id, or the free one at which the search for it ends. */
    private int cellOf(int[] cells, long id) {
        int mask = cells.length - 1;
        int at = (int) SplitRandom.mix64(id) & mask;
        int cell = (int) CELL.getAcquire(cells, at);
        while (cell != FREE && (cell == REMOVED || id(cell - 1) != id)) {
            at = (at + 1) & mask;
            cell = (int) CELL.getAcquire(cells, at);
        }
        return at;
    }

    private int[] copy(int[] cells) {
        int[] fresh = new int[cells.length];
        for (int cell : cells) {
            if (cell > FREE) {
                fresh[cellOf(fresh, id(cell - 1))] = cell;
            }
        }
        return fresh;
    }
}
