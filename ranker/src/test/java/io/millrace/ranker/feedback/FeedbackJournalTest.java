package io.millrace.ranker.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

final class FeedbackJournalTest {
    private static final int CAPACITY = 50;
    private static final long NOW_MS = FeedbackWorld.BEGIN_MS;

    @TempDir private Path folder;

    private FeedbackJournal open() {
        return FeedbackJournal.open(folder, CAPACITY, NOW_MS);
    }

    private static ToldEvent random(SplitRandom random, long stamp) {
        return new ToldEvent(
                stamp,
                random.nextInt(100) - 50L,
                random.nextInt(1_000),
                NOW_MS + random.nextInt(1_000),
                Objects.requireNonNull(EventKind.of(random.nextInt(EventKind.count()))),
                random.nextInt(3) == 0 ? Float.NaN : random.nextFloat());
    }

    private static void add(FeedbackJournal journal, ToldEvent event) {
        journal.add(
                event.stamp(),
                event.userId(),
                event.itemId(),
                event.momentMs(),
                event.kind(),
                event.watchedShare());
    }

    private static List<ToldEvent> all(FeedbackJournal journal) {
        List<ToldEvent> events = new ArrayList<>();
        for (long place = journal.oldest(); place < journal.count(); place++) {
            events.add(journal.at(place));
        }
        return events;
    }

    @Test
    void shouldHaveTheNewestInTheirOrderWhenOpenedAgainAndAgain() {
        SplitRandom random = new SplitRandom(3);
        List<ToldEvent> expected = new ArrayList<>();
        for (int run = 0; run < 20; run++) {
            try (FeedbackJournal journal = open()) {
                assertEquals(expected, all(journal));
                for (int i = random.nextInt(40); i >= 0; i--) {
                    ToldEvent event = random(random, journal.nextStamp());
                    assertTrue(event.stamp() > journal.newest(), "stamp " + event);
                    add(journal, event);
                    expected.add(event);
                    assertEquals(event.stamp(), journal.newest());
                }
                while (expected.size() > CAPACITY) {
                    expected.removeFirst();
                }
                assertEquals(expected, all(journal));
            }
        }
    }

    /** Both are written for a while; what the follower was told by itself is the later. */
    @Test
    void shouldGiveLaterStampsThanTheOneItFollows() {
        Path other = folder.resolve("other");
        assertTrue(other.toFile().mkdir());
        try (FeedbackJournal before = open();
                FeedbackJournal next = FeedbackJournal.open(other, CAPACITY, NOW_MS - 5_000)) {
            long first = before.nextStamp();
            next.follow(before);
            long own = next.nextStamp();
            for (int i = 0; i < 100_000; i++) {
                assertTrue(before.nextStamp() < own);
            }
            assertTrue(first < own);
            // What the one before was told still is older, but known: it does not go back for it.
            add(next, random(new SplitRandom(1), own));
            add(next, random(new SplitRandom(1), first));
            assertEquals(own, next.newest());
        }
    }

    @Test
    void shouldBeTheSameWhenCopied() throws IOException {
        SplitRandom random = new SplitRandom(4);
        for (int count : new int[] {0, 3, CAPACITY, 2 * CAPACITY + 7}) {
            Path copy = Files.createDirectories(folder.resolve("copy" + count));
            List<ToldEvent> expected;
            try (FeedbackJournal journal = open();
                    Arena arena = Arena.ofConfined()) {
                while (journal.count() < count) {
                    add(journal, random(random, journal.nextStamp()));
                }
                MemorySegment target = arena.allocate(journal.fileBytes());
                long bytes = journal.copyInto(target);
                assertEquals(journal.usedBytes(), bytes);
                Files.write(
                        copy.resolve(FeedbackJournal.FILE),
                        target.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE));
                expected = all(journal);
            }
            try (FeedbackJournal again = FeedbackJournal.open(copy, CAPACITY, NOW_MS)) {
                assertEquals(expected, all(again));
                assertEquals(count, again.count());
            }
        }
    }

    @Test
    void shouldRefuseWhatIsNoJournal() throws IOException {
        Files.writeString(folder.resolve(FeedbackJournal.FILE), "something else altogether");
        MillraceException e = assertThrows(MillraceException.class, this::open);
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains("remove the file"), e.getMessage());
    }

    @Test
    void shouldAllocateNothingWhenAdding() {
        try (FeedbackJournal journal = open()) {
            Runnable call =
                    () ->
                            journal.add(
                                    journal.nextStamp(), 1, 2, NOW_MS, EventKind.CLICK, Float.NaN);
            assertEquals(0, AllocationProbe.leastBytes(200, call));
        }
    }

    @Test
    void shouldGiveLargerStampsWhateverTheClockSays() {
        long last = 0;
        for (long nowMs : new long[] {NOW_MS, Long.MAX_VALUE, 1, -1, 1L << 43, NOW_MS}) {
            try (FeedbackJournal journal = FeedbackJournal.open(folder, CAPACITY, nowMs)) {
                long stamp = journal.nextStamp();
                assertTrue(stamp > last, stamp + " after " + last + " at " + nowMs);
                journal.add(stamp, 1, 2, 3, EventKind.CLICK, Float.NaN);
                last = stamp;
            }
        }
    }
}
