package io.millrace.core.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.StarvedJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** A process of its own writes a log where files may not become as long as it wants. */
final class LogDiskFullTest {
    private static final int MOST_BYTES = 1024 * 1024;

    @TempDir private Path folder;

    @Test
    void shouldSaySoAndLeaveWholeRecordsWhenThereIsNoRoom() throws Exception {
        List<String> lines = StarvedJvm.withShortFiles(1024, Writer.class, folder);
        Path file = folder.resolve("things-00000001.log");
        assertTrue(
                lines.get(0).startsWith("IO cannot write to a log: file=" + file + ", bytes="),
                lines.get(0));
        assertTrue(lines.get(0).endsWith("reason=File too large; make room for it"), lines.get(0));
        assertEquals(MOST_BYTES, Files.size(file));
        int flushed = Integer.parseInt(lines.get(1));
        try (LogFileReader reader = LogFileReader.open(file, Logs.KIND)) {
            List<byte[]> contents = Logs.contents(reader);
            assertTrue(contents.size() >= flushed, contents.size() + " of " + flushed);
            for (int i = 0; i < contents.size(); i++) {
                assertArrayEquals(Logs.content(i), contents.get(i));
            }
            assertEquals(0, reader.damage().damagedBytes());
        }
    }

    /** Entry point of the process without room. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            LogLimits limits = new LogLimits(1_000, 1L << 30, 3_600_000, 1L << 31);
            LogPlan plan = Logs.plan(Path.of(arguments[0]), limits);
            try (RollingLog log = RollingLog.open(plan, InstantSource.system())) {
                int record = 0;
                try {
                    while (true) {
                        Logs.append(log, Logs.content(record++));
                        if (record % 500 == 0) {
                            log.flush();
                        }
                    }
                } catch (MillraceException e) {
                    System.out.println(e.code() + " " + e.getMessage());
                    System.out.println(log.recordCount());
                }
            }
        }
    }
}
