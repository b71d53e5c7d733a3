package io.millrace.ranker.feedback;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;

import java.util.Arrays;

/**
 * Which cell counts what.
 *
 * <pre>
 *   cell   0     1 … items      then for each field: one cell for each id
 *          | all | item 0 … n-1 | creator 0 … | tags 0 … |
 * </pre>
 *
 * <p>Threading: immutable.
 */
final class CellPlaces {
    static final long ALL_CELL = 0;
    static final long FIRST_ITEM_CELL = 1;

    /** Cells of all items together, and then of each item, stand before those of the fields. */
    static final int FIRST_FIELD = 2;

    private final FeatureSchema schema;
    private final CountingPlan plan;
    private final FieldCells[] fields;
    private final long[] counts;

    CellPlaces(FeatureSchema schema, long items, CountingPlan plan) {
        this.schema = schema;
        this.plan = plan;
        this.fields = new FieldCells[plan.fields().size()];
        this.counts = new long[FIRST_FIELD + fields.length];
        counts[0] = 1;
        counts[1] = items;
        long cell = FIRST_ITEM_CELL + items;
        for (int i = 0; i < fields.length; i++) {
            FeatureField field = schema.field(plan.fields().get(i));
            fields[i] = cellsOf(field, cell);
            counts[FIRST_FIELD + i] = field.cardinality();
            cell += field.cardinality();
        }
    }

    private FieldCells cellsOf(FeatureField field, long firstCell) {
        long slotOffset = 4L * schema.layout(FeatureScope.ITEM).slotOf(field);
        return new FieldCells(field.name(), field.isList(), slotOffset, firstCell);
    }

    CountingPlan plan() {
        return plan;
    }

    /** The cells of each counted field. */
    FieldCells[] fields() {
        return fields;
    }

    /** How many cells there are of all items together, of each item, of each field. */
    long[] counts() {
        return counts;
    }

    /** How many cells there are. */
    long count() {
        return Arrays.stream(counts).sum();
    }

    /** The cells of a field's values; where these are the items' ids, the cells of the items. */
    FieldCells of(String fieldName) {
        FeatureField field = schema.field(fieldName);
        if (field.table().equals(FeatureField.ITEM_TABLE)) {
            return cellsOf(field, FIRST_ITEM_CELL - FeatureField.FIRST);
        }
        int index = plan.fields().indexOf(fieldName);
        if (index < 0) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "a rate of what is not counted: field=%s, counted=%s",
                    fieldName,
                    plan.fields());
        }
        return fields[index];
    }
}
