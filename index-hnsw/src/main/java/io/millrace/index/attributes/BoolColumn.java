package io.millrace.index.attributes;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** True, false or missing by ordinal, a byte each; see {@link Column}. */
public final class BoolColumn implements Column {
    /** The byte of a missing value. */
    public static final byte MISSING = 0;

    /** The byte of false. */
    public static final byte FALSE = 1;

    /** The byte of true. */
    public static final byte TRUE = 2;

    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private final MemorySegment segment;
    private final ChangeCounter changes;

    BoolColumn(MemorySegment segment, ChangeCounter changes) {
        this.segment = segment;
        this.changes = changes;
    }

    /**
     * A value.
     *
     * @param ordinal which row.
     * @return {@link #TRUE}, {@link #FALSE} or {@link #MISSING}.
     */
    @HotPath
    public byte get(int ordinal) {
        return (byte) BYTE.getAcquire(segment, (long) ordinal);
    }

    /**
     * Changes a value.
     *
     * @param ordinal which row.
     * @param value the value.
     */
    public void set(int ordinal, boolean value) {
        setByte(ordinal, value ? TRUE : FALSE);
    }

    @Override
    public boolean isMissing(int ordinal) {
        return get(ordinal) == MISSING;
    }

    @Override
    public void setMissing(int ordinal) {
        setByte(ordinal, MISSING);
    }

    /**
     * The memory, for scans.
     *
     * @return the bytes in the order of ordinals, up to a whole number of 64 rows.
     */
    public MemorySegment segment() {
        return segment;
    }

    private void setByte(int ordinal, byte value) {
        changes.begin();
        BYTE.setRelease(segment, (long) ordinal, value);
        changes.end();
    }
}
