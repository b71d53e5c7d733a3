package io.millrace.ranker.store;

import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** Rows whose every slot follows from one number, so that a torn one is seen. */
final class StoreRows {
    static final int VALUES = 31;
    static final RowLayout LAYOUT = layout("history");

    private StoreRows() {}

    /** 128 bytes a row. */
    static RowLayout layout(String field) {
        return new FeatureSchema(
                        FeatureSchema.FORMAT,
                        "store",
                        0,
                        List.of(FeatureField.itemSequence(field, 1 << 24, VALUES)),
                        Map.of())
                .layout(FeatureScope.USER);
    }

    static void fill(MemorySegment target, long offset, int number) {
        target.set(RowLayout.INT, offset, VALUES);
        for (int i = 1; i <= VALUES; i++) {
            target.set(RowLayout.INT, offset + 4L * i, (number + i) & 0xFF_FFFF);
        }
    }

    /** The number a row was filled with, or -1 when it is no whole row. */
    static int numberOf(MemorySegment row, long offset) {
        int number = row.get(RowLayout.INT, offset + 4) - 1;
        if (row.get(RowLayout.INT, offset) != VALUES) {
            return -1;
        }
        for (int i = 1; i <= VALUES; i++) {
            if (row.get(RowLayout.INT, offset + 4L * i) != ((number + i) & 0xFF_FFFF)) {
                return -1;
            }
        }
        return number;
    }

    /** Rows with ids 10, 20, … filled with their row number. */
    static RowTable table(int count) {
        FeatureField field = LAYOUT.fields().get(0);
        int[] values = new int[VALUES];
        try (RowTable.Builder builder = RowTable.builder(LAYOUT, count)) {
            for (int row = 0; row < count; row++) {
                for (int i = 0; i < VALUES; i++) {
                    values[i] = (row + i + 1) & 0xFF_FFFF;
                }
                builder.append(10L * (row + 1));
                builder.values(field, values, 0, VALUES);
            }
            return builder.build();
        }
    }
}
