package io.millrace.server.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * Sets the clock of the wall of processes that are started with its environment, and of no others:
 * a library in front of that of C, which is compiled here, tells them the time.
 */
final class ClockMover {
    private static final String SOURCE = "jumping-clock.c";

    private final Path file;
    private final Path library;

    /** Skips the test where the system has no compiler of C. */
    ClockMover(Path folder) throws IOException, InterruptedException {
        file = folder.resolve("clock");
        set(0);
        library = compiled(folder);
    }

    private static Path compiled(Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve(SOURCE);
        try (InputStream in = ClockMover.class.getResourceAsStream(SOURCE);
                OutputStream out = Files.newOutputStream(source)) {
            Objects.requireNonNull(in, SOURCE).transferTo(out);
        }
        Path library = folder.resolve("jumping-clock.so");
        Path told = folder.resolve("cc.log");
        Process compiler;
        try {
            compiler =
                    new ProcessBuilder(
                                    "cc",
                                    "-shared",
                                    "-fPIC",
                                    "-o",
                                    library.toString(),
                                    source.toString(),
                                    "-ldl")
                            .redirectErrorStream(true)
                            .redirectOutput(told.toFile())
                            .start();
        } catch (IOException e) {
            return abort("the system has no compiler of C");
        }
        assertEquals(0, compiler.waitFor(), () -> read(told));
        return library;
    }

    private static String read(Path told) {
        try {
            return Files.readString(told);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the process that is to see the time that is set. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "MILLRACE_TEST_CLOCK", file.toString());
    }

    /** Has it be so much later than it is, in whole seconds, and go on from there. */
    void jump(Duration ahead) throws IOException {
        set(ahead.toSeconds() * 1_000);
    }

    /** In its place, since the other has it mapped. */
    private void set(long offsetMs) throws IOException {
        ByteBuffer offset = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        offset.putLong(0, offsetMs);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(offset, 0);
        }
    }
}
