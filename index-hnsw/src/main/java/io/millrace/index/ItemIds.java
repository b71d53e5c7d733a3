package io.millrace.index;

import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The item ids of an index in the order of ordinals, and the way back: a table with linear probing
 * whose cells hold ordinal + 1, or 0 when free.
 *
 * <p>Threading: immutable. Allocation: none after construction. Ownership: owns the table, and the
 * ids when they were copied.
 */
final class ItemIds implements AutoCloseable {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final MemorySegment ids;
    private final int count;
    private final Runnable owner;
    private final DirectMemory tableMemory;
    private final MemorySegment table;
    private final long mask;

    private ItemIds(MemorySegment ids, int count, Runnable owner) {
        this.ids = ids;
        this.count = count;
        this.owner = owner;
        long cells = cells(count);
        mask = cells - 1;
        tableMemory = DirectMemory.allocate(cells * Integer.BYTES);
        table = tableMemory.segment();
        try {
            for (int ordinal = 0; ordinal < count; ordinal++) {
                add(ordinal);
            }
        } catch (MillraceException e) {
            close();
            throw e;
        }
    }

    /**
     * Copies ids off heap.
     *
     * @throws MillraceException when an id is there twice.
     */
    static ItemIds copyOf(long[] ids) {
        DirectMemory memory = DirectMemory.allocate((long) ids.length * Long.BYTES);
        MemorySegment.copy(ids, 0, memory.segment(), LONG, 0, ids.length);
        return new ItemIds(memory.segment(), ids.length, memory::close);
    }

    /**
     * Ids that lie in memory.
     *
     * @param ids one int64 per ordinal.
     * @param count how many.
     * @throws MillraceException when an id is there twice.
     */
    static ItemIds over(MemorySegment ids, int count) {
        return new ItemIds(ids, count, () -> {});
    }

    /** Memory of the ids of so many rows and of the way back. */
    static long bytes(int count) {
        return (long) count * Long.BYTES + cells(count) * Integer.BYTES;
    }

    private static long cells(int count) {
        return Long.highestOneBit(Math.max(1, 2L * count - 1)) << 1;
    }

    long id(int ordinal) {
        return ids.get(LONG, Objects.checkIndex(ordinal, count) * (long) Long.BYTES);
    }

    int ordinalOf(long id) {
        long cell = firstCell(id);
        int ordinal = ordinalIn(cell);
        while (ordinal != VectorIndex.NO_ORDINAL && id(ordinal) != id) {
            cell = (cell + 1) & mask;
            ordinal = ordinalIn(cell);
        }
        return ordinal;
    }

    MemorySegment segment() {
        return ids;
    }

    @Override
    public void close() {
        tableMemory.close();
        owner.run();
    }

    private void add(int ordinal) {
        long id = id(ordinal);
        long cell = firstCell(id);
        int other = ordinalIn(cell);
        while (other != VectorIndex.NO_ORDINAL) {
            if (id(other) == id) {
                throw MillraceException.badInput(
                        "item id given twice: id=%d, row=%d, row=%d; make ids distinct",
                        id, other, ordinal);
            }
            cell = (cell + 1) & mask;
            other = ordinalIn(cell);
        }
        table.set(INT, cell * Integer.BYTES, ordinal + 1);
    }

    private long firstCell(long id) {
        return SplitRandom.mix64(id) & mask;
    }

    private int ordinalIn(long cell) {
        return table.get(INT, cell * Integer.BYTES) - 1;
    }
}
