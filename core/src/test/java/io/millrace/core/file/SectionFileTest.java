package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

final class SectionFileTest {
    private static final String KIND = "TESTFILE";

    @TempDir private Path folder;

    @Test
    void shouldReadBackWhatWasWrittenWhenUndamaged() {
        Path path = write();
        try (SectionFile file = SectionFile.open(path, KIND, 1)) {
            assertEquals(
                    List.of("bytes", "ints", "longs", "floats", "empty"),
                    List.copyOf(file.names()));
            assertArrayEquals(new byte[] {1, 2, 3}, file.readBytes("bytes"));
            assertArrayEquals(new int[] {Integer.MIN_VALUE, 0, 7}, file.readInts("ints"));
            assertArrayEquals(new long[] {Long.MAX_VALUE, -1}, file.readLongs("longs"));
            assertArrayEquals(new float[] {0.5f, -1e30f, Float.NaN}, file.readFloats("floats"));
            assertEquals(0, file.section("empty").byteSize());
            assertEquals(0, file.section("ints").address() % 4096);
        }
    }

    @Test
    void shouldWriteTheSameBytesWhenWrittenTwice() throws IOException {
        byte[] first = Files.readAllBytes(write());
        assertArrayEquals(first, Files.readAllBytes(write()));
    }

    /**
     * Every byte that carries meaning is flipped in turn; only the gaps between sections may change
     * unnoticed.
     */
    @Test
    void shouldNameTheDamageWhenAnyByteIsFlipped() throws IOException {
        Path path = write();
        byte[] whole = Files.readAllBytes(path);
        for (int at = 0; at < whole.length; at++) {
            if (isGap(at)) {
                continue;
            }
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(path, damaged);
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> SectionFile.open(path, KIND, 1),
                            "byte " + at);
            assertEquals(ErrorCode.CORRUPT_FILE, e.code());
            assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
        }
    }

    @Test
    void shouldRefuseWhenTruncatedAnywhere() throws IOException {
        Path path = write();
        byte[] whole = Files.readAllBytes(path);
        for (int length = 0; length < whole.length; length += length < 128 ? 1 : 509) {
            Files.write(path, Arrays.copyOf(whole, length));
            MillraceException e =
                    assertThrows(MillraceException.class, () -> SectionFile.open(path, KIND, 1));
            assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        }
    }

    @Test
    void shouldTellKindAndVersionWhenTheyDiffer() {
        Path path = write();
        MillraceException kind =
                assertThrows(MillraceException.class, () -> SectionFile.open(path, "OTHER", 1));
        assertTrue(
                kind.getMessage().contains("expected=OTHER, actual=TESTFILE"), kind.getMessage());
        MillraceException version =
                assertThrows(MillraceException.class, () -> SectionFile.open(path, KIND, 0));
        assertEquals(ErrorCode.UNSUPPORTED_VERSION, version.code());
        MillraceException missing =
                assertThrows(
                        MillraceException.class,
                        () -> SectionFile.open(folder.resolve("none"), KIND, 1));
        assertEquals(ErrorCode.NOT_FOUND, missing.code());
    }

    @Test
    void shouldLeaveTheOldFileAndNoTraceWhenNotCommitted() throws IOException {
        Path path = write();
        byte[] before = Files.readAllBytes(path);
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            writer.ints("ints", new int[100_000]);
        }
        assertArrayEquals(before, Files.readAllBytes(path));
        try (Stream<Path> entries = Files.list(folder)) {
            assertEquals(List.of(path), entries.toList());
        }
    }

    @Test
    void shouldRefuseWhenASectionIsWrittenTwiceOrAsked() {
        Path path = folder.resolve("twice");
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            writer.ints("same", new int[1]);
            assertThrows(MillraceException.class, () -> writer.ints("same", new int[1]));
        }
        assertFalse(Files.exists(path));
        try (SectionFile file = SectionFile.open(write(), KIND, 1)) {
            assertThrows(MillraceException.class, () -> file.section("none"));
            assertThrows(MillraceException.class, () -> file.readInts("bytes"));
        }
    }

    private Path write() {
        Path path = folder.resolve("file");
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            writer.bytes("bytes", new byte[] {1, 2, 3})
                    .ints("ints", new int[] {Integer.MIN_VALUE, 0, 7})
                    .longs("longs", new long[] {Long.MAX_VALUE, -1})
                    .floats("floats", new float[] {0.5f, -1e30f, Float.NaN})
                    .bytes("empty", new byte[0])
                    .commit();
        }
        return path;
    }

    private static boolean isGap(int at) {
        if (at < 4096) {
            return (at >= 40 && at < 64) || at >= 64 + 5 * 48;
        }
        int[] lengths = {3, 12, 16, 12};
        int section = at / 4096 - 1;
        return section < lengths.length && at % 4096 >= lengths[section];
    }
}
