package io.millrace.ranker.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

final class CounterCellsTest {
    private static final DecayClock CLOCK = new DecayClock(3_600_000);
    private static final int CELLS = 30;

    private final CounterReading reading = new CounterReading();

    @TempDir private Path folder;

    /** An event as the plain model keeps it: for ever. */
    private record Event(int tick, double impressions, double clicks, double watches) {}

    @Test
    void shouldAgreeWithASumOverAllEventsWhenTheyComeInAnyOrder() {
        SplitRandom random = new SplitRandom(17);
        Map<Integer, List<Event>> expected = new HashMap<>();
        int now = -5_000;
        try (CounterCells cells = open("counters")) {
            for (int step = 0; step < 20_000; step++) {
                now += random.nextInt(3);
                int cell = random.nextInt(CELLS);
                // Some events arrive late.
                int tick = random.nextInt(5) == 0 ? now - random.nextInt(200) : now;
                Event event =
                        new Event(tick, random.nextInt(2), random.nextInt(2), random.nextFloat());
                cells.add(cell, tick, event.impressions, event.clicks, event.watches);
                expected.computeIfAbsent(cell, key -> new ArrayList<>()).add(event);
                if (step % 50 == 0) {
                    assertWorth(expected, cells, cell, now + random.nextInt(100));
                }
            }
        }
        try (CounterCells cells = open("counters")) {
            for (int cell = 0; cell < CELLS; cell++) {
                assertWorth(expected, cells, cell, now);
            }
        }
    }

    private void assertWorth(
            Map<Integer, List<Event>> expected, CounterCells cells, int cell, int tick) {
        double impressions = 0;
        double clicks = 0;
        double watches = 0;
        for (Event event : expected.getOrDefault(cell, List.of())) {
            double weight = Math.pow(2, (event.tick - tick) / 64.0);
            impressions += weight * event.impressions;
            clicks += weight * event.clicks;
            watches += weight * event.watches;
        }
        cells.readInto(cell, tick, reading);
        assertEquals(impressions, reading.impressions(), 1e-9 * (1 + impressions));
        double shown = impressions + 20;
        assertEquals(Math.min(1, (clicks + 20 * 0.25) / shown), reading.clickRate(0.25), 1e-9);
        assertEquals(Math.min(1, (watches + 20 * 0.5) / shown), reading.watchRate(0.5), 1e-9);
        double plain = impressions == 0 ? 0 : Math.min(1, clicks / impressions);
        assertEquals(plain, reading.clickRate(), 1e-6);
        plain = impressions == 0 ? 0 : Math.min(1, watches / impressions);
        assertEquals(plain, reading.watchRate(), 1e-6);
    }

    @Test
    void shouldBeWorthWhatItWasWhenReadForAnEarlierMoment() {
        try (CounterCells cells = open("counters")) {
            cells.add(3, 640, 4, 2, 1);
            cells.readInto(3, 0, reading);
            assertEquals(4, reading.impressions());
            assertEquals(0.5, reading.clickRate());
            assertEquals(0.25, reading.watchRate());
            cells.readInto(3, 640 + 128, reading);
            assertEquals(1, reading.impressions());
            assertEquals(0.5, reading.clickRate());
        }
    }

    /** A clock was ahead when three of them were counted, and is right again. */
    @Test
    void shouldFadeFromTheMomentThatCellsAreBroughtBackTo() {
        int ahead = 1_000_000;
        try (CounterCells cells = open("counters")) {
            cells.add(0, ahead, 8, 4, 2);
            cells.add(2, ahead - 640, 8, 4, 2);
            cells.add(3, 576, 8, 4, 2);
            cells.add(CELLS - 1, 640, 8, 4, 2);
            cells.add(CELLS - 1, ahead, 8, 4, 2);

            cells.bringBack(640);

            assertEquals(640, cells.lastTick(0));
            assertEquals(576, cells.lastTick(3), "was not ahead");
            assertEquals(Integer.MIN_VALUE, cells.lastTick(1), "was never counted");
            for (int cell : new int[] {0, 2, CELLS - 1}) {
                cells.readInto(cell, 640, reading);
                assertEquals(8, reading.impressions(), 1e-9);
                assertEquals(0.5, reading.clickRate(), 1e-9);
                cells.readInto(cell, 640 + 64, reading);
                assertEquals(4, reading.impressions(), 1e-9);
                cells.add(cell, 640 + 64, 1, 1, 1);
                cells.readInto(cell, 640 + 64, reading);
                assertEquals(5, reading.impressions(), 1e-9);
            }
        }
    }

    @Test
    void shouldGiveTheSameBitsWhenTheSameEventsAreCountedElsewhere() {
        try (CounterCells one = open("one");
                CounterCells other = open("other")) {
            SplitRandom random = new SplitRandom(23);
            CounterReading elsewhere = new CounterReading();
            // What came before in another cell makes no difference.
            other.add(0, 99, 1, 1, 1);
            for (int step = 0; step < 3_000; step++) {
                int tick = step / 3 - random.nextInt(20);
                float share = random.nextFloat();
                one.add(5, tick, 1, step % 2, share);
                other.add(7, tick, 1, step % 2, share);
                one.readInto(5, step, reading);
                other.readInto(7, step, elsewhere);
                assertEquals(reading.impressions(), elsewhere.impressions(), 0.0);
                assertEquals(reading.clickRate(0.1), elsewhere.clickRate(0.1), 0.0);
                assertEquals(reading.watchRate(0.1), elsewhere.watchRate(0.1), 0.0);
            }
        }
    }

    /** The counts of a cell are as 4 to 2 to 1 at any time, but not where two states are mixed. */
    @Test
    void shouldNeverShowATornCellWhenCountedWhileRead() throws InterruptedException {
        AtomicBoolean isDone = new AtomicBoolean();
        AtomicLong torn = new AtomicLong();
        try (CounterCells cells = open("counters")) {
            cells.add(1, 0, 4, 2, 1);
            Thread[] readers = new Thread[2];
            for (int i = 0; i < readers.length; i++) {
                readers[i] =
                        new Thread(
                                () -> {
                                    CounterReading seen = new CounterReading();
                                    while (!isDone.get()) {
                                        cells.readInto(1, 0, seen);
                                        if (seen.clickRate() != 0.5 || seen.watchRate() != 0.25) {
                                            torn.incrementAndGet();
                                        }
                                    }
                                });
                readers[i].start();
            }
            for (int i = 1; i <= 300_000; i++) {
                cells.add(1, i, 4, 2, 1);
            }
            isDone.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
        }
        assertEquals(0, torn.get());
    }

    @Test
    void shouldCountTheSameInMemoryAlone() {
        try (CounterCells file = open("counters");
                CounterCells memory = CounterCells.inMemory(CELLS)) {
            for (int i = 0; i < 500; i++) {
                file.add(i % CELLS, i / 3, 1, i % 2, i % 7 / 7.0);
                memory.add(i % CELLS, i / 3, 1, i % 2, i % 7 / 7.0);
            }
            assertEquals(-1, file.segment().mismatch(memory.segment()));
        }
    }

    @Test
    void shouldAddUpWhenSeveralCellsAreReadTogether() {
        try (CounterCells cells = CounterCells.inMemory(CELLS)) {
            cells.add(0, 0, 8, 4, 2);
            cells.add(1, 64, 3, 1, 0.5);
            CounterReading both = new CounterReading();
            assertTrue(both.isEmpty());
            cells.addTo(both, 0, 64);
            cells.addTo(both, 1, 64);
            assertFalse(both.isEmpty());
            assertEquals(7, both.impressions());
            assertEquals(3.0 / 7, both.clickRate(), 1e-15);
            assertEquals((1.5 + 0.25 * 13) / 20, both.watchRate(0.25, 13), 1e-15);
            cells.readInto(1, 64, both);
            assertEquals(3, both.impressions());
        }
    }

    @Test
    void shouldAllocateNothingWhenCountingAndReading() {
        try (CounterCells cells = open("counters")) {
            int[] tick = new int[1];
            Runnable call =
                    () -> {
                        cells.add(tick[0] % CELLS, tick[0] / 7, 1, 0, 0.5);
                        cells.readInto(tick[0] % CELLS, tick[0]++ / 7, reading);
                    };
            assertEquals(0, AllocationProbe.leastBytes(2_000, call));
        }
        assertTrue(reading.impressions() > 0);
    }

    private CounterCells open(String name) {
        return CounterCells.open(folder.resolve(name), CLOCK, CELLS);
    }
}
