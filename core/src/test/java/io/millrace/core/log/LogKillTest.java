package io.millrace.core.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.file.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that writes a log without end is killed with kill -9 in the middle, several times. */
final class LogKillTest {
    private static final int ROUNDS = 3;
    private static final LogLimits LIMITS = new LogLimits(1_000, 1 << 18, 3_600_000, 1 << 30);

    @TempDir private Path folder;

    @Test
    void shouldReadEverythingThatWasFlushedWhenTheWriterWasKilled() throws Exception {
        int filesBefore = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int flushed = runAndKill(20 + 15 * round);
            List<Path> files = LogFiles.of(folder, Logs.KIND);
            assertTrue(files.size() > filesBefore, "a new writer begins a new file");
            int next = 0;
            for (Path file : files.subList(filesBefore, files.size())) {
                try (LogFileReader reader = LogFileReader.open(file, Logs.KIND)) {
                    for (byte[] content : Logs.contents(reader)) {
                        assertArrayEquals(Logs.content(next++), content);
                    }
                    assertEquals(0, reader.damage().damagedBytes());
                    assertEquals(0, reader.damage().lostRecords());
                }
            }
            assertTrue(next >= flushed, "flushed=" + flushed + ", read=" + next);
            filesBefore = files.size();
        }
    }

    /** Returns how many records the process knew to be flushed when it was killed. */
    private int runAndKill(int lines) throws IOException, InterruptedException {
        Process writer =
                new ProcessBuilder(ChildJvm.command(EndlessWriter.class, folder))
                        .redirectError(folder.resolve("errors").toFile())
                        .start();
        String last = "";
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(
                                writer.getInputStream(), StandardCharsets.US_ASCII))) {
            for (int line = 0; line < lines; line++) {
                last = out.readLine();
                assertTrue(last != null, () -> errors());
            }
            writer.destroyForcibly();
        }
        assertTrue(writer.waitFor(10, TimeUnit.SECONDS));
        return Integer.parseInt(last);
    }

    private String errors() {
        try {
            return Files.readString(folder.resolve("errors"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Entry point of the process that is killed: prints how many records are flushed. */
    static final class EndlessWriter {
        private EndlessWriter() {}

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            try (RollingLog log =
                    RollingLog.open(Logs.plan(folder, LIMITS), InstantSource.system())) {
                for (int record = 0; record < Integer.MAX_VALUE; record++) {
                    Logs.append(log, Logs.content(record));
                    if (record % 1_000 == 999) {
                        log.flush();
                        System.out.println(log.recordCount());
                    }
                }
            }
        }
    }
}
