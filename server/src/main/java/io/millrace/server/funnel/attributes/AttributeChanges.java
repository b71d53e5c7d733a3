package io.millrace.server.funnel.attributes;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.ColumnBytes;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.BoolColumn;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Column;
import io.millrace.index.attributes.Dictionary;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowEncoder;
import io.millrace.server.request.RequestColumns;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings updates and upserts of items into their attributes, which hold the values as they were
 * sent where rows hold what models make of them.
 *
 * <p>Threading: one thread at a time. Allocation: by texts.
 */
public final class AttributeChanges {
    private final RowEncoder encoder;

    /** By field of an item; null where nothing filters by it. */
    private final @Nullable Column[] columns;

    /** By field: the tags of the change that is made, and whether it has any column of it. */
    private final List<List<String>> tags = new ArrayList<>();

    private final boolean[] isGiven;

    /**
     * Changes of a table.
     *
     * @param table whose attributes are fields of items
     * @param schema the declared features
     * @throws MillraceException MISMATCH when one is no field of an item
     */
    AttributeChanges(AttributeTable table, FeatureSchema schema) {
        encoder = new RowEncoder(schema, FeatureScope.ITEM);
        List<FeatureField> fields = encoder.layout().fields();
        columns = new Column[fields.size()];
        isGiven = new boolean[fields.size()];
        for (int i = 0; i < columns.length; i++) {
            String name = fields.get(i).name();
            columns[i] = table.schema().has(name) ? table.column(name) : null;
            tags.add(new ArrayList<>());
        }
        for (Attribute attribute : table.schema().attributes()) {
            if (fields.stream().noneMatch(field -> field.name().equals(attribute.name()))) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "attributes of another bundle: attribute=%s is no feature of its items;"
                                + " build it again",
                        attribute.name());
            }
        }
    }

    /**
     * Changes the attributes that columns are of; all others stay as they are.
     *
     * @param ordinal the item
     * @param change columns of one row, found sound
     */
    public void update(int ordinal, RequestColumns change) {
        for (int i = 0; i < columns.length; i++) {
            isGiven[i] = false;
            tags.get(i).clear();
        }
        for (int column = 0; column < change.count(); column++) {
            int field =
                    encoder.fieldOf(
                            change.bytes(), change.nameOffset(column), change.nameLength(column));
            Column target = field == RowEncoder.NO_FIELD ? null : columns[field];
            if (target != null) {
                isGiven[field] = true;
                set(target, field, ordinal, change, column);
            }
        }
        for (int i = 0; i < columns.length; i++) {
            if (isGiven[i] && columns[i] instanceof TagsColumn target) {
                setTags(target, ordinal, tags.get(i));
            }
        }
    }

    /**
     * The same, but attributes that no column is of are missing from now on.
     *
     * @param ordinal the item
     * @param change columns of one row, found sound
     */
    public void upsert(int ordinal, RequestColumns change) {
        update(ordinal, change);
        for (int i = 0; i < columns.length; i++) {
            Column column = columns[i];
            if (column != null && !isGiven[i]) {
                column.setMissing(ordinal);
            }
        }
    }

    private void set(Column target, int field, int ordinal, RequestColumns change, int column) {
        switch (target) {
            case Float64Column numbers -> {
                double number = number(change, column);
                if (Double.isNaN(number)) {
                    numbers.setMissing(ordinal);
                } else {
                    numbers.set(ordinal, number);
                }
            }
            case Int64Column ids -> {
                double id = number(change, column);
                if (id >= FeatureField.FIRST) {
                    ids.set(ordinal, (long) id);
                } else {
                    ids.setMissing(ordinal);
                }
            }
            case CategoryColumn categories -> {
                String text = text(change, column);
                if (text == null) {
                    categories.setMissing(ordinal);
                } else {
                    categories.set(ordinal, text);
                }
            }
            case TagsColumn ignored -> {
                String text = text(change, column);
                if (text != null) {
                    tags.get(field).add(text);
                }
            }
            // No feature is one.
            case BoolColumn truths -> truths.setMissing(ordinal);
        }
    }

    /** Rows do not tell an item without tags from one of whose tags nothing is known. */
    private static void setTags(TagsColumn target, int ordinal, List<String> texts) {
        if (texts.isEmpty()) {
            target.setMissing(ordinal);
        } else {
            target.set(ordinal, texts);
        }
    }

    private static double number(RequestColumns change, int column) {
        return ColumnBytes.number(change.bytes(), change.valuesOffset(column), 0);
    }

    /** A value as a text, ids as well; null where it is missing or can't be kept. */
    private static @Nullable String text(RequestColumns change, int column) {
        if (change.form(column) == FormCode.NUMBERS) {
            double id = number(change, column);
            return id >= FeatureField.FIRST ? Long.toString((long) id) : null;
        }
        DirectBuffer bytes = change.bytes();
        int offset = change.valuesOffset(column);
        byte[] utf8 = new byte[ColumnBytes.textLength(bytes, offset)];
        bytes.getBytes(offset + ColumnBytes.TEXT_HEADER_BYTES, utf8);
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
            return text.isEmpty() || text.length() > Dictionary.MAX_TEXT_LENGTH ? null : text;
        } catch (CharacterCodingException e) {
            // A vocabulary takes it for a value it does not have.
            return null;
        }
    }
}
