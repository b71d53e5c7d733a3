package io.millrace.ranker.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.ranker.store.RowReader;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

final class FeedbackWriterTest {
    private static final int USERS = 200;

    private final MemorySegment row = Arena.ofAuto().allocate(FeedbackWorld.LAYOUT.rowBytes());
    private final EventList events = new EventList(8);
    private final ItemRowMirror items = FeedbackWorld.items();
    private final Path folder;
    private final EventCounters counters;

    FeedbackWriterTest(@TempDir Path folder) {
        this.folder = folder;
        this.counters = FeedbackWorld.openCounters(folder, items);
    }

    @AfterEach
    void close() {
        counters.close();
        items.close();
    }

    @Test
    void shouldAgreeWithListsWhenManyUsersActAndTheStoreIsOpenedAgain() {
        SplitRandom random = new SplitRandom(21);
        PlainHistories expected = new PlainHistories();
        try (FeatureStore store = create()) {
            FeedbackWriter writer = writer(store);
            for (int step = 0; step < 10_000; step++) {
                long userId = random.nextInt(USERS) - 50L;
                events.clear();
                for (int i = random.nextInt(5); i > 0; i--) {
                    FeedbackWorld.addRandom(events, random);
                }
                writer.apply(userId, FeedbackWorld.BEGIN_MS, events);
                expected.apply(userId, events);
                assertSame(expected, store, userId);
            }
            assertEquals(expected.userCount(), store.size());
        }
        try (FeatureStore store = open()) {
            for (long userId = -50; userId < USERS - 50; userId++) {
                assertSame(expected, store, userId);
            }
        }
    }

    private void assertSame(PlainHistories expected, FeatureStore store, long userId) {
        assertEquals(expected.knows(userId), store.newReader().readInto(userId, row, 0));
        if (expected.knows(userId)) {
            for (String name : FeedbackWorld.LENGTHS.keySet()) {
                assertEquals(expected.of(userId, name), FeedbackWorld.read(row, 0, name));
            }
        }
    }

    @Test
    void shouldKeepTheOtherFieldsOfAUserWhenHistoriesChange() {
        try (FeatureStore store = create()) {
            FeedbackWorld.LAYOUT.clear(row, 0);
            long age = 4L * FeedbackWorld.LAYOUT.slotOf(FeedbackWorld.SCHEMA.field("age"));
            long activity =
                    4L * FeedbackWorld.LAYOUT.slotOf(FeedbackWorld.SCHEMA.field("activity"));
            row.set(RowLayout.INT, age, 4);
            row.set(RowLayout.FLOAT, activity, 0.5f);
            store.put(9, row, 0);
            watch(writer(store), 9, 3);
            assertTrue(store.newReader().readInto(9, row, 0));
            assertEquals(4, row.get(RowLayout.INT, age));
            assertEquals(0.5f, row.get(RowLayout.FLOAT, activity));
            assertEquals(List.of(3), FeedbackWorld.read(row, 0, "watched"));
        }
    }

    private void watch(FeedbackWriter writer, long userId, int... ordinals) {
        events.clear();
        for (int ordinal : ordinals) {
            events.add(EventKind.WATCH, ordinal, Float.NaN);
        }
        writer.apply(userId, FeedbackWorld.BEGIN_MS, events);
    }

    /** Every call watches three items that belong together; readers must never see one of them. */
    @Test
    void shouldShowAllOfACallOrNothingWhenReadersReadMeanwhile() throws InterruptedException {
        AtomicBoolean isDone = new AtomicBoolean();
        AtomicReference<AssertionError> failure = new AtomicReference<>();
        try (FeatureStore store = create()) {
            FeedbackWriter writer = writer(store);
            watch(writer, 1, 0, 1, 2);
            Thread[] readers = new Thread[2];
            for (int i = 0; i < readers.length; i++) {
                readers[i] = new Thread(() -> readUntil(isDone, store.newReader(), failure));
                readers[i].start();
            }
            Thread other = new Thread(() -> writeTriples(writer, 1_000, 13));
            other.start();
            writeTriples(writer, 1_000, 7);
            other.join();
            isDone.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private static void writeTriples(FeedbackWriter writer, int calls, int seed) {
        SplitRandom random = new SplitRandom(seed);
        EventList triple = new EventList(3);
        for (int call = 0; call < calls; call++) {
            int first = 3 * random.nextInt(FeedbackWorld.ITEMS / 3);
            triple.clear();
            for (int i = 0; i < 3; i++) {
                triple.add(EventKind.LONG_WATCH, first + i, Float.NaN);
            }
            writer.apply(1, FeedbackWorld.BEGIN_MS, triple);
        }
    }

    private static void readUntil(
            AtomicBoolean isDone, RowReader reader, AtomicReference<AssertionError> failure) {
        MemorySegment read = Arena.ofAuto().allocate(FeedbackWorld.LAYOUT.rowBytes());
        try {
            while (!isDone.get()) {
                assertTrue(reader.readInto(1, read, 0));
                List<Integer> watched = FeedbackWorld.read(read, 0, "watched");
                int size = watched.size();
                assertEquals(0, size % 3, "history " + watched);
                // Readers without a pause would keep writers from the row for long.
                LockSupport.parkNanos(20_000);
                for (int i = 0; i < size; i++) {
                    assertEquals(watched.get(i - i % 3) + i % 3, watched.get(i), "in " + watched);
                }
            }
        } catch (AssertionError e) {
            failure.set(e);
        }
    }

    @Test
    void shouldRefuseAnotherUserAndKeepKnownOnesWhenTheStoreIsFull() {
        try (FeatureStore store = FeatureStore.create(folder, "users", FeedbackWorld.LAYOUT, 1)) {
            FeedbackWriter writer = writer(store);
            watch(writer, 0, 5);
            MillraceException full =
                    assertThrows(
                            MillraceException.class,
                            () -> {
                                for (long userId = 1; userId < 100_000; userId++) {
                                    watch(writer, userId, 6);
                                }
                            });
            assertEquals(ErrorCode.LIMIT, full.code());
            long users = store.size();
            watch(writer, 0, 7);
            assertEquals(users, store.size());
            assertTrue(store.newReader().readInto(0, row, 0));
            assertEquals(List.of(5, 7), FeedbackWorld.read(row, 0, "watched"));
        }
    }

    @Test
    void shouldMakeNoRowWhenThereIsNothingToRemember() {
        try (FeatureStore store = create()) {
            events.clear();
            events.add(EventKind.IMPRESSION, 1, Float.NaN);
            events.add(EventKind.CLICK, 1, Float.NaN);
            writer(store).apply(77, FeedbackWorld.BEGIN_MS, events);
            assertFalse(store.newReader().readInto(77, row, 0));
            assertEquals(0, store.size());
            // It counts nevertheless.
            assertEquals(1, counters.all(FeedbackWorld.BEGIN_MS).impressions());
            assertEquals(1, counters.all(FeedbackWorld.BEGIN_MS).clickRate());
        }
    }

    @Test
    void shouldAllocateNothingWhenEventsAreWritten() {
        try (FeatureStore store = create()) {
            FeedbackWriter writer = writer(store);
            SplitRandom random = new SplitRandom(3);
            Runnable call =
                    () -> {
                        events.clear();
                        for (int i = 0; i < 4; i++) {
                            FeedbackWorld.addRandom(events, random);
                        }
                        writer.apply(random.nextInt(50), FeedbackWorld.BEGIN_MS, events);
                    };
            assertEquals(0, AllocationProbe.leastBytes(200, call));
        }
    }

    private FeedbackWriter writer(FeatureStore store) {
        return new FeedbackWriter(FeedbackWorld.SCHEMA, store, counters);
    }

    private FeatureStore create() {
        return FeatureStore.create(folder, "users", FeedbackWorld.LAYOUT, USERS);
    }

    private FeatureStore open() {
        return FeatureStore.open(folder, "users", FeedbackWorld.LAYOUT);
    }
}
