package io.millrace.data.dataset;

import io.millrace.core.error.MillraceException;
import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeKind;
import io.millrace.index.attributes.AttributeSchema;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Column;
import io.millrace.index.attributes.Dictionary;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RawForm;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.ValueEncoding;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What items are filtered by: one attribute for each feature whose raw values come as they are.
 *
 * <pre>
 *   number, also one that is declared by its bucket      float64
 *   category as a number: an id without a vocabulary     int64
 *   category as a text                                   category
 *   tags, as texts or as ids                             tags
 * </pre>
 *
 * <p>Histories, weighted tags, crossed features and the id of the item are none, nor is what has a
 * name that no attribute may have. Where an item has no tags, its tags are missing.
 *
 * <p>Threading: any thread.
 */
public final class ItemAttributes {
    private ItemAttributes() {}

    /**
     * A table of missing values.
     *
     * @param schema the declared features.
     * @param items how many items there are.
     * @return the table, to be closed by the caller.
     */
    public static AttributeTable allocate(FeatureSchema schema, int items) {
        return allocate(schema, schema.fields(FeatureScope.ITEM), items);
    }

    private static AttributeTable allocate(
            FeatureSchema schema, List<FeatureField> fields, int items) {
        List<Attribute> attributes = new ArrayList<>();
        for (FeatureField field : fields) {
            Attribute attribute = of(schema, field);
            if (attribute != null && attributes.size() < AttributeSchema.MAX_ATTRIBUTES) {
                attributes.add(attribute);
            }
        }
        return AttributeTable.allocate(
                new AttributeSchema(AttributeSchema.FORMAT, attributes), items);
    }

    private static @Nullable Attribute of(FeatureSchema schema, FeatureField field) {
        AttributeKind kind = kindOf(schema, field);
        if (kind == null) {
            return null;
        }
        try {
            return new Attribute(field.name(), kind);
        } catch (MillraceException e) {
            // Features may have names that predicates could not be written with.
            return null;
        }
    }

    private static @Nullable AttributeKind kindOf(FeatureSchema schema, FeatureField field) {
        RawForm form = RawForm.of(schema, field);
        boolean isRaw = form == RawForm.NUMBER || form == RawForm.TEXT;
        if (!isRaw || field.kind() == FeatureKind.SEQUENCE) {
            return null;
        }
        if (field.isTags()) {
            return AttributeKind.TAGS;
        }
        if (field.kind() == FeatureKind.NUMERIC || field.encoding() == ValueEncoding.QUANTILES) {
            return AttributeKind.FLOAT64;
        }
        if (field.table().equals(FeatureField.ITEM_TABLE)) {
            return null;
        }
        return form == RawForm.TEXT ? AttributeKind.CATEGORY : AttributeKind.INT64;
    }

    /**
     * Whether a text can be a value of an attribute.
     *
     * @param text any text.
     * @return false where it is empty, too long or half a character.
     */
    public static boolean isValue(String text) {
        return !text.isEmpty()
                && text.length() <= Dictionary.MAX_TEXT_LENGTH
                && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /**
     * The attributes that rows tell as they were: numbers without a logarithm, ids, and texts that
     * their vocabulary has; one that it has not is missing. Of numbers, rows have the nearest of
     * single precision. Those of logarithms, buckets and hashes are left out.
     *
     * @param schema of the rows.
     * @param items the rows.
     * @return the table, to be closed by the caller.
     */
    public static AttributeTable ofRows(FeatureSchema schema, RowTable items) {
        List<FeatureField> told =
                schema.fields(FeatureScope.ITEM).stream()
                        .filter(field -> field.encoding() == ValueEncoding.PLAIN)
                        .toList();
        AttributeTable table = allocate(schema, told, items.count());
        try {
            for (FeatureField field : told) {
                if (table.schema().has(field.name())) {
                    copy(schema, field, items, table.column(field.name()));
                }
            }
            return table;
        } catch (RuntimeException | Error e) {
            table.close();
            throw e;
        }
    }

    private static void copy(
            FeatureSchema schema, FeatureField field, RowTable items, Column column) {
        MemorySegment rows = items.segment();
        long slot = 4L * items.layout().slotOf(field);
        for (int row = 0; row < items.count(); row++) {
            long at = items.offset(row) + slot;
            switch (column) {
                case Float64Column numbers -> {
                    float number = rows.get(RowLayout.FLOAT, at);
                    if (Float.isFinite(number)) {
                        // The shortest decimal that is this one is what the source most likely had.
                        numbers.set(row, Double.parseDouble(Float.toString(number)));
                    }
                }
                case Int64Column ids -> {
                    int id = rows.get(RowLayout.INT, at);
                    if (id >= FeatureField.FIRST) {
                        ids.set(row, id);
                    }
                }
                case CategoryColumn categories -> {
                    String text = text(schema, field, rows.get(RowLayout.INT, at));
                    if (text != null) {
                        categories.set(row, text);
                    }
                }
                case TagsColumn tags -> {
                    List<String> texts = new ArrayList<>();
                    for (int i = 1; i <= rows.get(RowLayout.INT, at); i++) {
                        String text = text(schema, field, rows.get(RowLayout.INT, at + 4L * i));
                        if (text != null) {
                            texts.add(text);
                        }
                    }
                    if (!texts.isEmpty()) {
                        tags.set(row, texts);
                    }
                }
                default -> throw new IllegalStateException("no feature is " + column);
            }
        }
    }

    /** What an id stands for; null for nothing known. */
    private static @Nullable String text(FeatureSchema schema, FeatureField field, int id) {
        if (id < FeatureField.FIRST) {
            return null;
        }
        var vocabulary = schema.vocabularies().get(field.name());
        if (vocabulary == null) {
            return Integer.toString(id);
        }
        String text = vocabulary.values().get(id - FeatureField.FIRST);
        return isValue(text) ? text : null;
    }
}
