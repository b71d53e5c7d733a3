package io.millrace.data.importers.table;

import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.NumberScale;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.feedback.RateEncoder;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.store.ItemRowMirror;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Gives impressions the rates as they stood when each was shown: events are walked through in the
 * order of time and counted, each after the rates of its own impression were read, by the classes
 * that count and read them while serving. Events of the same moment don't see each other.
 *
 * <p>Threading: one thread.
 */
public final class PastRates {
    private static final int EVENTS_OF_AN_IMPRESSION = 3;

    private final EventCounters counters;
    private final RateEncoder encoder;
    private final int fields;
    private final EventList told = new EventList(EVENTS_OF_AN_IMPRESSION);
    private final int[] item = new int[1];
    private final MemorySegment row;

    private PastRates(FeatureSchema schema, EventCounters counters) {
        this.counters = counters;
        this.encoder = new RateEncoder(schema, counters);
        this.fields = schema.fields(FeatureScope.IMPRESSION).size();
        this.row = Arena.ofAuto().allocate(encoder.rowBytes());
    }

    /**
     * Sets the rates of all impressions, and writes what was counted when the last of those to
     * train on was shown.
     *
     * @param writer of the data set.
     * @param schema the features but for rates.
     * @param items rows of the items.
     * @param plans the rates; none leaves everything as it is.
     * @param parts the events that come before those to train on, those to train on, those to test
     *     on.
     * @return the schema with the rates, scaled by the impressions to train on.
     */
    public static FeatureSchema add(
            DatasetWriter writer,
            FeatureSchema schema,
            RowTable items,
            List<RatePlan> plans,
            Parts parts) {
        if (plans.isEmpty()) {
            return schema;
        }
        FeatureSchema unscaled =
                schema.with(plans.stream().map(plan -> plan.field(parts.train())).toList());
        CountingPlan counted =
                CountingPlan.of(
                        unscaled,
                        RerankRules.defaults(schema).creatorField(),
                        unscaled.rateHalfLifeMinutes());
        try (ItemRowMirror rows = ItemRowMirror.of(items);
                EventCounters counters = EventCounters.inMemory(unscaled, rows, counted)) {
            PastRates past = new PastRates(unscaled, counters);
            past.walk(parts.history(), true);
            past.walk(parts.train(), true);
            counters.write(writer.resolve(DatasetLayout.COUNTERS));
            writer.seal(DatasetLayout.COUNTERS);
            past.walk(parts.test(), parts.isTestTold());
        }
        return schema.with(scaled(unscaled.fields(FeatureScope.IMPRESSION), parts.train()));
    }

    /**
     * The events of a data set, each part later than the one before.
     *
     * @param history what happened before the impressions to train on.
     * @param train the impressions to train on.
     * @param test the impressions to test on.
     * @param isTestTold whether what comes of these is counted; if not, their rates are those of a
     *     server that is told nothing any more.
     */
    public record Parts(
            EventSlice history, EventSlice train, EventSlice test, boolean isTestTold) {}

    private void walk(EventSlice slice, boolean isTold) {
        EventColumns events = slice.events();
        int end;
        for (int from = 0; from < slice.count(); from = end) {
            long timeMs = events.timeMs(slice.event(from));
            end = from;
            while (end < slice.count() && events.timeMs(slice.event(end)) == timeMs) {
                read(events, slice.event(end), timeMs);
                end++;
            }
            for (int place = from; isTold && place < end; place++) {
                count(events, slice.event(place), timeMs);
            }
        }
    }

    private void read(EventColumns events, int event, long timeMs) {
        item[0] = events.item(event);
        encoder.encodeInto(item, 1, timeMs, row, 0);
        for (int field = 0; field < fields; field++) {
            events.setRate(event, field, row.get(RowLayout.FLOAT, 4L * field));
        }
    }

    /** Tells what came of an impression as a client would. */
    private void count(EventColumns events, int event, long timeMs) {
        int ordinal = events.item(event);
        told.clear();
        told.add(EventKind.IMPRESSION, ordinal, Float.NaN);
        if (events.hasLabel(event, EventColumns.CLICK)) {
            told.add(EventKind.CLICK, ordinal, Float.NaN);
        }
        float share = events.watchRatio(event);
        if (share > 0) {
            told.add(EventKind.WATCH, ordinal, share);
        }
        counters.count(told, timeMs);
    }

    private static List<FeatureField> scaled(List<FeatureField> rates, EventSlice train) {
        List<FeatureField> scaled = new ArrayList<>();
        float[] values = new float[train.count()];
        for (int field = 0; field < rates.size(); field++) {
            for (int place = 0; place < values.length; place++) {
                values[place] = train.events().rate(train.event(place), field);
            }
            NumberScale scale = NumberScale.of(values);
            FeatureRate rate = Objects.requireNonNull(rates.get(field).rate(), "a rate");
            scaled.add(
                    FeatureField.rate(
                            rates.get(field).name(),
                            rate,
                            scale.mean(),
                            scale.standardDeviation()));
        }
        return scaled;
    }

    /** Mean rate of an event over impressions, 0 without any. */
    static double mean(FeatureRate.Event event, EventSlice slice) {
        EventColumns events = slice.events();
        double sum = 0;
        for (int place = 0; place < slice.count(); place++) {
            int index = slice.event(place);
            sum +=
                    switch (event) {
                        case CLICK -> events.hasLabel(index, EventColumns.CLICK) ? 1 : 0;
                        case WATCH -> Math.clamp(events.watchRatio(index), 0, 1);
                    };
        }
        return slice.count() == 0 ? 0 : sum / slice.count();
    }
}
