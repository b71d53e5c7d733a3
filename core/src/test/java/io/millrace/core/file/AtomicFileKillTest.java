package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that rewrites files without end is ended in the middle, politely and not. */
final class AtomicFileKillTest {
    private static final int LENGTH = 3_000_000;

    @TempDir private Path folder;

    @Test
    void shouldHoldOneWholeVersionWhenTheWriterIsKilled() throws Exception {
        for (int round = 0; round < 4; round++) {
            Process writer = startWriter();
            writer.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            assertIsOneVersion(Files.readAllBytes(folder.resolve("plain")));
            for (SectionFileOpening opening : SectionFileOpening.values()) {
                try (SectionFile file = opening.open(folder.resolve("sections"), "KILLED", 1)) {
                    assertIsOneVersion(file.readBytes("content"));
                }
            }
        }
    }

    /** Nothing but a save is going on, and it is killed earlier and later in its course. */
    @Test
    void shouldHoldTheOldVersionWhenTheWriterIsKilledWithinOneSave() throws Exception {
        Path target = folder.resolve("sections");
        save(target);
        byte[] before = Files.readAllBytes(target);
        for (int megabytes : new int[] {0, 1, 7, 30}) {
            Process writer = start(EndlessWriter.class);
            awaitUnfinished(writer, (long) megabytes << 20);
            save(target);
            assertEquals(3, entries().size(), "what a living process writes must stay");
            writer.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            assertArrayEquals(before, Files.readAllBytes(target));
            assertEquals(3, entries().size());
            save(target);
            assertEquals(List.of("log", "sections"), entries());
        }
    }

    private static void save(Path target) {
        try (SectionFileWriter writer = SectionFileWriter.create(target, "KILLED", 1)) {
            writer.bytes("content", new byte[] {1, 2, 3}).commit();
        }
    }

    @Test
    void shouldLeaveNoUnfinishedFileWhenTheWriterIsInterrupted() throws Exception {
        for (int round = 0; round < 3; round++) {
            Process writer = startWriter();
            writer.destroy();
            assertTrue(writer.waitFor(10, TimeUnit.SECONDS));
            assertEquals(List.of("log", "plain", "sections"), entries());
        }
    }

    /** Where many files are begun each moment, some are begun in the moment of the end. */
    @Test
    void shouldLeaveNoUnfinishedFileWhenManyWritersAreInterrupted() throws Exception {
        for (int round = 0; round < 3; round++) {
            Process writers = start(ManyWriters.class);
            await(writers, () -> Files.exists(folder.resolve("last")));
            writers.destroy();
            assertTrue(writers.waitFor(20, TimeUnit.SECONDS));
            assertEquals(List.of(), entries().stream().filter(n -> isUnfinished(n)).toList());
            Files.delete(folder.resolve("last"));
        }
    }

    private static void assertIsOneVersion(byte[] content) {
        assertEquals(LENGTH, content.length);
        for (byte b : content) {
            assertEquals(content[0], b);
        }
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    private Process startWriter() throws Exception {
        Path sections = folder.resolve("sections");
        FileTime before = Files.exists(sections) ? Files.getLastModifiedTime(sections) : null;
        Process writer = start(Writer.class);
        await(
                writer,
                () ->
                        Files.exists(sections)
                                && !Files.getLastModifiedTime(sections).equals(before));
        Thread.sleep(30);
        assertTrue(writer.isAlive(), () -> "the writer ended by itself: " + log());
        return writer;
    }

    private Process start(Class<?> main) throws IOException {
        return new ProcessBuilder(ChildJvm.command(main, folder))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private void await(Process writer, Callable<Boolean> condition) throws Exception {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            assertTrue(System.nanoTime() < deadlineNs, () -> "the writer wrote nothing: " + log());
            assertTrue(writer.isAlive(), () -> "the writer ended by itself: " + log());
            Thread.sleep(1);
        }
    }

    private void awaitUnfinished(Process writer, long bytes) throws Exception {
        await(
                writer,
                () -> {
                    for (String name : entries()) {
                        if (isUnfinished(name) && Files.size(folder.resolve(name)) >= bytes) {
                            return true;
                        }
                    }
                    return false;
                });
    }

    private static boolean isUnfinished(String name) {
        return name.contains(".tmp-");
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Entry point of a process that begins one save and never comes to its end. */
    static final class EndlessWriter {
        private EndlessWriter() {}

        public static void main(String[] arguments) {
            byte[] content = new byte[1 << 20];
            Arrays.fill(content, (byte) 9);
            try (SectionFileWriter writer =
                    SectionFileWriter.create(
                            Path.of(arguments[0]).resolve("sections"), "KILLED", 1)) {
                for (int section = 0; section < 1_000; section++) {
                    writer.bytes("section-" + section, content);
                }
            }
        }
    }

    /** Entry point of the process that is ended. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            byte[] content = new byte[LENGTH];
            for (int version = 0; version < 1_000_000; version++) {
                Arrays.fill(content, (byte) version);
                AtomicFile.write(folder.resolve("plain"), content);
                try (SectionFileWriter writer =
                        SectionFileWriter.create(folder.resolve("sections"), "KILLED", 1)) {
                    writer.bytes("content", content).commit();
                }
            }
        }
    }

    /** Entry point of a process in which many threads write small files without end. */
    static final class ManyWriters {
        private static final int WRITERS = 24;

        private ManyWriters() {}

        public static void main(String[] arguments) throws InterruptedException {
            Path folder = Path.of(arguments[0]);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Path target = folder.resolve("small-" + i);
                writers.add(Thread.ofPlatform().start(() -> writeWithoutEnd(target)));
            }
            AtomicFile.write(folder.resolve("last"), new byte[1]);
            for (Thread writer : writers) {
                writer.join();
            }
        }

        private static void writeWithoutEnd(Path target) {
            for (int version = 0; version < 1_000_000; version++) {
                AtomicFile.write(target, new byte[] {(byte) version});
            }
        }
    }
}
