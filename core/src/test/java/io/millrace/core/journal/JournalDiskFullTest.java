package io.millrace.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.StarvedJvm;
import io.millrace.core.journal.Journals.Entry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own whose disk is full, or may only be read, and then no longer. */
final class JournalDiskFullTest {
    private static final int BALLAST_BYTES = 2_500_000;
    private static final int MOST_ENTRIES = 100;

    @TempDir private Path folder;

    @Test
    void shouldRefuseUntilThereIsRoomWhenTheDiskIsFull() throws Exception {
        List<String> lines = StarvedJvm.onSmallDisk(4, folder, FullDisk.class, folder);
        assertTrue(
                lines.get(0).startsWith("IO cannot write to a log: file=" + folder), lines.get(0));
        assertTrue(
                lines.get(0).endsWith("No space left on device; make room for it"), lines.get(0));
        assertEquals("refused again", lines.get(1));
        assertEquals("taken", lines.get(2));
        assertEquals("replayed what was taken", lines.get(3));
    }

    @Test
    void shouldRefuseUntilItMayWriteWhenTheDiskMayOnlyBeRead() throws Exception {
        List<String> lines = StarvedJvm.onSmallDisk(4, folder, ReadOnlyDisk.class, folder);
        assertTrue(
                lines.get(0).startsWith("IO cannot begin the file of a log: file=" + folder),
                lines.get(0));
        assertTrue(lines.get(0).contains("Read-only file system"), lines.get(0));
        assertEquals("taken", lines.get(1));
        assertEquals("replayed what was taken", lines.get(2));
    }

    /** Writes and says what came of it; what was taken goes into the list. */
    private static String write(Journal journal, byte[] content, List<String> taken)
            throws InterruptedException {
        Entry entry = Journals.write(journal, content);
        MillraceException reason = entry.reason();
        if (reason != null) {
            return reason.code() + " " + reason.getMessage();
        }
        taken.add(Journals.text(entry.sequence(), content));
        return "taken";
    }

    private static String compare(Path folder, List<String> taken) {
        List<String> replayed = Journals.replayed(folder, 0);
        return replayed.equals(taken)
                ? "replayed what was taken"
                : "replayed " + replayed.size() + " of " + taken.size();
    }

    /** Entry point of the process without room. */
    static final class FullDisk {
        private FullDisk() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Path folder = Path.of(arguments[0]);
            Path ballast = Files.write(folder.resolve("ballast"), new byte[BALLAST_BYTES]);
            Path inner = folder.resolve("journal");
            List<String> taken = new ArrayList<>();
            try (Journal journal = Journals.open(inner, 1 << 20)) {
                byte[] content = new byte[90_000];
                String outcome = "taken";
                while (outcome.equals("taken") && taken.size() < MOST_ENTRIES) {
                    content[0]++;
                    outcome = write(journal, content, taken);
                }
                System.out.println(outcome);
                boolean isRefused = !write(journal, content, taken).equals("taken");
                System.out.println(isRefused ? "refused again" : "taken at once");
                Files.delete(ballast);
                System.out.println(write(journal, content, taken));
            }
            System.out.println(compare(inner, taken));
        }
    }

    /** Entry point of the process whose disk may only be read for a while. */
    static final class ReadOnlyDisk {
        private ReadOnlyDisk() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Path folder = Path.of(arguments[0]);
            Path inner = folder.resolve("journal");
            List<String> taken = new ArrayList<>();
            try (Journal journal = Journals.open(inner, 1)) {
                write(journal, Journals.content(1), taken);
                mount("mount", "--bind", inner.toString(), inner.toString());
                mount("mount", "-o", "remount,bind,ro", inner.toString());
                System.out.println(write(journal, Journals.content(2), taken));
                mount("umount", inner.toString());
                System.out.println(write(journal, Journals.content(3), taken));
            }
            System.out.println(compare(inner, taken));
        }

        private static void mount(String... words) throws IOException, InterruptedException {
            int code = new ProcessBuilder(words).inheritIO().start().waitFor();
            if (code != 0) {
                throw new IOException(String.join(" ", words) + " ended with " + code);
            }
        }
    }
}
