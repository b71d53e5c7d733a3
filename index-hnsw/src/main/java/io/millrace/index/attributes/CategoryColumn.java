package io.millrace.index.attributes;

import io.millrace.core.HotPath;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Codes of a dictionary by ordinal; see {@link Column}. */
public final class CategoryColumn implements Column {
    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final MemorySegment segment;
    private final Dictionary dictionary;
    private final ChangeCounter changes;

    CategoryColumn(MemorySegment segment, Dictionary dictionary, ChangeCounter changes) {
        this.segment = segment;
        this.dictionary = dictionary;
        this.changes = changes;
    }

    /**
     * A value by its code.
     *
     * @param ordinal which row.
     * @return its code in {@link #dictionary()}, 0 when it is missing.
     */
    @HotPath
    public int code(int ordinal) {
        return (int) INT.getAcquire(segment, (long) ordinal * Integer.BYTES);
    }

    /**
     * A value.
     *
     * @param ordinal which row.
     * @return its text, or null when it is missing.
     */
    public @Nullable String get(int ordinal) {
        return dictionary.text(code(ordinal));
    }

    /**
     * Changes a value.
     *
     * @param ordinal which row.
     * @param value its text; one that is new is taken into the dictionary.
     */
    public void set(int ordinal, String value) {
        setCode(ordinal, dictionary.add(value));
    }

    @Override
    public boolean isMissing(int ordinal) {
        return code(ordinal) == Dictionary.MISSING;
    }

    @Override
    public void setMissing(int ordinal) {
        setCode(ordinal, Dictionary.MISSING);
    }

    /**
     * The texts behind the codes.
     *
     * @return the dictionary of this column alone.
     */
    public Dictionary dictionary() {
        return dictionary;
    }

    /**
     * The memory, for scans.
     *
     * @return codes of 32 bits in the order of ordinals, up to a whole number of 64 rows.
     */
    public MemorySegment segment() {
        return segment;
    }

    private void setCode(int ordinal, int code) {
        changes.begin();
        INT.setRelease(segment, (long) ordinal * Integer.BYTES, code);
        changes.end();
    }
}
