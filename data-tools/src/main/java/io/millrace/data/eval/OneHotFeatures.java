package io.millrace.data.eval;

import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.WeightedTags;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * An impression as a sparse vector: one weight for every value of every categorical field, the tags
 * sharing 1 among them by their weights, numbers standardised and kept within {@value
 * #NUMBER_LIMIT}, with a weight of their own for being missing. Sequences are left out.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class OneHotFeatures {
    private static final float NUMBER_LIMIT = 4;

    private record Column(FeatureField field, long slotOffset, int base) {}

    private final RowTable users;
    private final RowTable items;
    private final List<Column> userColumns = new ArrayList<>();
    private final List<Column> contextColumns = new ArrayList<>();
    private final List<Column> itemColumns = new ArrayList<>();
    private final List<Column> impressionColumns = new ArrayList<>();
    private final int dimension;
    private final int[] indexes;
    private final float[] values;
    private int count;

    OneHotFeatures(FeatureSchema schema, RowTable users, RowTable items) {
        this.users = users;
        this.items = items;
        int base = 0;
        int most = 0;
        for (FeatureScope scope : FeatureScope.values()) {
            RowLayout layout = schema.layout(scope);
            for (FeatureField field : layout.fields()) {
                if (field.kind() != FeatureKind.SEQUENCE) {
                    columnsOf(scope).add(new Column(field, 4L * layout.slotOf(field), base));
                    base += field.kind() == FeatureKind.NUMERIC ? 2 : field.cardinality();
                    most += field.maxValues();
                }
            }
        }
        this.dimension = base;
        this.indexes = new int[most];
        this.values = new float[most];
    }

    /** Count of weights. */
    int dimension() {
        return dimension;
    }

    /** Reads an impression; its features stand until the next call. */
    void read(InteractionTable table, long event) {
        count = 0;
        read(userColumns, users.segment(), users.offset(table.user(event)));
        read(contextColumns, table.contextSegment(), table.contextOffset(event));
        read(itemColumns, items.segment(), items.offset(table.item(event)));
        read(impressionColumns, table.impressionSegment(), table.impressionOffset(event));
    }

    /** How many features the impression has. */
    int count() {
        return count;
    }

    /** Index of a feature's weight. */
    int index(int feature) {
        return indexes[feature];
    }

    /** Value of a feature. */
    float value(int feature) {
        return values[feature];
    }

    private List<Column> columnsOf(FeatureScope scope) {
        return switch (scope) {
            case USER -> userColumns;
            case CONTEXT -> contextColumns;
            case ITEM -> itemColumns;
            case IMPRESSION -> impressionColumns;
        };
    }

    private void read(List<Column> columns, MemorySegment rows, long row) {
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            FeatureField field = column.field();
            long at = row + column.slotOffset();
            switch (field.kind()) {
                case CATEGORICAL -> add(column.base() + rows.get(RowLayout.INT, at), 1);
                case NUMERIC -> addNumber(column, rows.get(RowLayout.FLOAT, at));
                case TAGS -> {
                    int length = rows.get(RowLayout.INT, at);
                    for (int j = 1; j <= length; j++) {
                        add(column.base() + rows.get(RowLayout.INT, at + 4L * j), 1f / length);
                    }
                }
                case WEIGHTED_TAGS -> {
                    int length = rows.get(RowLayout.INT, at);
                    for (int j = 0; j < length; j++) {
                        int id = rows.get(RowLayout.INT, at + 4L * (1 + j));
                        add(column.base() + id, WeightedTags.share(field, j, rows, at));
                    }
                }
                case SEQUENCE -> {}
            }
        }
    }

    private void addNumber(Column column, float raw) {
        if (Float.isNaN(raw)) {
            add(column.base() + 1, 1);
        } else {
            FeatureField field = column.field();
            float scaled = (raw - field.mean()) / field.standardDeviation();
            add(column.base(), Math.clamp(scaled, -NUMBER_LIMIT, NUMBER_LIMIT));
        }
    }

    private void add(int index, float value) {
        indexes[count] = index;
        values[count] = value;
        count++;
    }
}
