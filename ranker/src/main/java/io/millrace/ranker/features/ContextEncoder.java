package io.millrace.ranker.features;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Writes the context row of a request: what the request names, else what the time tells, else the
 * field's serving default; crossed fields follow from the others, whatever the request says of
 * them.
 *
 * <p>Threading: immutable, any thread. Allocation: none after construction.
 */
public final class ContextEncoder {
    private static final long MS_PER_MINUTE = 60_000;
    private static final long MS_PER_HOUR = 3_600_000;
    private static final long MS_PER_DAY = 86_400_000;
    private static final int HOURS_PER_DAY = 24;
    private static final int DAYS_PER_WEEK = 7;

    /** 1 January 1970 was a Thursday, the fourth day of a week that begins with 0 = Monday. */
    private static final int EPOCH_DAY_OF_WEEK = 3;

    private final RowLayout layout;
    private final FeatureField[] fields;
    private final long utcOffsetMs;

    /**
     * An encoder.
     *
     * @param schema whose context fields are encoded.
     */
    public ContextEncoder(FeatureSchema schema) {
        this.layout = schema.layout(FeatureScope.CONTEXT);
        List<FeatureField> contextFields = layout.fields();
        this.fields = contextFields.toArray(FeatureField[]::new);
        this.utcOffsetMs = schema.utcOffsetMinutes() * MS_PER_MINUTE;
    }

    /**
     * Length of the row that is written.
     *
     * @return bytes.
     */
    public int rowBytes() {
        return layout.rowBytes();
    }

    /**
     * Count of context fields.
     *
     * @return how many field indexes there are.
     */
    @HotPath
    public int fieldCount() {
        return fields.length;
    }

    /**
     * Writes a context row.
     *
     * @param timestampMs time of the request, milliseconds since 1970 UTC.
     * @param fieldIndexes indexes among the context fields that the request names; of the same
     *     field the last counts.
     * @param codes raw codes beside them; below 0 is missing.
     * @param count how many it names.
     * @param row memory to write into.
     * @param offset where the row begins, in bytes.
     * @return true, or false when an index names no field; the row is then as if it had not been
     *     named.
     */
    @HotPath
    public boolean encodeInto(
            long timestampMs,
            int[] fieldIndexes,
            int[] codes,
            int count,
            MemorySegment row,
            long offset) {
        layout.clear(row, offset);
        for (int i = 0; i < fields.length; i++) {
            put(i, codeOf(fields[i], timestampMs), row, offset);
        }
        boolean isGood = true;
        for (int i = 0; i < count; i++) {
            if (fieldIndexes[i] >= 0 && fieldIndexes[i] < fields.length) {
                put(fieldIndexes[i], codes[i], row, offset);
            } else {
                isGood = false;
            }
        }
        layout.cross(row, offset);
        return isGood;
    }

    private void put(int index, int code, MemorySegment row, long offset) {
        row.set(RowLayout.INT, offset + 4L * layout.slotOf(index), fields[index].idOfCode(code));
    }

    private int codeOf(FeatureField field, long timestampMs) {
        long localMs = timestampMs + utcOffsetMs;
        return switch (field.source()) {
            case REQUEST -> field.servingDefault();
            case HOUR_OF_DAY -> Math.floorMod(Math.floorDiv(localMs, MS_PER_HOUR), HOURS_PER_DAY);
            case DAY_OF_WEEK ->
                    Math.floorMod(
                            Math.floorDiv(localMs, MS_PER_DAY) + EPOCH_DAY_OF_WEEK, DAYS_PER_WEEK);
        };
    }
}
