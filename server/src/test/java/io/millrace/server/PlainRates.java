package io.millrace.server;

import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.feedback.RateEncoder;
import io.millrace.ranker.store.ItemRowMirror;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Counts what a bundle begins with and what it is told of, in memory, and has the impression's row
 * of one candidate. Of a bundle without rates the row has nothing.
 */
final class PlainRates implements AutoCloseable {
    private final ItemRowMirror items;
    private final EventCounters counters;
    private final RateEncoder encoder;
    private final RowLayout layout;
    private final MemorySegment row;

    PlainRates(TinyBundle tiny, RowTable itemRows) {
        FeatureSchema schema = tiny.schema();
        items = ItemRowMirror.of(itemRows);
        counters =
                EventCounters.inMemory(
                        schema, items, CountingPlan.of(schema, "", TinyBundle.HALF_LIFE_MINUTES));
        tiny.tellBeginning(counters);
        encoder = new RateEncoder(schema, counters);
        layout = schema.layout(FeatureScope.IMPRESSION);
        row = Arena.ofAuto().allocate(layout.rowBytes(), 64);
    }

    MemorySegment row() {
        return row;
    }

    void tell(long timestampMs, EventList events) {
        counters.count(events, timestampMs);
    }

    void read(int ordinal, long timestampMs) {
        encoder.encodeInto(new int[] {ordinal}, 1, timestampMs, row, 0);
    }

    /** Has the row say that nothing is known. */
    void clear() {
        for (int i = 0; i < layout.fields().size(); i++) {
            row.set(RowLayout.FLOAT, 4L * i, Float.NaN);
        }
    }

    @Override
    public void close() {
        counters.close();
        items.close();
    }
}
