package io.millrace.core.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.AllocationMeter;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

final class RollingLogTest {
    private final ManualClock clock = new ManualClock();

    @TempDir private Path folder;

    @Test
    void shouldReadBackWhatWasAppended() {
        int records = 5_000;
        try (RollingLog log = RollingLog.open(Logs.plan(folder, Logs.ROOMY), clock)) {
            for (int i = 0; i < records; i++) {
                Logs.append(log, Logs.content(i));
            }
            log.flush();
            assertEquals(records, log.recordCount());
        }
        List<Path> files = LogFiles.of(folder, Logs.KIND);
        assertEquals(List.of("things-00000001.log"), names());
        try (LogFileReader reader = LogFileReader.open(files.getFirst(), Logs.KIND)) {
            assertTrue(reader.hasHeader());
            assertEquals(Logs.DESCRIPTION, reader.description());
            List<byte[]> contents = Logs.contents(reader);
            assertEquals(records, contents.size());
            for (int i = 0; i < records; i++) {
                assertArrayEquals(Logs.content(i), contents.get(i), "record " + i);
            }
            assertEquals(LogDamage.NONE, reader.damage());
        }
    }

    /** The worked example of {@link LogLayout}; what version 1 wrote is read for ever. */
    @Test
    void shouldWriteTheBytesOfVersionOne() throws IOException {
        LogPlan plan = new LogPlan(folder, Logs.KIND, "{}", Logs.ROOMY);
        try (RollingLog log = RollingLog.open(plan, clock)) {
            Logs.append(log, "apple".getBytes(StandardCharsets.US_ASCII));
            Logs.append(log, "cherries".getBytes(StandardCharsets.US_ASCII));
            log.flush();
            assertEquals(104, log.byteCount());
        }
        byte[] golden;
        try (var in = RollingLogTest.class.getResourceAsStream("log-1.hex")) {
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            golden = HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
        }
        byte[] written = Files.readAllBytes(folder.resolve("things-00000001.log"));
        assertEquals(HexFormat.of().formatHex(golden), HexFormat.of().formatHex(written));
    }

    @Test
    void shouldShowAReaderWhatWasFlushedWhileItIsWritten() {
        try (RollingLog log = RollingLog.open(Logs.plan(folder, Logs.ROOMY), clock)) {
            Logs.append(log, Logs.content(1));
            log.flush();
            Logs.append(log, Logs.content(2));
            try (LogFileReader reader =
                    LogFileReader.open(folder.resolve("things-00000001.log"), Logs.KIND)) {
                assertEquals(1, Logs.contents(reader).size());
                assertEquals(LogDamage.NONE, reader.damage());
            }
        }
    }

    @Test
    void shouldBeginANewFileWhenTheOldOneIsFull() throws IOException {
        LogLimits limits = new LogLimits(1_000, 2_000, 3_600_000, 1 << 24);
        int records = 200;
        write(limits, records);
        List<Path> files = LogFiles.of(folder, Logs.KIND);
        assertTrue(files.size() > 3, files.toString());
        int next = 0;
        for (Path file : files) {
            assertTrue(Files.size(file) <= 2_000, file + " " + Files.size(file));
            try (LogFileReader reader = LogFileReader.open(file, Logs.KIND)) {
                for (byte[] content : Logs.contents(reader)) {
                    assertArrayEquals(Logs.content(next), content, "record " + next);
                    next++;
                }
                assertEquals(LogDamage.NONE, reader.damage());
            }
        }
        assertEquals(records, next);
    }

    @Test
    void shouldTakeARecordThatIsLongerThanAFile() {
        LogLimits limits = new LogLimits(5_000, 100, 3_600_000, 1 << 24);
        try (RollingLog log = RollingLog.open(Logs.plan(folder, limits), clock)) {
            for (int i = 0; i < 3; i++) {
                log.append(new UnsafeBuffer(new byte[5_000]), 0, 5_000);
            }
            log.flush();
        }
        assertEquals(3, names().size());
    }

    @Test
    void shouldBeginANewFileWhenTheOldOneIsOld() {
        LogLimits limits = new LogLimits(1_000, 1 << 20, 60_000, 1 << 24);
        try (RollingLog log = RollingLog.open(Logs.plan(folder, limits), clock, clock::steadyNs)) {
            clock.advance(300_000);
            Logs.append(log, Logs.content(1));
            assertEquals(1, names().size(), "an empty file is not left behind");
            Logs.append(log, Logs.content(2));
            clock.advance(59_999);
            Logs.append(log, Logs.content(3));
            log.flush();
        }
        assertEquals(2, names().size());
    }

    /** Whatever the clock of the wall says meanwhile. */
    @Test
    void shouldAgeByTimeThatPassesWhenTheClockIsSet() {
        LogLimits limits = new LogLimits(1_000, 1 << 20, 60_000, 1 << 24);
        try (RollingLog log = RollingLog.open(Logs.plan(folder, limits), clock, clock::steadyNs)) {
            for (long momentMs : new long[] {4_102_444_800_000L, 1, 1_700_000_000_000L}) {
                clock.set(momentMs);
                Logs.append(log, Logs.content(1));
                clock.advance(30_000);
            }
            assertEquals(2, names().size());
            clock.set(1);
            clock.advance(60_000);
            Logs.append(log, Logs.content(2));
            log.flush();
        }
        assertEquals(
                List.of("things-00000001.log", "things-00000002.log", "things-00000003.log"),
                names());
    }

    @Test
    void shouldDeleteTheOldestWhenAllAreTooLong() throws IOException {
        Files.writeString(folder.resolve("things.log"), "not of the log");
        LogLimits limits = new LogLimits(1_000, 2_000, 3_600_000, 9_000);
        for (int run = 0; run < 3; run++) {
            write(limits, 400);
            long bytes = 0;
            for (Path file : LogFiles.of(folder, Logs.KIND)) {
                bytes += Files.size(file);
            }
            assertTrue(bytes > 5_000 && bytes <= 9_000, "bytes " + bytes);
        }
        assertTrue(names().contains("things.log"));
        assertFalse(names().contains("things-00000001.log"));
        try (LogFileReader reader =
                LogFileReader.open(LogFiles.of(folder, Logs.KIND).getLast(), Logs.KIND)) {
            assertArrayEquals(Logs.content(399), Logs.contents(reader).getLast());
        }
    }

    @Test
    void shouldAllocateNothingWhenRecordsAreAppended() {
        LogLimits limits = new LogLimits(1_000, 1L << 30, 3_600_000, 1L << 31);
        long least = Long.MAX_VALUE;
        UnsafeBuffer content = new UnsafeBuffer(new byte[800]);
        try (RollingLog log = RollingLog.open(Logs.plan(folder, limits), () -> NOON)) {
            for (int round = 0; round < 40 && least > 0; round++) {
                long before = AllocationMeter.currentThreadAllocatedBytes();
                for (int i = 0; i < 2_000; i++) {
                    log.append(content, 0, content.capacity());
                }
                log.flush();
                least = Math.min(least, AllocationMeter.currentThreadAllocatedBytes() - before);
            }
        }
        assertEquals(0, least);
    }

    private static final java.time.Instant NOON = java.time.Instant.ofEpochMilli(43_200_000);

    @Test
    void shouldSayWhyWhenTheFolderCannotBeMade() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> RollingLog.open(Logs.plan(file.resolve("log"), Logs.ROOMY), clock));
        assertEquals(ErrorCode.IO, e.code());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    }

    @Test
    void shouldRefuseWhenTheLogIsOfAnotherKindOrVersion() {
        write(Logs.ROOMY, 1);
        Path file = folder.resolve("things-00000001.log");
        LogKind other = new LogKind("things", "OTHERS", 3);
        assertEquals(ErrorCode.MISMATCH, codeOf(file, other));
        LogKind newer = new LogKind("things", "THINGS", 4);
        assertEquals(ErrorCode.UNSUPPORTED_VERSION, codeOf(file, newer));
        LogKind older = new LogKind("things", "THINGS", 2, 1);
        assertEquals(ErrorCode.UNSUPPORTED_VERSION, codeOf(file, older));
        LogKind later = new LogKind("things", "THINGS", 5, 3);
        try (LogFileReader reader = LogFileReader.open(file, later)) {
            assertTrue(reader.next());
        }
        MillraceException missing =
                assertThrows(
                        MillraceException.class,
                        () -> LogFiles.of(folder.resolve("nowhere"), Logs.KIND));
        assertEquals(ErrorCode.NOT_FOUND, missing.code());
    }

    private static ErrorCode codeOf(Path file, LogKind kind) {
        return assertThrows(MillraceException.class, () -> LogFileReader.open(file, kind)).code();
    }

    private void write(LogLimits limits, int records) {
        try (RollingLog log = RollingLog.open(Logs.plan(folder, limits), clock)) {
            for (int i = 0; i < records; i++) {
                Logs.append(log, Logs.content(i));
            }
            log.flush();
        }
    }

    private List<String> names() {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
