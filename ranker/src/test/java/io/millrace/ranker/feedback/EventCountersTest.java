package io.millrace.ranker.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.store.ItemRowMirror;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

final class EventCountersTest {
    private final ItemRowMirror items = FeedbackWorld.items();
    private final EventList events = new EventList(8);

    @TempDir private Path folder;

    @AfterEach
    void close() {
        items.close();
    }

    @Test
    void shouldAgreeWithSumsOverAllEventsWhenTheyAreCountedAtRandom() {
        SplitRandom random = new SplitRandom(31);
        PlainCounters expected = new PlainCounters();
        long nowMs = FeedbackWorld.BEGIN_MS;
        try (EventCounters counters = open()) {
            for (int step = 0; step < 2_000; step++) {
                nowMs += random.nextInt(60_000);
                events.clear();
                for (int i = random.nextInt(4); i > 0; i--) {
                    FeedbackWorld.addRandom(events, random);
                }
                counters.count(events, nowMs);
                expected.count(events, nowMs);
                if (step % 40 == 0) {
                    assertSame(expected, counters, nowMs + random.nextInt(600_000));
                }
            }
        }
        try (EventCounters counters = open()) {
            assertSame(expected, counters, nowMs);
        }
    }

    private static void assertSame(PlainCounters expected, EventCounters counters, long nowMs) {
        for (int ordinal = 0; ordinal < FeedbackWorld.ITEMS; ordinal++) {
            List<EventRates> plain = expected.of(ordinal, nowMs);
            List<EventRates> actual = counters.of(ordinal, nowMs);
            assertEquals(plain.size(), actual.size());
            for (int i = 0; i < plain.size(); i++) {
                assertEquals(plain.get(i).of(), actual.get(i).of());
                assertEquals(plain.get(i).id(), actual.get(i).id());
                double shown = plain.get(i).impressions();
                assertEquals(shown, actual.get(i).impressions(), 1e-9 * (1 + shown));
                assertEquals(plain.get(i).clickRate(), actual.get(i).clickRate(), 1e-9);
                assertEquals(plain.get(i).watchRate(), actual.get(i).watchRate(), 1e-9);
            }
            assertEquals(plain.get(0).clickRate(), counters.all(nowMs).clickRate(), 1e-9);
        }
    }

    @Test
    void shouldHalveWhenAHalfLifeHasPassedAndKeepTheRate() {
        try (EventCounters counters = open()) {
            events.clear();
            for (int i = 0; i < 4; i++) {
                events.add(EventKind.IMPRESSION, 7, Float.NaN);
            }
            events.add(EventKind.CLICK, 7, Float.NaN);
            events.add(EventKind.LIKE, 7, Float.NaN);
            counters.count(events, FeedbackWorld.BEGIN_MS);
            EventRates later =
                    counters.all(FeedbackWorld.BEGIN_MS + 2 * FeedbackWorld.HALF_LIFE_MS);
            assertEquals(1, later.impressions());
            assertEquals(0.25, later.clickRate());
            assertEquals(0, later.watchRate());
        }
    }

    /** Counted when a clock was ten years ahead, and told what the time is later. */
    @Test
    void shouldCountAgainWhenAClockWasAheadAndIsRight() {
        long aheadMs = FeedbackWorld.BEGIN_MS + 10L * 365 * 86_400_000;
        try (EventCounters counters = open()) {
            events.clear();
            events.add(EventKind.IMPRESSION, 7, Float.NaN);
            counters.count(events, aheadMs);
            assertEquals(
                    (double) aheadMs,
                    (double) counters.lastMomentMs(),
                    FeedbackWorld.HALF_LIFE_MS / 64.0);

            assertTrue(counters.bringBack(FeedbackWorld.BEGIN_MS));
            assertFalse(counters.bringBack(FeedbackWorld.BEGIN_MS));

            counters.count(events, FeedbackWorld.BEGIN_MS);
            for (EventRates rates : counters.of(7, FeedbackWorld.BEGIN_MS)) {
                assertEquals(2, rates.impressions(), rates.of());
            }
            long laterMs = FeedbackWorld.BEGIN_MS + FeedbackWorld.HALF_LIFE_MS;
            assertEquals(1, counters.all(laterMs).impressions());
        }
    }

    /** What comes late, or from a clock that is set by seconds, is no clock that was ahead. */
    @Test
    void shouldLeaveCountsAloneWhenTheyAreAheadByLessThanAHalfLife() {
        try (EventCounters counters = open()) {
            assertFalse(counters.bringBack(FeedbackWorld.BEGIN_MS), "nothing was counted");
            events.clear();
            events.add(EventKind.IMPRESSION, 7, Float.NaN);
            counters.count(events, FeedbackWorld.BEGIN_MS);
            // Times are told apart to a 64th of it.
            long tickMs = FeedbackWorld.HALF_LIFE_MS / 64;
            long nowMs = FeedbackWorld.BEGIN_MS - FeedbackWorld.HALF_LIFE_MS;
            assertFalse(counters.bringBack(nowMs + tickMs));
            assertTrue(counters.bringBack(nowMs - tickMs));
        }
    }

    @Test
    void shouldAllocateNothingWhenCounting() {
        try (EventCounters counters = open()) {
            SplitRandom random = new SplitRandom(3);
            Runnable call =
                    () -> {
                        events.clear();
                        for (int i = 0; i < 4; i++) {
                            FeedbackWorld.addRandom(events, random);
                        }
                        counters.count(events, FeedbackWorld.BEGIN_MS);
                    };
            assertEquals(0, AllocationProbe.leastBytes(500, call));
        }
    }

    private EventCounters open() {
        return FeedbackWorld.openCounters(folder, items);
    }
}
