package io.millrace.index.filter;

import io.millrace.core.random.SplitRandom;
import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeKind;
import io.millrace.index.attributes.AttributeSchema;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.BoolColumn;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.TagsColumn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of random values as plain maps, and the same rows as a table. */
final class RandomRows {
    static final AttributeSchema SCHEMA =
            AttributeSchema.of(
                    new Attribute("stock", AttributeKind.INT64),
                    new Attribute("price", AttributeKind.FLOAT64),
                    new Attribute("preorder", AttributeKind.BOOL),
                    new Attribute("category", AttributeKind.CATEGORY),
                    new Attribute("tags", AttributeKind.TAGS),
                    new Attribute("made_at", AttributeKind.INT64),
                    new Attribute("brand", AttributeKind.CATEGORY),
                    new Attribute("words", AttributeKind.TAGS));

    private static final List<String> MANY = List.of("brand", "words");

    private static final long[] WHOLES = {
        -1, 0, 1, 2, 3, Long.MIN_VALUE + 1, Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 53
    };
    private static final double[] DECIMALS = {
        -1.5,
        -0.0,
        0.0,
        0.5,
        1,
        2,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MAX_VALUE,
        -Double.MAX_VALUE
    };

    private RandomRows() {}

    /** Rows; a key that is left out is a missing value. */
    static List<Map<String, Object>> of(SplitRandom random, int count) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> row = new HashMap<>();
            for (Attribute attribute : SCHEMA.attributes()) {
                if (random.nextInt(5) > 0) {
                    row.put(attribute.name(), value(random, attribute));
                }
            }
            rows.add(row);
        }
        return rows;
    }

    /** A value as rows have it: a Long, Double, Boolean, String or List of these. */
    static Object value(SplitRandom random, Attribute attribute) {
        return switch (attribute.kind()) {
            case INT64 -> WHOLES[random.nextInt(WHOLES.length)];
            case FLOAT64 -> DECIMALS[random.nextInt(DECIMALS.length)];
            case BOOL -> random.nextInt(2) == 0;
            case CATEGORY -> text(random, attribute);
            case TAGS -> {
                List<String> tags = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    tags.add(text(random, attribute));
                }
                yield tags;
            }
        };
    }

    /** One of the texts of an attribute; brands and words are many. */
    static String text(SplitRandom random, Attribute attribute) {
        int count = MANY.contains(attribute.name()) ? 300 : 6;
        return attribute.name().charAt(0) + "'" + random.nextInt(count);
    }

    static AttributeTable table(List<Map<String, Object>> rows) {
        AttributeTable table = AttributeTable.allocate(SCHEMA, rows.size());
        for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
            set(table, ordinal, rows.get(ordinal));
        }
        return table;
    }

    static void set(AttributeTable table, int ordinal, Map<String, Object> row) {
        for (Attribute attribute : SCHEMA.attributes()) {
            Object value = row.get(attribute.name());
            if (value == null) {
                table.column(attribute.name()).setMissing(ordinal);
            } else {
                set(table, ordinal, attribute.name(), value);
            }
        }
    }

    private static void set(AttributeTable table, int ordinal, String name, Object value) {
        switch (table.column(name)) {
            case Int64Column column -> column.set(ordinal, (Long) value);
            case Float64Column column -> column.set(ordinal, (Double) value);
            case BoolColumn column -> column.set(ordinal, (Boolean) value);
            case CategoryColumn column -> column.set(ordinal, (String) value);
            case TagsColumn column ->
                    column.set(ordinal, ((List<?>) value).stream().map(String::valueOf).toList());
        }
    }
}
