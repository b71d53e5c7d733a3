package io.millrace.index.attributes;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** A small table with a value of every kind, a missing one of every kind, and all odd ones. */
final class SampleTable {
    static final AttributeSchema SCHEMA =
            AttributeSchema.of(
                    new Attribute("stock", AttributeKind.INT64),
                    new Attribute("price", AttributeKind.FLOAT64),
                    new Attribute("preorder", AttributeKind.BOOL),
                    new Attribute("category", AttributeKind.CATEGORY),
                    new Attribute("tags", AttributeKind.TAGS),
                    new Attribute("words", AttributeKind.TAGS));

    static final int ROWS = 70;

    private SampleTable() {}

    static AttributeTable make() {
        AttributeTable table = AttributeTable.allocate(SCHEMA, ROWS);
        Int64Column stock = (Int64Column) table.column("stock");
        stock.set(0, 0);
        stock.set(1, -1);
        stock.set(2, Long.MAX_VALUE);
        stock.set(3, Long.MIN_VALUE + 1);
        stock.set(69, 69);
        Float64Column price = (Float64Column) table.column("price");
        price.set(0, 0.0);
        price.set(1, -0.1);
        price.set(2, Double.MAX_VALUE);
        price.set(3, -Double.MAX_VALUE);
        price.set(4, Double.MIN_VALUE);
        price.set(5, -Double.MIN_VALUE);
        price.set(69, 1e-300);
        BoolColumn preorder = (BoolColumn) table.column("preorder");
        preorder.set(0, true);
        preorder.set(1, false);
        preorder.set(69, true);
        CategoryColumn category = (CategoryColumn) table.column("category");
        category.set(0, "shoes");
        category.set(1, "");
        category.set(2, "Größe \uD83D\uDC5F");
        category.set(3, "shoes");
        category.set(69, "x".repeat(Dictionary.MAX_TEXT_LENGTH));
        TagsColumn tags = (TagsColumn) table.column("tags");
        tags.set(0, List.of("new", "red"));
        tags.set(1, List.of());
        tags.set(2, List.of("red", "new", "red"));
        tags.set(69, List.of("shoes"));
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.add("word" + i);
        }
        ((TagsColumn) table.column("words")).set(33, many);
        return table;
    }

    /** All values of a row, null where missing. */
    static List<@Nullable Object> row(AttributeTable table, int ordinal) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Column column : table.columns()) {
            Object value =
                    switch (column) {
                        case Int64Column numbers -> numbers.get(ordinal);
                        case Float64Column numbers -> numbers.get(ordinal);
                        case BoolColumn truths -> truths.get(ordinal) == BoolColumn.TRUE;
                        case CategoryColumn texts -> texts.get(ordinal);
                        case TagsColumn texts -> texts.get(ordinal);
                    };
            values.add(column.isMissing(ordinal) ? null : value);
        }
        return values;
    }
}
