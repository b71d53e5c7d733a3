package io.millrace.server.clock;

import io.millrace.server.PreloadedLibrary;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;

/**
 * Sets the clock of the wall of processes that are started with its environment, and of no others:
 * a library in front of that of C tells them the time.
 */
final class ClockMover {
    private final Path file;
    private final PreloadedLibrary library;

    /** Skips the test where the system has no compiler of C. */
    ClockMover(Path folder) throws IOException, InterruptedException {
        file = folder.resolve("clock");
        set(0);
        library = PreloadedLibrary.compile(ClockMover.class, "jumping-clock", folder);
    }

    /** Of the process that is to see the time that is set. */
    Map<String, String> environment() {
        return library.environment("MILLRACE_TEST_CLOCK", file);
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
