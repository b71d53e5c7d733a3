package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Files that are cut, flipped, grown or forged; the offsets are those of the layout's drawing. Each
 * is refused, and nothing stays allocated behind it.
 */
final class SectionFileDamageTest {
    private static final String KIND = "TESTFILE";
    private static final int BLOCK_BYTES = 4096;

    /** Header, "first" of one page, "second" of three pages and blocks, "third" of one, table. */
    private static final int TABLE_OFFSET = 6 * 4096;

    private static final int TABLE_LENGTH = 4 * 40 + 5 * 4;

    @TempDir private Path folder;
    private Path path;
    private byte[] whole;
    private long allocatedBytes;

    @BeforeEach
    void write() throws IOException {
        path = folder.resolve("file");
        byte[] second = new byte[10_000];
        Arrays.fill(second, (byte) 7);
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1, BLOCK_BYTES)) {
            writer.bytes("first", new byte[] {1, 2, 3})
                    .bytes("empty", new byte[0])
                    .bytes("second", second)
                    .longs("third", new long[] {4, 5})
                    .commit();
        }
        whole = Files.readAllBytes(path);
        assertEquals(TABLE_OFFSET + TABLE_LENGTH, whole.length);
        allocatedBytes = DirectMemory.allocatedBytes();
    }

    @AfterEach
    void shouldHaveFreedEverything() {
        assertEquals(allocatedBytes, DirectMemory.allocatedBytes());
    }

    @ParameterizedTest
    @EnumSource(SectionFileOpening.class)
    void shouldRefuseWhenAnyByteIsFlipped(SectionFileOpening opening) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int at = 0; at < whole.length; at++) {
                put(channel, at, whole[at] ^ 0x10);
                boolean isContainerVersion = at >= 8 && at < 12;
                assertRefused(
                        opening,
                        isContainerVersion ? ErrorCode.UNSUPPORTED_VERSION : ErrorCode.CORRUPT_FILE,
                        "byte " + at);
                put(channel, at, whole[at]);
            }
        }
        opening.open(path, KIND, 1).close();
    }

    @ParameterizedTest
    @EnumSource(SectionFileOpening.class)
    void shouldRefuseWhenAnyBitOfHeaderAndTableIsFlipped(SectionFileOpening opening)
            throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int at = 0; at < whole.length; at = at == 51 ? TABLE_OFFSET : at + 1) {
                for (int bit = 0; bit < 8; bit++) {
                    put(channel, at, whole[at] ^ (1 << bit));
                    MillraceException e =
                            assertThrows(
                                    MillraceException.class,
                                    () -> opening.open(path, KIND, 1).close());
                    assertTrue(
                            e.code() == ErrorCode.CORRUPT_FILE
                                    || e.code() == ErrorCode.UNSUPPORTED_VERSION,
                            e.getMessage());
                }
                put(channel, at, whole[at]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SectionFileOpening.class)
    void shouldRefuseWhenTruncatedAnywhere(SectionFileOpening opening) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int length = whole.length - 1; length >= 0; length--) {
                channel.truncate(length);
                assertRefused(opening, ErrorCode.CORRUPT_FILE, "length " + length);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SectionFileOpening.class)
    void shouldRefuseWhenSomethingIsAppended(SectionFileOpening opening) throws IOException {
        for (int length : new int[] {1, 4, 40, 4096, 5000}) {
            Files.write(path, Arrays.copyOf(whole, whole.length + length));
            MillraceException e =
                    assertRefused(opening, ErrorCode.CORRUPT_FILE, "appended " + length);
            String expected =
                    String.format(
                            "length: expected=%d bytes, actual=%d bytes",
                            whole.length, whole.length + length);
            assertTrue(e.getMessage().contains(expected), e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4096, 'section=first, block=0, offset=4096,'",
        "8192, 'section=second, block=0, offset=8192,'",
        "16383, 'section=second, block=1, offset=12288,'",
        "16384, 'section=second, block=2, offset=16384,'",
        "20479, 'section=second, block=2, offset=16384,'",
        "20500, 'section=third, block=0, offset=20480,'",
        "24700, 'table checksum: '",
        "3000, 'header checksum: '",
    })
    void shouldNameThePlaceWhenAByteIsFlipped(int at, String expected) throws IOException {
        byte[] damaged = whole.clone();
        damaged[at] ^= 1;
        Files.write(path, damaged);
        for (SectionFileOpening opening : SectionFileOpening.values()) {
            MillraceException e = assertRefused(opening, ErrorCode.CORRUPT_FILE, "byte " + at);
            assertTrue(e.getMessage().contains(expected), e.getMessage());
        }
    }

    /** Whoever finds the damage: the message is the same on every run and any number of threads. */
    @Test
    void shouldNameTheFirstDamageWhenThereIsMore() throws IOException {
        Path large = folder.resolve("large");
        try (SectionFileWriter writer = SectionFileWriter.create(large, KIND, 1)) {
            writer.bytes("zeros", new byte[40 << 20]).commit();
        }
        try (FileChannel channel = FileChannel.open(large, StandardOpenOption.WRITE)) {
            for (int block : new int[] {9, 10, 12, 13, 17, 21, 39}) {
                put(channel, 4096 + (block << 20) + 5, 1);
            }
        }
        for (int round = 0; round < 30; round++) {
            ReadPlan plan = new ReadPlan(1 + round % 4, ProgressListener.NONE);
            MillraceException e =
                    assertThrows(
                            MillraceException.class, () -> SectionFile.open(large, KIND, 1, plan));
            assertTrue(e.getMessage().contains("section=zeros, block=9, "), e.getMessage());
        }
    }

    /** Whoever can count can write checksums that fit; what they cover must make sense as well. */
    @ParameterizedTest
    @CsvSource({
        "12, 0, length of a block: length=0",
        "12, 4097, length of a block: length=4097",
        "12, -2147483648, length of a block: length=-2147483648",
        "12, 1073741824, place of the table: ",
        "12, 8192, checksums of blocks: ",
        "24, 0, unknown version of a TESTFILE file: ",
        "24, 2, unknown version of a TESTFILE file: ",
        "28, -1, place of the table: ",
        "28, 2147483647, place of the table: ",
        "28, 5, place of the table: ",
        "28, 3, place of the table: ",
        "28, 0, place of the table: ",
    })
    void shouldRefuseWhenANumberOfTheHeaderIsForged(int offset, int value, String expected)
            throws IOException {
        byte[] forged = whole.clone();
        littleEndian(forged).putInt(offset, value);
        assertForgeryRefused(forged, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "32, 0, place of the table: ",
        "32, -1, place of the table: ",
        "32, 4095, place of the table: ",
        "32, 24577, table checksum: ",
        "32, 9223372036854775807, place of the table: ",
        "40, 0, length: ",
        "40, -1, length: ",
        "40, 9223372036854775807, length: ",
        // The entry of "first".
        "24600, 0, section out of place: section=first, ",
        "24600, 8192, section out of place: section=first, ",
        "24600, -4096, section out of place: section=first, ",
        "24608, -1, section out of place: section=first, ",
        "24608, 4097, 'section out of place: section=empty, offset=8192, expected=12288'",
        "24608, 9223372036854775807, section out of place: section=first, ",
        // The entry of "third", the last.
        "24728, 4097, section out of place: section=third, ",
        "24728, 0, 'place of the table: offset=24576, expected=20480'",
        // Names: "second" called as "first" is, with the rest of its blanks as they are.
        "24656, 2314885892993608038, section twice: section=first",
    })
    void shouldRefuseWhenAPlaceIsForged(int offset, long value, String expected)
            throws IOException {
        byte[] forged = whole.clone();
        littleEndian(forged).putLong(offset, value);
        assertForgeryRefused(forged, expected);
    }

    private void assertForgeryRefused(byte[] forged, String expected) throws IOException {
        littleEndian(forged).putInt(48, crc32c(forged, TABLE_OFFSET, TABLE_LENGTH));
        littleEndian(forged).putInt(4092, crc32c(forged, 0, 4092));
        Files.write(path, forged);
        for (SectionFileOpening opening : SectionFileOpening.values()) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class, () -> opening.open(path, KIND, 1).close());
            assertTrue(e.getMessage().contains(expected), e.getMessage());
        }
    }

    private MillraceException assertRefused(
            SectionFileOpening opening, ErrorCode code, String what) {
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> opening.open(path, KIND, 1).close(), what);
        assertEquals(code, e.code(), () -> what + ": " + e.getMessage());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        return e;
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int crc32c(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    private static void put(FileChannel channel, long at, int value) throws IOException {
        assertEquals(1, channel.write(ByteBuffer.wrap(new byte[] {(byte) value}), at));
    }
}
