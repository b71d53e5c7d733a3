package io.millrace.ranker.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.ItemRowMirror;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What one process has counted, as what another begins with. */
final class CounterSnapshotTest {
    private static final long NOW_MS = FeedbackWorld.BEGIN_MS + 3_600_000;

    private final ItemRowMirror items = FeedbackWorld.items();

    @TempDir private Path folder;
    private Path snapshot = Path.of("");
    private List<List<EventRates>> counted = List.of();

    @BeforeEach
    void count() {
        snapshot = folder.resolve("items.counters");
        SplitRandom random = new SplitRandom(6);
        EventList events = new EventList(8);
        try (EventCounters counters =
                EventCounters.inMemory(FeedbackWorld.SCHEMA, items, FeedbackWorld.PLAN)) {
            for (int i = 0; i < 500; i++) {
                events.clear();
                FeedbackWorld.addRandom(events, random);
                counters.count(events, FeedbackWorld.BEGIN_MS + 6_000L * i);
            }
            counters.write(snapshot);
            counted = rates(counters);
        }
    }

    @AfterEach
    void close() {
        items.close();
    }

    private static List<List<EventRates>> rates(EventCounters counters) {
        return FeedbackWorld.ordinals().mapToObj(item -> counters.of(item, NOW_MS)).toList();
    }

    private EventCounters open(CountingPlan plan) {
        return EventCounters.open(folder, FeedbackWorld.SCHEMA, items, plan, snapshot);
    }

    @Test
    void shouldGoOnWhereTheOthersEnded() {
        try (EventCounters counters = open(FeedbackWorld.PLAN)) {
            assertEquals(counted, rates(counters));
            EventList events = new EventList(1);
            events.add(EventKind.IMPRESSION, 7, Float.NaN);
            counters.count(events, NOW_MS);
            double before = counted.get(7).get(1).impressions();
            assertEquals(before + 1, counters.of(7, NOW_MS).get(1).impressions(), 1e-9);
        }
        // What was counted since then stays when they are opened again.
        try (EventCounters counters = open(FeedbackWorld.PLAN)) {
            double before = counted.get(7).get(1).impressions();
            assertEquals(before + 1, counters.of(7, NOW_MS).get(1).impressions(), 1e-9);
        }
    }

    /** Fields may be counted in another order; one that was not counted begins with nothing. */
    @Test
    void shouldFindFieldsByTheirNames() {
        CountingPlan plan =
                new CountingPlan(List.of("tags", "item_id"), FeedbackWorld.HALF_LIFE_MS);
        try (EventCounters counters = open(plan)) {
            for (int item = 0; item < FeedbackWorld.ITEMS; item++) {
                List<EventRates> expected =
                        counted.get(item).stream()
                                .filter(rates -> !rates.of().equals("creator"))
                                .toList();
                List<EventRates> actual = counters.of(item, NOW_MS);
                assertEquals(expected, actual.subList(0, expected.size()), "item " + item);
                assertEquals("item_id", actual.getLast().of());
                assertEquals(0, actual.getLast().impressions());
            }
        }
    }

    @Test
    void shouldRefuseWhatWasCountedOfOthersOrAtAnotherPace() {
        long otherMs = 2 * FeedbackWorld.HALF_LIFE_MS;
        assertRefused(
                items, new CountingPlan(FeedbackWorld.PLAN.fields(), otherMs), "what=halfLife");
        try (RowTable.Builder rows =
                        RowTable.builder(FeedbackWorld.SCHEMA.layout(FeatureScope.ITEM), 1);
                RowTable none = rows.build();
                ItemRowMirror others = ItemRowMirror.of(none)) {
            assertRefused(others, FeedbackWorld.PLAN, "what=cells, expected=0");
        }
        // It is refused again: nothing half done is taken for what was counted.
        assertRefused(
                items, new CountingPlan(FeedbackWorld.PLAN.fields(), otherMs), "what=halfLife");
    }

    private void assertRefused(ItemRowMirror of, CountingPlan plan, String reason) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> EventCounters.open(folder, FeedbackWorld.SCHEMA, of, plan, snapshot));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void shouldRefuseAnyChangedByte() throws IOException {
        byte[] whole = Files.readAllBytes(snapshot);
        for (int at = 0; at < whole.length; at += whole.length / 97) {
            byte[] changed = whole.clone();
            changed[at] ^= 8;
            Files.write(snapshot, changed);
            assertThrows(MillraceException.class, () -> open(FeedbackWorld.PLAN), "byte " + at);
        }
    }
}
