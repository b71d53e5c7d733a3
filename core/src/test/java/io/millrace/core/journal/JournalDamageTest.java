package io.millrace.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.journal.Journals.Entry;
import io.millrace.core.log.LogFileReader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Journals cut off and changed at every byte. */
final class JournalDamageTest {
    private static final int RECORD_HEAD_BYTES = 16;
    private static final int ENTRIES = 5;

    @TempDir private Path folder;

    /** Entries that were each synced alone. */
    private void writeOneByOne(long fileBytes) throws InterruptedException {
        try (Journal journal = Journals.open(folder, fileBytes)) {
            for (int i = 0; i < ENTRIES; i++) {
                Journals.write(journal, Journals.content(i));
            }
        }
    }

    private static List<String> first(int count) {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(Journals.text(i + 1L, Journals.content(i)));
        }
        return entries;
    }

    /** Where the records of a file begin, and where it ends. */
    private static List<Integer> bounds(Path file) throws IOException {
        List<Integer> bounds = new ArrayList<>();
        try (LogFileReader reader = LogFileReader.open(file, Journals.KIND)) {
            while (reader.next()) {
                bounds.add((int) reader.offset() - RECORD_HEAD_BYTES);
            }
        }
        bounds.add((int) Files.size(file));
        return bounds;
    }

    /** Opens the journal and compares all that is found. */
    private void assertFound(RecoveredJournal expected, String where) {
        List<String> entries = new ArrayList<>();
        assertEquals(expected, Journals.recover(folder, 0, entries), where);
        assertEquals(first((int) expected.lastSequence()), entries, where);
    }

    @Test
    void shouldReplayAllThatIsWholeWhenTheLastFileIsCutOff() throws Exception {
        writeOneByOne(1 << 20);
        Path file = Journals.file(folder, 1);
        byte[] whole = Files.readAllBytes(file);
        List<Integer> bounds = bounds(file);
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            int entries = 0;
            while (entries < ENTRIES && bounds.get(entries + 1) <= length) {
                entries++;
            }
            int rest = length < bounds.getFirst() ? 0 : length - bounds.get(entries);
            assertFound(new RecoveredJournal(entries, entries, 0, rest), "length " + length);
        }
    }

    @Test
    void shouldGoOnBehindWhatIsWholeWhenTheLastEntryWasCutOff() throws Exception {
        writeOneByOne(1 << 20);
        Path file = Journals.file(folder, 1);
        byte[] whole = Files.readAllBytes(file);
        for (int cut = 1; cut < whole.length - bounds(file).get(ENTRIES - 1); cut += 5) {
            Files.write(file, Arrays.copyOf(whole, whole.length - cut));
            try (Journal journal = Journals.open(folder, 1 << 20)) {
                assertEquals(5, Journals.write(journal, Journals.content(77)).sequence());
            }
            List<String> expected = first(4);
            expected.add(Journals.text(5, Journals.content(77)));
            assertEquals(expected, Journals.replayed(folder, 0), "cut " + cut);
            Files.delete(Journals.file(folder, 2));
        }
    }

    @Test
    void shouldLeaveOutTheLastEntryWhenAnyByteOfItIsChanged() throws Exception {
        writeOneByOne(1 << 20);
        Path file = Journals.file(folder, 1);
        byte[] whole = Files.readAllBytes(file);
        int begin = bounds(file).get(ENTRIES - 1);
        for (int at = begin; at < whole.length; at++) {
            flip(file, whole, at);
            assertFound(new RecoveredJournal(4, 4, 0, whole.length - begin), "byte " + at);
        }
    }

    @Test
    void shouldRefuseTheJournalWhenAnEntryIsDamagedThatOthersFollowed() throws Exception {
        writeOneByOne(1 << 20);
        Path file = Journals.file(folder, 1);
        byte[] whole = Files.readAllBytes(file);
        List<Integer> bounds = bounds(file);
        for (int entry = 0; entry < ENTRIES - 1; entry++) {
            for (int at = bounds.get(entry); at < bounds.get(entry + 1); at++) {
                flip(file, whole, at);
                int sequence = entry + 1;
                assertMissing(file, sequence, sequence);
            }
        }
    }

    @Test
    void shouldRefuseTheJournalWhenAnyByteOfAnEarlierFileIsChanged() throws Exception {
        writeOneByOne(1);
        Path file = Journals.file(folder, 3);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            flip(file, whole, at);
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> Journals.replayed(folder, 0),
                            "byte " + at);
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        }
        Files.delete(file);
        assertMissing(Journals.file(folder, 2), 3, 3);
    }

    /** The power went while a group was on its way to the disk, which wrote its end first. */
    @Test
    void shouldLeaveOutAllBehindItWhenAnEntryOfTheLastGroupIsDamaged() throws Exception {
        List<Entry> group = new ArrayList<>();
        for (int i = 1; i < ENTRIES; i++) {
            group.add(new Entry(Journals.content(i)));
        }
        try (Journal journal = Journals.open(folder, 1 << 20)) {
            Journals.writeGroup(journal, new Entry(Journals.content(0)), group);
        }
        Path file = Journals.file(folder, 1);
        byte[] whole = Files.readAllBytes(file);
        List<Integer> bounds = bounds(file);
        for (int damaged = 1; damaged < ENTRIES; damaged++) {
            flip(file, whole, bounds.get(damaged) + RECORD_HEAD_BYTES);
            int behind = ENTRIES - 1 - damaged;
            int bytes = bounds.get(damaged + 1) - bounds.get(damaged);
            assertFound(
                    new RecoveredJournal(damaged, damaged, behind, bytes), "damaged " + damaged);
        }
        try (Journal journal = Journals.open(folder, 1 << 20)) {
            assertEquals(ENTRIES, Journals.write(journal, Journals.content(77)).sequence());
        }
        List<String> expected = first(ENTRIES - 1);
        expected.add(Journals.text(ENTRIES, Journals.content(77)));
        assertEquals(expected, Journals.replayed(folder, 0));
    }

    /** A file that could not be cut back ends where the next one begins. */
    @Test
    void shouldLeaveOutWhatTheNextFileReplacesWhenItStandsBehindTheEnd() throws Exception {
        writeOneByOne(1 << 20);
        Path file = Journals.file(folder, 1);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, bounds(file).get(2)));
        try (Journal journal = Journals.open(folder, 1 << 20)) {
            assertEquals(3, Journals.write(journal, Journals.content(77)).sequence());
        }
        Files.write(file, whole);
        List<String> expected = first(2);
        expected.add(Journals.text(3, Journals.content(77)));
        assertEquals(expected, Journals.replayed(folder, 0));
    }

    private static void flip(Path file, byte[] whole, int at) throws IOException {
        byte[] bytes = whole.clone();
        bytes[at] ^= 0x10;
        Files.write(file, bytes);
    }

    private void assertMissing(Path file, int from, int to) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> Journals.replayed(folder, 0));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        String values = "file=" + file + ", from=" + from + ", to=" + to;
        assertTrue(e.getMessage().contains(values), e.getMessage());
    }
}
