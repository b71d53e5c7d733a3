package io.millrace.core.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of its own writes a log where files may not become as long as it wants. */
final class LogDiskFullTest {
    private static final String LIMITED = "ulimit -f 1024; \"$@\"";
    private static final int MOST_BYTES = 1024 * 1024;

    @TempDir private Path folder;

    @Test
    void shouldSaySoAndLeaveWholeRecordsWhenThereIsNoRoom() throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", LIMITED, "bash"));
        command.addAll(ChildJvm.command(Writer.class, folder));
        Process process = new ProcessBuilder(command).start();
        byte[] out = process.getInputStream().readAllBytes();
        byte[] err = process.getErrorStream().readAllBytes();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), new String(err, StandardCharsets.UTF_8));
        List<String> lines = new String(out, StandardCharsets.UTF_8).lines().toList();
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
