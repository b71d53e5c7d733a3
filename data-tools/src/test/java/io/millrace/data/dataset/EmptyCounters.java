package io.millrace.data.dataset;

import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.store.ItemRowMirror;

/** The counters that a data set with rates must have, for tests that serve none. */
public final class EmptyCounters {
    private EmptyCounters() {}

    public static void write(DatasetWriter writer, FeatureSchema schema, RowTable items) {
        try (ItemRowMirror rows = ItemRowMirror.of(items);
                EventCounters counters =
                        EventCounters.inMemory(schema, rows, CountingPlan.of(schema, "", 60))) {
            counters.write(writer.resolve(DatasetLayout.COUNTERS));
            writer.seal(DatasetLayout.COUNTERS);
        }
    }
}
