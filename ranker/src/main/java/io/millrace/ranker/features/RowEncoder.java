package io.millrace.ranker.features;

import io.millrace.core.HotPath;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Writes rows of raw values that come one by one, in any order, as {@link FeatureSchema#idOf} and
 * {@link ValueEncoding#encode} do for an import, bit for bit. Whatever is not given stays missing.
 *
 * <p>Use: {@link #begin} a row, put its values, {@link #finish} it.
 *
 * <p>Threading: immutable, any thread. Allocation: none after construction.
 */
public final class RowEncoder {
    /** {@link #fieldOf} of a name that no field has. */
    public static final int NO_FIELD = TextIndex.NOT_FOUND;

    /** What became of a value. */
    public enum Outcome {
        /** It is in the row. */
        TAKEN,
        /** It is infinite, or too large for a row. */
        NOT_FINITE,
        /** It is no id of the field: not whole, below 0, or not below its cardinality. */
        NO_ID,
        /** It is not UTF-8. */
        NO_TEXT,
        /** The row holds as many values of the field as it may. */
        TOO_MANY
    }

    private final RowLayout layout;
    private final FeatureField[] fields;
    private final RawForm[] forms;
    private final TextIndex names;

    /** By field; null where texts are hashed, or there are none. */
    private final @Nullable Vocabulary[] vocabularies;

    /**
     * An encoder.
     *
     * @param schema the declared features.
     * @param scope whose rows are written.
     */
    public RowEncoder(FeatureSchema schema, FeatureScope scope) {
        layout = schema.layout(scope);
        List<FeatureField> declared = layout.fields();
        fields = declared.toArray(FeatureField[]::new);
        forms = new RawForm[fields.length];
        vocabularies = new Vocabulary[fields.length];
        for (int i = 0; i < fields.length; i++) {
            forms[i] = RawForm.of(schema, fields[i]);
            vocabularies[i] = schema.vocabularies().get(fields[i].name());
        }
        names = new TextIndex(declared.stream().map(FeatureField::name).toList());
    }

    /**
     * How the rows are laid out.
     *
     * @return the layout.
     */
    public RowLayout layout() {
        return layout;
    }

    /**
     * The field of a name.
     *
     * @param name holds the name in UTF-8.
     * @param offset of its first byte.
     * @param length in bytes.
     * @return index of the field, or {@link #NO_FIELD}.
     */
    @HotPath
    public int fieldOf(DirectBuffer name, int offset, int length) {
        return names.placeOf(name, offset, length);
    }

    /**
     * In which form values of a field come.
     *
     * @param field index of the field.
     * @return the form.
     */
    @HotPath
    public RawForm formOf(int field) {
        return forms[field];
    }

    /**
     * Begins a row of which nothing is known.
     *
     * @param rows memory of the row.
     * @param offset where it begins, in bytes.
     */
    @HotPath
    public void begin(MemorySegment rows, long offset) {
        layout.clear(rows, offset);
    }

    /**
     * Puts a number into a row; one behind the other where the field is a list.
     *
     * @param field index of a field whose form is {@link RawForm#NUMBER}.
     * @param raw the number, NaN when missing.
     * @param rows memory of the row.
     * @param offset where it begins, in bytes.
     * @return what became of it; if it was not taken, the row is as before.
     */
    @HotPath
    public Outcome putNumber(int field, double raw, MemorySegment rows, long offset) {
        FeatureField declared = fields[field];
        // One NaN is as good as another, but rows are compared by their bits.
        double number = Double.isNaN(raw) ? Double.NaN : raw;
        if (declared.kind() == FeatureKind.NUMERIC) {
            float value = declared.encoding().encode(number);
            if (Float.isInfinite(value)) {
                return Outcome.NOT_FINITE;
            }
            rows.set(RowLayout.FLOAT, offset + 4L * layout.slotOf(field), value);
            return Outcome.TAKEN;
        }
        if (Float.isInfinite((float) number)) {
            return Outcome.NOT_FINITE;
        }
        if (declared.encoding() == ValueEncoding.QUANTILES) {
            return putId(field, declared.bucketId(number), rows, offset);
        }
        if (Double.isNaN(number)) {
            return putId(field, FeatureField.MISSING, rows, offset);
        }
        int id = (int) number;
        return id == number && id >= 0 && id < declared.cardinality()
                ? putId(field, id, rows, offset)
                : Outcome.NO_ID;
    }

    /**
     * Puts a text into a row; one behind the other where the field is a list.
     *
     * @param field index of a field whose form is {@link RawForm#TEXT}.
     * @param text holds the text in UTF-8.
     * @param at of its first byte.
     * @param length in bytes; 0 when missing.
     * @param rows memory of the row.
     * @param offset where it begins, in bytes.
     * @return what became of it; if it was not taken, the row is as before.
     */
    @HotPath
    public Outcome putText(
            int field, DirectBuffer text, int at, int length, MemorySegment rows, long offset) {
        Vocabulary vocabulary = vocabularies[field];
        if (vocabulary != null) {
            return putId(field, vocabulary.idOfUtf8(text, at, length), rows, offset);
        }
        if (length == 0) {
            return putId(field, FeatureField.MISSING, rows, offset);
        }
        int buckets = fields[field].cardinality() - FeatureField.FIRST;
        int bucket = TextHash.bucketOfUtf8(text, at, length, buckets);
        return bucket == TextHash.NO_TEXT
                ? Outcome.NO_TEXT
                : putId(field, FeatureField.FIRST + bucket, rows, offset);
    }

    private Outcome putId(int field, int id, MemorySegment rows, long offset) {
        long at = offset + 4L * layout.slotOf(field);
        if (!fields[field].isList()) {
            rows.set(RowLayout.INT, at, id);
            return Outcome.TAKEN;
        }
        if (id == FeatureField.MISSING) {
            return Outcome.TAKEN;
        }
        int count = rows.get(RowLayout.INT, at);
        if (count == fields[field].maxValues()) {
            return Outcome.TOO_MANY;
        }
        rows.set(RowLayout.INT, at, count + 1);
        rows.set(RowLayout.INT, at + 4L * (count + 1), id);
        return Outcome.TAKEN;
    }

    /**
     * Ends a row: what follows from its values is written.
     *
     * @param rows memory of the row.
     * @param offset where it begins, in bytes.
     */
    @HotPath
    public void finish(MemorySegment rows, long offset) {
        layout.cross(rows, offset);
    }
}
