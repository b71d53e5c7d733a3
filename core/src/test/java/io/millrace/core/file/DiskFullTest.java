package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process of its own saves a file where there is no room for it: under a limit on the length of
 * files, which any user may set, and on a file system that is full indeed, where the system lets
 * users have one of their own.
 */
final class DiskFullTest {
    private static final int SMALL_BYTES = 1000;
    private static final int LARGE_BYTES = 8_000_000;
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sections", "plain"})
    void shouldKeepTheOldFileWhenTheNewOneIsTooLong(String how) throws Exception {
        List<String> lines = StarvedJvm.withShortFiles(4096, Saver.class, folder, how);
        assertRefused(lines, "File too large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sections", "plain"})
    void shouldKeepTheOldFileWhenTheDiskIsFull(String how) throws Exception {
        List<String> lines = StarvedJvm.onSmallDisk(4, folder, Saver.class, folder, how);
        assertRefused(lines, "No space left on device");
    }

    private void assertRefused(List<String> lines, String reason) {
        assertEquals(3, lines.size(), lines.toString());
        String message = lines.get(0);
        assertTrue(message.startsWith("IO cannot write "), message);
        String values =
                ": file="
                        + folder.resolve("file")
                        + ", bytes="
                        + LARGE_BYTES
                        + ", reason="
                        + reason;
        assertTrue(message.contains(values), message);
        assertEquals("old content", lines.get(1));
        assertEquals("[file]", lines.get(2));
    }

    /** Entry point of the process without room. */
    static final class Saver {
        private Saver() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            Path file = folder.resolve("file");
            boolean isPlain = arguments[1].equals("plain");
            save(file, isPlain, content(SMALL_BYTES, 1));
            byte[] old = Files.readAllBytes(file);
            try {
                save(file, isPlain, content(LARGE_BYTES, 2));
            } catch (MillraceException e) {
                System.out.println(e.code() + " " + e.getMessage());
            }
            boolean isOld = Arrays.equals(old, Files.readAllBytes(file));
            System.out.println(isOld ? "old content" : "other content");
            try (Stream<Path> entries = Files.list(folder)) {
                System.out.println(entries.map(p -> p.getFileName().toString()).toList());
            }
        }

        private static void save(Path file, boolean isPlain, byte[] content) {
            if (isPlain) {
                AtomicFile.write(file, content);
                return;
            }
            try (SectionFileWriter writer = SectionFileWriter.create(file, "SAVED", 1)) {
                writer.bytes("content", content).commit();
            }
        }

        private static byte[] content(int length, int value) {
            byte[] content = new byte[length];
            Arrays.fill(content, (byte) value);
            return content;
        }
    }
}
