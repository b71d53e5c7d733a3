package io.millrace.ranker.features;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the fields of one scope stand in a row: 32-bit little-endian slots in the order of the
 * schema, the row padded with zeros to whole cache lines.
 *
 * <pre>
 *   categorical  | id |
 *   numeric      | float bits, NaN = missing |
 *   list         | count | id 0 | id 1 | … | id maxValues-1 |      unused ids are 0
 *   weighted     | count | ids as above | shares |                 {@link WeightedTags}
 *
 *   example: category=7, duration=3.5, tags={9,4} of at most 3
 *   | 7 | 0x40600000 | 2 | 9 | 4 | 0 | 0 … |        64 bytes
 * </pre>
 *
 * An all-zero row is the row of somebody nothing is known of, but for numbers, which are NaN then:
 * see {@link #clear}.
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
public final class RowLayout {
    /** Rows are padded to whole multiples of this many bytes. */
    public static final int ROW_ALIGNMENT_BYTES = 64;

    /** How an id or a count is read. */
    public static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** How a number is read. */
    public static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final List<FeatureField> fields;
    private final int[] slots;
    private final CrossedFields crosses;
    private final Map<String, Integer> slotByName = new HashMap<>();
    private final int rowBytes;
    private final long fingerprint;

    RowLayout(List<FeatureField> fields) {
        this.fields = List.copyOf(fields);
        this.slots = new int[fields.size()];
        int slot = 0;
        for (int i = 0; i < slots.length; i++) {
            slots[i] = slot;
            slotByName.put(fields.get(i).name(), slot);
            slot += fields.get(i).slots();
        }
        this.crosses = new CrossedFields(this.fields, slots);
        this.rowBytes = rowBytes(slot);
        this.fingerprint = fingerprintOf(this.fields);
    }

    /**
     * Length of a row of some slots.
     *
     * @param slots how many.
     * @return bytes, a multiple of {@link #ROW_ALIGNMENT_BYTES}, and never 0.
     */
    @HotPath
    public static int rowBytes(int slots) {
        return Math.max(1, Math.ceilDiv(slots * Integer.BYTES, ROW_ALIGNMENT_BYTES))
                * ROW_ALIGNMENT_BYTES;
    }

    /**
     * The fields of the row.
     *
     * @return the fields in the order of their slots.
     */
    public List<FeatureField> fields() {
        return fields;
    }

    /**
     * First slot of a field.
     *
     * @param fieldIndex index into {@link #fields}.
     * @return the slot; its byte offset in the row is four times that.
     */
    public int slotOf(int fieldIndex) {
        return slots[fieldIndex];
    }

    /**
     * First slot of a field.
     *
     * @param field a field of this layout.
     * @return the slot; its byte offset in the row is four times that.
     */
    public int slotOf(FeatureField field) {
        Integer slot = slotByName.get(field.name());
        if (slot == null) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH, "no such field in the row: field=%s", field.name());
        }
        return slot;
    }

    /**
     * Length of a row.
     *
     * @return bytes, a multiple of {@link #ROW_ALIGNMENT_BYTES}.
     */
    public int rowBytes() {
        return rowBytes;
    }

    /**
     * What the rows mean: two layouts of one fingerprint read each other's rows. Statistics and
     * defaults of the fields do not count.
     *
     * @return the first 64 bits of the SHA-256 over what decides a slot and its ids.
     */
    public long fingerprint() {
        return fingerprint;
    }

    /**
     * Makes a row the one of somebody or something nothing is known of.
     *
     * @param rows memory of the row.
     * @param offset where the row begins, in bytes.
     */
    @HotPath
    public void clear(MemorySegment rows, long offset) {
        for (int at = 0; at < rowBytes; at += Integer.BYTES) {
            rows.set(INT, offset + at, 0);
        }
        for (int i = 0; i < slots.length; i++) {
            if (fields.get(i).kind() == FeatureKind.NUMERIC) {
                rows.set(FLOAT, offset + 4L * slots[i], Float.NaN);
            }
        }
    }

    /**
     * Writes the ids of the crossed fields of a row, which follow from its other ids. Whoever has
     * changed one of these calls it; training and serving both come through here.
     *
     * @param rows memory of the row.
     * @param offset where the row begins, in bytes.
     */
    @HotPath
    public void cross(MemorySegment rows, long offset) {
        crosses.write(rows, offset);
    }

    /**
     * Checks a row as it came from a file or a frame: ids within the cardinality, counts within the
     * limit, crossed fields as {@link #cross} writes them.
     *
     * @param rows memory of the row.
     * @param offset where the row begins, in bytes.
     * @return the index of the first field whose value cannot be, or -1.
     */
    @HotPath
    public int firstBadField(MemorySegment rows, long offset) {
        for (int i = 0; i < slots.length; i++) {
            FeatureField field = fields.get(i);
            long at = offset + 4L * slots[i];
            boolean isGood =
                    switch (field.kind()) {
                        case NUMERIC -> !Float.isInfinite(rows.get(FLOAT, at));
                        case CATEGORICAL -> isId(rows.get(INT, at), field);
                        case TAGS, SEQUENCE -> isList(rows, at, field);
                        case WEIGHTED_TAGS ->
                                isList(rows, at, field)
                                        && WeightedTags.areSharesSound(field, rows, at);
                    };
            if (!isGood) {
                return i;
            }
        }
        return crosses.firstBadField(rows, offset);
    }

    private static long fingerprintOf(List<FeatureField> fields) {
        StringBuilder text = new StringBuilder("row layout 1");
        for (FeatureField field : fields) {
            text.append('\n').append(field.name().length()).append(':').append(field.name());
            text.append(' ').append(field.kind()).append(' ').append(field.cardinality());
            text.append(' ').append(field.maxValues()).append(' ').append(field.table());
            if (field.encoding() != ValueEncoding.PLAIN) {
                text.append(' ').append(field.encoding());
            }
            if (!field.bounds().isEmpty()) {
                text.append(' ').append(field.bounds());
            }
            if (!field.crossOf().isEmpty()) {
                text.append(' ').append(field.crossOf());
            }
        }
        try {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes)).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new MillraceException(ErrorCode.INTERNAL, "no sha-256: install a whole jdk", e);
        }
    }

    private static boolean isId(int id, FeatureField field) {
        return id >= 0 && id < field.cardinality();
    }

    private static boolean isList(MemorySegment rows, long at, FeatureField field) {
        int count = rows.get(INT, at);
        if (count < 0 || count > field.maxValues()) {
            return false;
        }
        for (int i = 1; i <= count; i++) {
            if (!isId(rows.get(INT, at + 4L * i), field)) {
                return false;
            }
        }
        return true;
    }
}
