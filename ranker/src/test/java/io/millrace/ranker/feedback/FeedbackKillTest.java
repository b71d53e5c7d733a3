package io.millrace.ranker.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ranker.ChildProcess;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.ranker.store.RowReader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Another process writes feedback, tells after each that it is written, and is killed. */
final class FeedbackKillTest {
    private static final int USERS = 500;
    private static final int ROUNDS = 2;
    private static final int CALLS = 10_000;

    @TempDir private Path folder;

    @Test
    void shouldFindWhatWasAcknowledgedWhenTheWriterIsKilled() throws Exception {
        PlainHistories expected = new PlainHistories();
        long replayed = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            Path log = folder.resolve("log");
            Process writer = ChildProcess.start(Writer.class, log, List.of(), folder.toString());
            Path counter = folder.resolve("counter");
            long acknowledged = ChildProcess.killWhenFurther(writer, counter, CALLS, log);
            for (; replayed < acknowledged; replayed++) {
                expected.apply(Writer.userOf(replayed), Writer.eventsOf(replayed));
            }
            try (FeatureStore store = FeatureStore.open(folder, "users", FeedbackWorld.LAYOUT);
                    ItemRowMirror items = FeedbackWorld.items();
                    EventCounters counters = FeedbackWorld.openCounters(folder, items)) {
                assertHistories(expected, store, acknowledged);
                assertCounts(counters, acknowledged, round);
            }
        }
    }

    /** The one call that was not acknowledged may have changed its user's row, or not. */
    private static void assertHistories(
            PlainHistories expected, FeatureStore store, long acknowledged) {
        RowReader reader = store.newReader();
        MemorySegment row = Arena.ofAuto().allocate(FeedbackWorld.LAYOUT.rowBytes());
        for (long userId = 0; userId < USERS; userId++) {
            assertTrue(reader.readInto(userId, row, 0), "user " + userId);
            Map<String, List<Integer>> found = new TreeMap<>();
            Map<String, List<Integer>> wanted = new TreeMap<>();
            for (String name : FeedbackWorld.LENGTHS.keySet()) {
                found.put(name, FeedbackWorld.read(row, 0, name));
                wanted.put(name, expected.of(userId, name));
            }
            if (Writer.userOf(acknowledged) != userId) {
                assertEquals(wanted, found, "user " + userId);
            } else if (!found.equals(wanted)) {
                EventList next = Writer.eventsOf(acknowledged);
                int newest = next.ordinal(next.count() - 1);
                assertEquals(newest, found.getOrDefault("watched", List.of()).getLast());
            }
        }
    }

    /** Each call tells of two impressions; one that was killed may be counted in part, or again. */
    private static void assertCounts(EventCounters counters, long acknowledged, int round) {
        double all = counters.all(FeedbackWorld.BEGIN_MS).impressions();
        assertTrue(
                all >= 2 * acknowledged && all <= 2 * (acknowledged + round),
                "counted " + all + " after " + acknowledged + " calls, round " + round);
        double ofItems = 0;
        for (int ordinal = 0; ordinal < FeedbackWorld.ITEMS; ordinal++) {
            ofItems += counters.of(ordinal, FeedbackWorld.BEGIN_MS).get(1).impressions();
        }
        assertTrue(ofItems <= all && ofItems >= all - round, ofItems + " of " + all);
    }

    /** Entry point of the process that is killed. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            MemorySegment done = ChildProcess.mapCounter(folder.resolve("counter"), Arena.ofAuto());
            try (FeatureStore store =
                            FeatureStore.exists(folder, "users")
                                    ? FeatureStore.open(folder, "users", FeedbackWorld.LAYOUT)
                                    : FeatureStore.create(
                                            folder, "users", FeedbackWorld.LAYOUT, USERS);
                    ItemRowMirror items = FeedbackWorld.items();
                    EventCounters counters = FeedbackWorld.openCounters(folder, items)) {
                FeedbackWriter writer = new FeedbackWriter(FeedbackWorld.SCHEMA, store, counters);
                for (long n = done.get(ValueLayout.JAVA_LONG, 0); n < 1L << 40; n++) {
                    writer.apply(userOf(n), FeedbackWorld.BEGIN_MS, eventsOf(n));
                    done.set(ValueLayout.JAVA_LONG, 0, n + 1);
                }
            }
        }

        static long userOf(long call) {
            return call % USERS;
        }

        /** Two items are shown and watched; which ones changes from call to call of a user. */
        static EventList eventsOf(long call) {
            EventList events = new EventList(4);
            for (int i = 0; i < 2; i++) {
                int ordinal = (int) ((call / USERS * 7 + call + 5L * i) % FeedbackWorld.ITEMS);
                events.add(EventKind.IMPRESSION, ordinal, Float.NaN);
                events.add(i == 0 ? EventKind.WATCH : EventKind.LONG_WATCH, ordinal, 0.5f);
            }
            return events;
        }
    }
}
