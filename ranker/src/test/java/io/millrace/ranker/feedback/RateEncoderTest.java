package io.millrace.ranker.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.ItemRowMirror;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

final class RateEncoderTest {
    private static final int HALF_LIFE_MINUTES =
            (int) TimeUnit.MILLISECONDS.toMinutes(FeedbackWorld.HALF_LIFE_MS);

    /** The second and third are of one field, the last has no prior at all. */
    private static final List<FeatureRate> RATES =
            List.of(
                    rate(FeatureRate.Event.CLICK, "tags", 0.25f, 5),
                    rate(FeatureRate.Event.CLICK, "item_id", 0.3f, 20),
                    rate(FeatureRate.Event.WATCH, "item_id", 0.5f, 3),
                    rate(FeatureRate.Event.WATCH, "creator", 0.5f, 0));

    private static final FeatureSchema SCHEMA =
            FeedbackWorld.SCHEMA.with(
                    IntStream.range(0, RATES.size())
                            .mapToObj(i -> FeatureField.rate("rate" + i, RATES.get(i), 0, 1))
                            .toList());
    private static final int[] ALL = IntStream.range(0, FeedbackWorld.ITEMS).toArray();

    private final ItemRowMirror items = FeedbackWorld.items();
    private final EventCounters counters =
            EventCounters.inMemory(SCHEMA, items, CountingPlan.of(SCHEMA, "", HALF_LIFE_MINUTES));
    private final RateEncoder encoder = new RateEncoder(SCHEMA, counters);
    private final RowLayout layout = SCHEMA.layout(FeatureScope.IMPRESSION);
    private final MemorySegment rows =
            Arena.ofAuto().allocate((long) FeedbackWorld.ITEMS * layout.rowBytes(), 64);
    private final EventList events = new EventList(8);

    private static FeatureRate rate(
            FeatureRate.Event event, String of, float usual, float priorImpressions) {
        return new FeatureRate(event, of, HALF_LIFE_MINUTES, usual, priorImpressions);
    }

    @AfterEach
    void close() {
        counters.close();
        items.close();
    }

    private float encoded(int place, int rate) {
        return rows.get(RowLayout.FLOAT, (long) place * layout.rowBytes() + 4L * rate);
    }

    @Test
    void shouldAgreeWithSumsOverAllEventsWhenTheyAreCountedAtRandom() {
        SplitRandom random = new SplitRandom(41);
        PlainCounters expected = new PlainCounters();
        long nowMs = FeedbackWorld.BEGIN_MS;
        int missing = 0;
        for (int step = 0; step < 1_000; step++) {
            nowMs += random.nextInt(120_000);
            if (step % 40 == 1) {
                long atMs = nowMs + random.nextInt(600_000);
                encoder.encodeInto(ALL, ALL.length, atMs, rows, 0);
                missing += assertSame(expected, atMs);
            }
            events.clear();
            for (int i = random.nextInt(4); i > 0; i--) {
                FeedbackWorld.addRandom(events, random);
            }
            counters.count(events, nowMs);
            expected.count(events, nowMs);
        }
        assertTrue(missing > 0, "some had nothing yet");
    }

    private int assertSame(PlainCounters expected, long atMs) {
        int missing = 0;
        for (int ordinal = 0; ordinal < FeedbackWorld.ITEMS; ordinal++) {
            for (int i = 0; i < RATES.size(); i++) {
                String prefix = RATES.get(i).of().equals("item_id") ? "item" : RATES.get(i).of();
                List<String> names =
                        FeedbackWorld.countedAs(ordinal).stream()
                                .filter(name -> name.startsWith(prefix + " "))
                                .toList();
                double rate = expected.rate(RATES.get(i), names, atMs);
                String where = "ordinal " + ordinal + ", rate " + i;
                assertEquals(rate, encoded(ordinal, i), 1e-6, where);
                missing += Double.isNaN(rate) ? 1 : 0;
            }
        }
        return missing;
    }

    /** Item 0 has neither tags nor a creator. */
    @Test
    void shouldMissWhatHasNoValue() {
        for (int ordinal = 0; ordinal < FeedbackWorld.ITEMS; ordinal++) {
            events.clear();
            events.add(EventKind.IMPRESSION, ordinal, Float.NaN);
            counters.count(events, FeedbackWorld.BEGIN_MS);
        }
        encoder.encodeInto(new int[] {0, 7}, 2, FeedbackWorld.BEGIN_MS, rows, 0);
        assertTrue(Float.isNaN(encoded(0, 0)) && Float.isNaN(encoded(0, 3)));
        for (int rate = 0; rate < RATES.size(); rate++) {
            assertTrue(encoded(1, rate) >= 0, "rate " + rate);
        }
    }

    /** A candidate's row must not depend on its company or its place. */
    @Test
    void shouldGiveTheSameBitsWhereverACandidateStands() {
        SplitRandom random = new SplitRandom(5);
        for (int i = 0; i < 200; i++) {
            events.clear();
            FeedbackWorld.addRandom(events, random);
            counters.count(events, FeedbackWorld.BEGIN_MS + 1_000L * i);
        }
        long atMs = FeedbackWorld.BEGIN_MS + 300_000;
        encoder.encodeInto(ALL, ALL.length, atMs, rows, 0);
        MemorySegment alone = Arena.ofAuto().allocate(3L * encoder.rowBytes());
        for (int ordinal : ALL) {
            encoder.encodeInto(new int[] {ordinal}, 1, atMs, alone, encoder.rowBytes());
            long at = (long) ordinal * encoder.rowBytes();
            assertEquals(
                    -1,
                    MemorySegment.mismatch(
                            alone,
                            encoder.rowBytes(),
                            2L * encoder.rowBytes(),
                            rows,
                            at,
                            at + encoder.rowBytes()),
                    "ordinal " + ordinal);
        }
    }

    @Test
    void shouldAllocateNothingWhenWarm() {
        events.clear();
        events.add(EventKind.CLICK, 3, Float.NaN);
        counters.count(events, FeedbackWorld.BEGIN_MS);
        long bytes =
                AllocationProbe.leastBytes(
                        500,
                        () ->
                                encoder.encodeInto(
                                        ALL, ALL.length, FeedbackWorld.BEGIN_MS + 5, rows, 0));
        assertEquals(0, bytes);
        assertEquals((1 + 0.3 * 20) / 20, encoded(3, 1), 1e-6);
    }
}
