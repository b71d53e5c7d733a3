package io.millrace.index.attributes;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One 64-bit cell per ordinal off heap, with a value that says it is missing, so that value and
 * absence change in one store.
 *
 * <p>Threading: one writer, any number of readers; what was written before a cell is seen by who
 * reads the cell. Allocation: none.
 */
public final class LongCells {
    /** The cell of a missing value. */
    public static final long MISSING = Long.MIN_VALUE;

    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final MemorySegment segment;
    private final ChangeCounter changes;

    LongCells(MemorySegment segment, ChangeCounter changes) {
        this.segment = segment;
        this.changes = changes;
    }

    /**
     * Reads a cell.
     *
     * @param ordinal which row.
     * @return its cell, or {@link #MISSING}.
     */
    @HotPath
    public long get(int ordinal) {
        return (long) LONG.getAcquire(segment, (long) ordinal * Long.BYTES);
    }

    /**
     * The memory, for scans.
     *
     * @return the cells in the order of ordinals, up to a whole number of 64 rows.
     */
    public MemorySegment segment() {
        return segment;
    }

    /** Writes a cell and tells the readers of many cells. */
    void change(int ordinal, long value) {
        changes.begin();
        set(ordinal, value);
        changes.end();
    }

    /** Writes a cell as part of a change that the caller tells of. */
    void set(int ordinal, long value) {
        LONG.setRelease(segment, (long) ordinal * Long.BYTES, value);
    }

    /** Writes the same value everywhere, before anyone reads. */
    void fill(long value) {
        for (long offset = 0; offset < segment.byteSize(); offset += Long.BYTES) {
            LONG.set(segment, offset, value);
        }
    }
}
