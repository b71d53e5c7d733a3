package io.millrace.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.journal.Journals.Entry;
import io.millrace.core.log.LogFileReader;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

final class JournalTest {
    private static final long SMALL_FILES = 2_000;
    private static final int ENTRIES_EACH = 60;

    @TempDir private Path folder;

    @Test
    void shouldReplayWhatWasSettledWhenItIsOpenedAgain() throws Exception {
        SplitRandom random = new SplitRandom(7);
        List<String> expected = new ArrayList<>();
        for (int run = 0; run < 5; run++) {
            assertEquals(expected, Journals.replayed(folder, 0), "run " + run);
            try (Journal journal = Journals.open(folder, SMALL_FILES)) {
                assertEquals(expected.size(), journal.recovered().lastSequence());
                for (int i = 0; i < 40; i++) {
                    byte[] content = new byte[1 + random.nextInt(i == 20 ? 5_000 : 200)];
                    for (int at = 0; at < content.length; at++) {
                        content[at] = (byte) random.nextInt(256);
                    }
                    long sequence = Journals.write(journal, content).sequence();
                    assertEquals(expected.size() + 1, sequence);
                    expected.add(Journals.text(sequence, content));
                }
                assertTrue(journal.fileCount() > run + 1, "files " + journal.fileCount());
            }
        }
        assertEquals(expected, Journals.replayed(folder, 0));
        assertEquals(expected.subList(73, 200), Journals.replayed(folder, 73));
        assertEquals(List.of(), Journals.replayed(folder, 200));
    }

    /** It may be several files further when somebody asks for what it had at some moment. */
    @Test
    void shouldHandOverWhatItHadAtAMomentWhenItHasGoneOn() throws Exception {
        List<String> expected = new ArrayList<>();
        try (Journal journal = Journals.open(folder, SMALL_FILES)) {
            for (int i = 0; i < 60; i++) {
                byte[] content = new byte[100 + i];
                expected.add(Journals.text(i + 1, content));
                Journals.write(journal, content);
            }
            assertEquals(60, journal.settled());
            assertTrue(journal.fileCount() > 3, "files " + journal.fileCount());
            for (int last = 0; last <= 60; last++) {
                for (int after : new int[] {0, 7, 59, 60}) {
                    List<String> handed = new ArrayList<>();
                    long through =
                            journal.replaySettled(
                                    after,
                                    last,
                                    (sequence, buffer, offset, length) -> {
                                        byte[] content = new byte[length];
                                        buffer.getBytes(offset, content);
                                        handed.add(Journals.text(sequence, content));
                                    });
                    assertEquals(Math.max(after, last), through);
                    int from = Math.min(after, last);
                    assertEquals(expected.subList(from, last), handed);
                }
            }
        }
    }

    @Test
    void shouldLeaveNoFileBehindWhenNothingWasWritten() throws Exception {
        for (int run = 0; run < 3; run++) {
            try (Journal journal = Journals.open(folder, SMALL_FILES)) {
                assertEquals(new RecoveredJournal(0, 0, 0, 0), journal.recovered());
                assertEquals(0, journal.fileCount());
            }
        }
        assertFalse(Files.exists(Journals.file(folder, 1)));
    }

    /** The worked example of {@link JournalLayout}. */
    @Test
    void shouldWriteTheBytesOfTheLayout() throws Exception {
        JournalPlan plan = Journals.plan(folder, SMALL_FILES);
        try (Journal journal = Journal.open(plan, 100, (sequence, buffer, offset, length) -> {})) {
            Journals.write(journal, "ab".getBytes(StandardCharsets.US_ASCII));
            Journals.write(journal, "c".getBytes(StandardCharsets.US_ASCII));
        }
        try (LogFileReader reader = LogFileReader.open(Journals.file(folder, 1), Journals.KIND)) {
            assertEquals("{\"first\": 101}", reader.description());
            assertTrue(reader.next());
            assertEquals("64000000000000006162", hex(reader));
            assertTrue(reader.next());
            assertEquals("650000000000000063", hex(reader));
            assertFalse(reader.next());
        }
    }

    private static String hex(LogFileReader reader) {
        byte[] content =
                reader.segment()
                        .asSlice(reader.offset(), reader.length())
                        .toArray(ValueLayout.JAVA_BYTE);
        return HexFormat.of().formatHex(content);
    }

    @Test
    void shouldSyncOnceWhenManyWait() throws Exception {
        try (Journal journal = Journals.open(folder, SMALL_FILES)) {
            List<Entry> others =
                    IntStream.range(0, 50).mapToObj(i -> new Entry(Journals.content(i))).toList();
            Journals.writeGroup(journal, new Entry(Journals.content(99)), others);
            assertEquals(51, journal.entryCount());
            assertEquals(2, journal.groupCount());
            for (int i = 0; i < others.size(); i++) {
                assertEquals(2 + i, others.get(i).sequence());
            }
        }
    }

    @Test
    void shouldWriteSeveralGroupsWhenTheyAreLong() throws Exception {
        byte[] longest = new byte[Journals.ENTRY_BYTES];
        List<Entry> others = IntStream.range(0, 12).mapToObj(i -> new Entry(longest)).toList();
        try (Journal journal = Journals.open(folder, 1 << 24)) {
            Journals.writeGroup(journal, new Entry(longest), others);
            // Five of 200,000 bytes go into a mebibyte.
            assertEquals(1 + 3, journal.groupCount());
        }
        assertEquals(13, Journals.replayed(folder, 0).size());
    }

    @Test
    void shouldSettleEachOnceAndInOrderWhenManyThreadsWrite() throws Exception {
        int threads = 16;
        String[] expected = new String[threads * ENTRIES_EACH];
        List<List<Entry>> written = new ArrayList<>();
        try (Journal journal = Journals.open(folder, SMALL_FILES)) {
            List<Thread> writers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                List<Entry> own = new ArrayList<>();
                written.add(own);
                byte[] content = {(byte) t, 0};
                writers.add(Thread.ofPlatform().start(() -> write(journal, content, own)));
            }
            for (Thread writer : writers) {
                writer.join();
            }
            assertEquals(expected.length, journal.entryCount());
        }
        for (int t = 0; t < threads; t++) {
            assertEquals(ENTRIES_EACH, written.get(t).size());
            long before = 0;
            for (int i = 0; i < ENTRIES_EACH; i++) {
                long sequence = written.get(t).get(i).sequence();
                assertTrue(sequence > before, "in the order in which a thread wrote");
                before = sequence;
                expected[(int) sequence - 1] =
                        Journals.text(sequence, new byte[] {(byte) t, (byte) i});
            }
        }
        assertEquals(List.of(expected), Journals.replayed(folder, 0));
    }

    private static void write(Journal journal, byte[] content, List<Entry> written) {
        try {
            for (int i = 0; i < ENTRIES_EACH; i++) {
                content[1] = (byte) i;
                written.add(Journals.write(journal, content.clone()));
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTakeNoMoreWhenTooManyWait() throws Exception {
        CountDownLatch isHeld = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        JournalPlan plan = new JournalPlan(folder, Journals.KIND, 100, SMALL_FILES, 3);
        Journal journal = Journal.open(plan, 0, (sequence, buffer, offset, length) -> {});
        try (journal) {
            journal.submit(
                    new Entry(new byte[1]) {
                        @Override
                        public void settled(long sequence) {
                            isHeld.countDown();
                            Journals.awaitUninterruptibly(letGo);
                        }
                    });
            isHeld.await();
            for (int i = 0; i < 3; i++) {
                assertTrue(journal.submit(new Entry(Journals.content(i))));
            }
            assertFalse(journal.submit(new Entry(Journals.content(3))));
            letGo.countDown();
        }
        assertFalse(journal.submit(new Entry(Journals.content(4))), "it is closed");
        assertEquals(4, Journals.replayed(folder, 0).size(), "what waited was written");
    }

    @Test
    void shouldRefuseAnEntryWhenItIsLongerThanPlanned() {
        try (Journal journal = Journals.open(folder, SMALL_FILES)) {
            Entry tooLong = new Entry(new byte[Journals.ENTRY_BYTES + 1]);
            assertThrows(MillraceException.class, () -> journal.submit(tooLong));
            assertThrows(MillraceException.class, () -> journal.submit(new Entry(new byte[0])));
        }
    }

    @Test
    void shouldRefuseToOpenWhenAnotherHasIt() {
        try (Journal journal = Journals.open(folder, SMALL_FILES)) {
            MillraceException e =
                    assertThrows(MillraceException.class, () -> Journals.open(folder, SMALL_FILES));
            assertEquals(ErrorCode.UNAVAILABLE, e.code());
            assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
            assertEquals(0, journal.entryCount());
        }
        Journals.open(folder, SMALL_FILES).close();
    }

    /** Each entry needs a new file, and there is no folder to put it into. */
    @Test
    void shouldRefuseUntilTheSystemTakesFilesAgain() throws Exception {
        Path inner = folder.resolve("inner");
        Path away = folder.resolve("away");
        try (Journal journal = Journals.open(inner, 1)) {
            assertEquals(1, Journals.write(journal, Journals.content(1)).sequence());
            assertNull(journal.refusal());
            Files.move(inner, away);
            for (int i = 0; i < 3; i++) {
                Entry refused = Journals.write(journal, Journals.content(2));
                assertEquals(0, refused.sequence());
                MillraceException reason = refused.reason();
                assertNotNull(reason);
                assertEquals(ErrorCode.NOT_FOUND, reason.code());
                assertEquals(reason, journal.refusal());
            }
            Files.move(away, inner);
            assertEquals(2, Journals.write(journal, Journals.content(3)).sequence());
            assertNull(journal.refusal());
            assertEquals(2, journal.entryCount());
        }
        assertEquals(
                List.of(
                        Journals.text(1, Journals.content(1)),
                        Journals.text(2, Journals.content(3))),
                Journals.replayed(inner, 0));
    }

    @Test
    void shouldRefuseAllOthersWhenAChangeThatIsWrittenCannotBeMade() throws Exception {
        CountDownLatch isWritten = new CountDownLatch(1);
        try (Journal journal = Journals.open(folder, SMALL_FILES)) {
            journal.submit(
                    new Entry(Journals.content(1)) {
                        @Override
                        public void settled(long sequence) {
                            isWritten.countDown();
                            throw new IllegalStateException("broken store");
                        }
                    });
            isWritten.await();
            for (int i = 0; i < 2; i++) {
                MillraceException reason = Journals.write(journal, Journals.content(2)).reason();
                assertNotNull(reason);
                assertEquals(ErrorCode.INTERNAL, reason.code());
                assertTrue(reason.getMessage().contains("sequence=1"), reason.getMessage());
            }
        }
        assertEquals(List.of(Journals.text(1, Journals.content(1))), Journals.replayed(folder, 0));
    }

    @Test
    void shouldKeepWhatASnapshotDoesNotHoldWhenOldFilesAreDropped() throws Exception {
        try (Journal journal = Journals.open(folder, 1)) {
            for (int i = 1; i <= 6; i++) {
                Journals.write(journal, Journals.content(i));
            }
            assertEquals(6, journal.fileCount());
            journal.dropBefore(4);
            assertEquals(3, journal.fileCount());
            journal.dropBefore(3);
            assertEquals(3, journal.fileCount());
            journal.dropBefore(100);
            assertEquals(1, journal.fileCount(), "the newest is kept: it tells the sequence");
            Journals.write(journal, Journals.content(7));
        }
        assertEquals(List.of(Journals.text(7, Journals.content(7))), Journals.replayed(folder, 6));
        MillraceException e =
                assertThrows(MillraceException.class, () -> Journals.replayed(folder, 4));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains("from=5, to=5"), e.getMessage());
    }

    @Test
    void shouldHandOverWhatIsNoLongerWrittenWhileItIsOpen() throws Exception {
        try (Journal journal = Journals.open(folder, 1)) {
            List<Long> sequences = new ArrayList<>();
            JournalReplay replay = (sequence, buffer, offset, length) -> sequences.add(sequence);
            assertEquals(0, journal.replayClosed(0, replay));
            for (int i = 1; i <= 5; i++) {
                Journals.write(journal, Journals.content(i));
            }
            assertEquals(4, journal.replayClosed(0, replay), "the newest is being written");
            assertEquals(List.of(1L, 2L, 3L, 4L), sequences);
            sequences.clear();
            assertEquals(4, journal.replayClosed(2, replay));
            assertEquals(List.of(3L, 4L), sequences);
            journal.dropBefore(5);
            assertEquals(1, journal.fileCount());
            assertEquals(4, journal.replayClosed(4, replay));
            assertThrows(MillraceException.class, () -> journal.replayClosed(3, replay));
        }
    }

    @Test
    void shouldSayWhatIsMissingWhenTheJournalEndsBeforeTheSnapshot() throws Exception {
        try (Journal journal = Journals.open(folder, SMALL_FILES)) {
            Journals.write(journal, Journals.content(1));
        }
        MillraceException e =
                assertThrows(MillraceException.class, () -> Journals.replayed(folder, 5));
        assertTrue(e.getMessage().contains("from=2, to=5"), e.getMessage());
    }
}
