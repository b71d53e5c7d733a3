package io.millrace.data.importers.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.ranker.store.ItemRowMirror;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;

/** Rates of impressions against sums over all that happened before, in plain loops. */
final class PastRatesTest {
    private static final int ITEMS = 12;
    private static final int EVENTS = 900;
    private static final int TRAIN_FROM = 300;
    private static final int TEST_FROM = 700;
    private static final int HALF_LIFE_MINUTES = 90;
    private static final double TICK_MS = HALF_LIFE_MINUTES * 60_000 / 64.0;
    private static final long BEGIN_MS = 1_714_500_000_000L;
    private static final FeatureField TAGS = FeatureField.tags(FeatureScope.ITEM, "tags", 6, 2);
    private static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "past",
                    0,
                    List.of(
                            FeatureField.categorical(
                                    FeatureScope.ITEM,
                                    "item_id",
                                    ITEMS + FeatureField.FIRST,
                                    FeatureField.ITEM_TABLE),
                            TAGS),
                    Map.of());
    private static final List<RatePlan> PLANS =
            List.of(
                    plan("clicks", FeatureRate.Event.CLICK, "item_id", null, null),
                    plan("watches", FeatureRate.Event.WATCH, "item_id", null, 3f),
                    plan("tag_clicks", FeatureRate.Event.CLICK, "tags", 0.125f, 5f));

    private final EventColumns events = new EventColumns(0, PLANS.size(), Label.USUAL);
    private final boolean[] clicks = new boolean[EVENTS];
    private final float[] shares = new float[EVENTS];

    @TempDir private Path folder;
    private PastRates.Parts parts = parts(events, true);
    private FeatureSchema rated = SCHEMA;

    private static RatePlan plan(
            String name,
            FeatureRate.Event event,
            String of,
            @Nullable Float usual,
            @Nullable Float prior) {
        return new RatePlan(name, event, of, HALF_LIFE_MINUTES, usual, prior);
    }

    private static PastRates.Parts parts(EventColumns events, boolean isTestTold) {
        int[] order = events.orderByTime();
        return new PastRates.Parts(
                new EventSlice(events, order, 0, Math.min(TRAIN_FROM, order.length)),
                new EventSlice(events, order, TRAIN_FROM, Math.min(TEST_FROM, order.length)),
                new EventSlice(events, order, TEST_FROM, order.length),
                isTestTold);
    }

    private static int[] tags(int item) {
        return item % 3 == 0 ? new int[0] : new int[] {2 + item % 2, 4 + item % 2};
    }

    private static RowTable items() {
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.ITEM), ITEMS)) {
            for (int item = 0; item < ITEMS; item++) {
                rows.append(item);
                rows.category(SCHEMA.field("item_id"), item + FeatureField.FIRST);
                rows.values(TAGS, tags(item), 0, tags(item).length);
            }
            return rows.build();
        }
    }

    /** Several events a moment, as often as not; the source has them in any order. */
    @BeforeEach
    void addRates() throws IOException {
        SplitRandom random = new SplitRandom(12);
        long[] timesMs = new long[EVENTS];
        for (int i = 0; i < EVENTS; i++) {
            timesMs[i] = BEGIN_MS + 40_000L * random.nextInt(EVENTS / 2);
        }
        // Parts begin at moments of their own.
        Arrays.sort(timesMs);
        for (int i = 0; i < EVENTS; i++) {
            timesMs[i] += i < TRAIN_FROM ? 0 : i < TEST_FROM ? 3_600_000 : 7_200_000;
        }
        for (int i = EVENTS - 1; i >= 0; i--) {
            clicks[EVENTS - 1 - i] = random.nextInt(3) == 0;
            shares[EVENTS - 1 - i] = random.nextInt(2) == 0 ? 0 : 2 * random.nextFloat();
            events.add(
                    0,
                    Math.min(random.nextInt(ITEMS), random.nextInt(ITEMS)),
                    timesMs[i],
                    clicks[EVENTS - 1 - i] ? EventColumns.CLICK : 0,
                    shares[EVENTS - 1 - i]);
        }
        parts = parts(events, true);
        try (DatasetWriter writer = DatasetWriter.create(folder.resolve("set"), false);
                RowTable items = items()) {
            rated = PastRates.add(writer, SCHEMA, items, PLANS, parts);
            Files.copy(
                    writer.resolve(DatasetLayout.COUNTERS), folder.resolve(DatasetLayout.COUNTERS));
        }
    }

    @AfterEach
    void leaveNothing() {
        assertFalse(Files.exists(folder.resolve("set")), "a writer that does not commit");
    }

    @Test
    void shouldGiveImpressionsWhatHappenedBeforeThem() {
        int missing = 0;
        for (int event = 0; event < EVENTS; event++) {
            int item = events.item(event);
            double[] expected = {
                rate(event, 0, other -> events.item(other) == item),
                rate(event, 1, other -> events.item(other) == item),
                tagRate(event, item)
            };
            for (int field = 0; field < PLANS.size(); field++) {
                float actual = events.rate(event, field);
                String where = "event " + event + ", rate " + field;
                assertEquals(expected[field], actual, 1e-6, where);
                missing += Float.isNaN(actual) ? 1 : 0;
            }
        }
        assertTrue(missing > ITEMS, "the first of each item, and what has no tags: " + missing);
    }

    /** The last event of training is the last that anything is told of. */
    @Test
    void shouldCountNothingOfTheTestsWhenTheyAreUntold() {
        long lastMs = events.timeMs(parts.train().event(TEST_FROM - TRAIN_FROM - 1));
        try (DatasetWriter writer = DatasetWriter.create(folder.resolve("set"), false);
                RowTable items = items()) {
            rated = PastRates.add(writer, SCHEMA, items, PLANS, parts(events, false));
        }
        for (int place = 0; place < EVENTS - TEST_FROM; place++) {
            int event = parts.test().event(place);
            int item = events.item(event);
            double expected =
                    rate(
                            event,
                            0,
                            other -> events.item(other) == item && events.timeMs(other) <= lastMs);
            assertEquals(expected, events.rate(event, 0), 1e-6, "event " + event);
        }
    }

    /** What happens to an item counts for each of its tags. */
    private double tagRate(int event, int item) {
        double shown = 0;
        double clicked = 0;
        for (int tag : tags(item)) {
            double[] sums = sums(event, other -> contains(tags(events.item(other)), tag));
            shown += sums[0];
            clicked += sums[1];
        }
        return shown == 0 ? Double.NaN : smooth(clicked, shown, rateOf(2));
    }

    private double rate(int event, int field, IntPredicate isCounted) {
        double[] sums = sums(event, isCounted);
        return sums[0] == 0 ? Double.NaN : smooth(sums[1 + field], sums[0], rateOf(field));
    }

    private static double smooth(double happened, double shown, FeatureRate rate) {
        double prior = rate.priorImpressions();
        return (happened + prior * rate.usual()) / (shown + prior);
    }

    private FeatureRate rateOf(int field) {
        return Objects.requireNonNull(rated.field(PLANS.get(field).name()).rate());
    }

    /** Impressions, clicks and watched shares before an event's moment, each faded by then. */
    private double[] sums(int event, IntPredicate isCounted) {
        double[] sums = new double[3];
        long nowMs = events.timeMs(event);
        for (int other = 0; other < EVENTS; other++) {
            long timeMs = events.timeMs(other);
            if (timeMs < nowMs && isCounted.test(other)) {
                double weight = Math.pow(2, (tick(timeMs) - tick(nowMs)) / 64.0);
                sums[0] += weight;
                sums[1] += clicks[other] ? weight : 0;
                sums[2] += weight * Math.min(1, shares[other]);
            }
        }
        return sums;
    }

    private static long tick(long timeMs) {
        return (long) Math.floor((timeMs - 1_577_836_800_000L) / TICK_MS);
    }

    private static boolean contains(int[] tags, int wanted) {
        return Arrays.stream(tags).anyMatch(tag -> tag == wanted);
    }

    @Test
    void shouldLearnScaleAndUsualRateFromTheImpressionsToTrainOn() {
        double clicked = 0;
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int i = TRAIN_FROM; i < TEST_FROM; i++) {
            int event = parts.train().event(i - TRAIN_FROM);
            clicked += clicks[event] ? 1 : 0;
            float rate = events.rate(event, 0);
            if (!Float.isNaN(rate)) {
                sum += rate;
                squares += (double) rate * rate;
                count++;
            }
        }
        FeatureField field = rated.field("clicks");
        assertEquals(clicked / (TEST_FROM - TRAIN_FROM), rateOf(0).usual(), 1e-6);
        assertEquals(RatePlan.DEFAULT_PRIOR, rateOf(0).priorImpressions());
        assertEquals(0.125f, rateOf(2).usual());
        assertEquals(5, rateOf(2).priorImpressions());
        assertEquals(sum / count, field.mean(), 1e-6);
        double variance = squares / count - sum / count * sum / count;
        assertEquals(Math.sqrt(variance), field.standardDeviation(), 1e-6);
    }

    /** The server begins where training ended: with all that happened before the first test. */
    @Test
    void shouldWriteWhatWasCountedBeforeTheImpressionsToTestOn() {
        int first = parts.test().event(0);
        long nowMs = events.timeMs(first);
        try (RowTable rows = items();
                ItemRowMirror items = ItemRowMirror.of(rows);
                EventCounters counters =
                        EventCounters.open(
                                folder,
                                rated,
                                items,
                                CountingPlan.of(rated, "", HALF_LIFE_MINUTES),
                                folder.resolve(DatasetLayout.COUNTERS))) {
            for (int item = 0; item < ITEMS; item++) {
                int wanted = item;
                EventRates actual = counters.of(item, nowMs).get(1);
                double expected = sums(first, other -> events.item(other) == wanted)[0];
                assertEquals(expected, actual.impressions(), 1e-6 * (1 + expected));
            }
        }
    }

    @Test
    void shouldLeaveASchemaAsItIsWhenThereAreNoRates() {
        try (DatasetWriter writer = DatasetWriter.create(folder.resolve("set"), false);
                RowTable items = items()) {
            assertSame(SCHEMA, PastRates.add(writer, SCHEMA, items, List.of(), parts));
            assertFalse(Files.exists(writer.resolve(DatasetLayout.COUNTERS)));
        }
    }
}
