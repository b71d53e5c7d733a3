package io.millrace.core.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Every byte of a log changed, and a log cut off at every byte. */
final class LogDamageTest {
    private static final int RECORDS = 5;

    @TempDir private Path folder;
    private Path file = Path.of("");
    private byte[] whole = {};

    @BeforeEach
    void writeLog() throws IOException {
        try (RollingLog log = RollingLog.open(Logs.plan(folder, Logs.ROOMY), new ManualClock())) {
            for (int i = 0; i < RECORDS; i++) {
                Logs.append(log, Logs.content(i));
            }
            log.flush();
        }
        file = folder.resolve("things-00000001.log");
        whole = Files.readAllBytes(file);
    }

    private static int headerBytes() {
        return (int) LogLayout.headerBytes(Logs.DESCRIPTION.length());
    }

    /** Where a record begins, or the file ends. */
    private static int begin(int record) {
        int at = headerBytes();
        for (int i = 0; i < record; i++) {
            at += (int) LogLayout.recordBytes(Logs.content(i).length);
        }
        return at;
    }

    @Test
    void shouldLeaveOutTheRecordWhenAnyByteOfItIsChanged() throws IOException {
        for (int record = 0; record < RECORDS; record++) {
            for (int at = begin(record); at < begin(record + 1); at++) {
                for (int bit : new int[] {0x01, 0xFF}) {
                    assertLeftOut(record, at, bit);
                }
            }
        }
    }

    private void assertLeftOut(int damaged, int at, int bit) throws IOException {
        byte[] bytes = whole.clone();
        bytes[at] ^= (byte) bit;
        Files.write(file, bytes);
        try (LogFileReader reader = LogFileReader.open(file, Logs.KIND)) {
            List<byte[]> contents = Logs.contents(reader);
            assertEquals(RECORDS - 1, contents.size(), "byte " + at);
            int next = 0;
            for (int record = 0; record < RECORDS; record++) {
                if (record != damaged) {
                    assertArrayEquals(Logs.content(record), contents.get(next++), "byte " + at);
                }
            }
            int bytesOfIt = begin(damaged + 1) - begin(damaged);
            LogDamage expected =
                    damaged == RECORDS - 1
                            ? new LogDamage(0, 0, bytesOfIt)
                            : new LogDamage(1, bytesOfIt, 0);
            assertEquals(expected, reader.damage(), "byte " + at);
        }
    }

    @Test
    void shouldRefuseTheFileWhenAnyByteOfTheHeaderIsChanged() throws IOException {
        for (int at = 0; at < headerBytes(); at++) {
            byte[] bytes = whole.clone();
            bytes[at] ^= 0x10;
            Files.write(file, bytes);
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> LogFileReader.open(file, Logs.KIND),
                            "byte " + at);
            assertFalse(e.code() == ErrorCode.INTERNAL, "byte " + at);
        }
    }

    @Test
    void shouldReadWhatIsWholeWhenTheFileIsCutOff() throws IOException {
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            try (LogFileReader reader = LogFileReader.open(file, Logs.KIND)) {
                int records = 0;
                while (records < RECORDS && begin(records + 1) <= length) {
                    records++;
                }
                List<byte[]> contents = Logs.contents(reader);
                assertEquals(records, contents.size(), "length " + length);
                for (int i = 0; i < records; i++) {
                    assertArrayEquals(Logs.content(i), contents.get(i));
                }
                int tail = length < headerBytes() ? length : length - begin(records);
                assertEquals(new LogDamage(0, 0, tail), reader.damage(), "length " + length);
                assertEquals(length >= headerBytes(), reader.hasHeader());
            }
        }
    }

    /** As the system may leave it behind when the power fails. */
    @Test
    void shouldReadWhatIsWholeWhenZerosFollow() throws IOException {
        int zeros = 777;
        Files.write(file, Arrays.copyOf(whole, whole.length + zeros));
        try (LogFileReader reader = LogFileReader.open(file, Logs.KIND)) {
            assertEquals(RECORDS, Logs.contents(reader).size());
            assertEquals(new LogDamage(0, 0, zeros), reader.damage());
        }
    }
}
