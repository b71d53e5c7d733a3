package io.millrace.ranker.feedback;

import io.millrace.core.HotPath;
import io.millrace.ranker.counters.CounterReading;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/**
 * Writes the rows of impressions: how the items that are shown are doing at that moment, by what
 * was counted before. Training and serving both come through here.
 *
 * <p>Of tags, what happened to all of an item's tags is added up before it is made a rate.
 *
 * <p>Threading: one thread; others may count meanwhile. Allocation: none after construction.
 */
public final class RateEncoder {
    private final EventCounters counters;
    private final int rowBytes;
    private final FeatureRate[] rates;
    private final FieldCells[] cells;

    /** By rate: whether it is of the same reading as the one before it. */
    private final boolean[] isAsBefore;

    private final CounterReading reading = new CounterReading();

    /**
     * An encoder.
     *
     * @param schema whose rates are written.
     * @param counters counts at least what {@link CountingPlan#of} says; stays the caller's.
     */
    public RateEncoder(FeatureSchema schema, EventCounters counters) {
        List<FeatureField> fields = schema.fields(FeatureScope.IMPRESSION);
        this.counters = counters;
        this.rowBytes = schema.layout(FeatureScope.IMPRESSION).rowBytes();
        this.rates = new FeatureRate[fields.size()];
        this.cells = new FieldCells[rates.length];
        this.isAsBefore = new boolean[rates.length];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = Objects.requireNonNull(fields.get(i).rate(), "fields of impressions");
            cells[i] = counters.cellsOf(rates[i].of());
            isAsBefore[i] = i > 0 && rates[i].of().equals(rates[i - 1].of());
        }
    }

    /**
     * Length of a row.
     *
     * @return bytes.
     */
    public int rowBytes() {
        return rowBytes;
    }

    /**
     * Writes the rows of items, one behind the other.
     *
     * @param ordinals the items.
     * @param count how many.
     * @param timestampMs when they are shown, milliseconds since 1970 UTC.
     * @param rows memory to write into; what stands behind the numbers of a row is left alone.
     * @param offset where the first row begins, in bytes.
     */
    @HotPath
    public void encodeInto(
            int[] ordinals, int count, long timestampMs, MemorySegment rows, long offset) {
        int tick = counters.tickOf(timestampMs);
        for (int i = 0; i < count; i++) {
            long at = offset + (long) i * rowBytes;
            for (int field = 0; field < rates.length; field++) {
                if (!isAsBefore[field]) {
                    counters.readInto(cells[field], ordinals[i], tick, reading);
                }
                // Every field of an impression is a number, and takes one slot.
                rows.set(RowLayout.FLOAT, at + 4L * field, valueOf(rates[field]));
            }
        }
    }

    private float valueOf(FeatureRate rate) {
        if (reading.isEmpty()) {
            return Float.NaN;
        }
        double value =
                switch (rate.event()) {
                    case CLICK -> reading.clickRate(rate.usual(), rate.priorImpressions());
                    case WATCH -> reading.watchRate(rate.usual(), rate.priorImpressions());
                };
        return (float) value;
    }
}
