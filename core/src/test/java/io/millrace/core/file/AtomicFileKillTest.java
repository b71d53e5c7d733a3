package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that rewrites files without end is ended in the middle, politely and not. */
final class AtomicFileKillTest {
    private static final int LENGTH = 200_000;

    @TempDir private Path folder;

    @Test
    void shouldHoldOneWholeVersionWhenTheWriterIsKilled() throws Exception {
        for (int round = 0; round < 3; round++) {
            Process writer = startWriter();
            writer.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            byte[] content = Files.readAllBytes(folder.resolve("plain"));
            assertEquals(LENGTH, content.length);
            for (byte b : content) {
                assertEquals(content[0], b);
            }
            try (SectionFile file = SectionFile.open(folder.resolve("sections"), "KILLED", 1)) {
                assertEquals(LENGTH, file.section("content").byteSize());
            }
        }
    }

    @Test
    void shouldLeaveNoUnfinishedFileWhenTheWriterIsInterrupted() throws Exception {
        for (int round = 0; round < 3; round++) {
            Process writer = startWriter();
            writer.destroy();
            assertTrue(writer.waitFor(10, TimeUnit.SECONDS));
            assertNothingUnfinished();
        }
    }

    private void assertNothingUnfinished() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            assertEquals(
                    List.of("log", "plain", "sections"),
                    entries.map(p -> p.getFileName().toString()).sorted().toList());
        }
    }

    private Process startWriter() throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process writer =
                new ProcessBuilder(
                                java.toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Writer.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (Files.notExists(folder.resolve("sections"))) {
            assertTrue(System.nanoTime() < deadlineNs, () -> "the writer wrote nothing: " + log());
            Thread.sleep(5);
        }
        Thread.sleep(30);
        assertTrue(writer.isAlive(), () -> "the writer ended by itself: " + log());
        return writer;
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Entry point of the process that is ended. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            byte[] content = new byte[LENGTH];
            for (int version = 0; version < 1_000_000; version++) {
                java.util.Arrays.fill(content, (byte) version);
                AtomicFile.write(folder.resolve("plain"), content);
                try (SectionFileWriter writer =
                        SectionFileWriter.create(folder.resolve("sections"), "KILLED", 1)) {
                    writer.bytes("content", content).commit();
                }
            }
        }
    }
}
