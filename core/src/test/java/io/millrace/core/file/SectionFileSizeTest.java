package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Sections past 2^32 bytes. Nearly all of them is zeros that were never touched: in memory the
 * system has one page for them all, in the file they are a hole.
 */
final class SectionFileSizeTest {
    private static final String KIND = "LARGE";
    private static final long LARGE_BYTES = (1L << 32) + (5L << 20) + 12;
    private static final long[] MARKS = {
        0, (1L << 31) - 1, 1L << 31, (1L << 32) - 1, 1L << 32, LARGE_BYTES - 1
    };

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource(SectionFileOpening.class)
    @Tag("slow")
    void shouldReadBackWhatLiesBeyondFourGigabytes(SectionFileOpening opening) throws IOException {
        Path path = folder.resolve("large");
        write(path);
        try (SectionFile file = opening.open(path, KIND, 1)) {
            MemorySegment large = file.section("large");
            assertEquals(LARGE_BYTES, large.byteSize());
            long from = 0;
            for (long mark : MARKS) {
                assertTrue(isZero(large.asSlice(from, mark - from)), "before " + mark);
                assertEquals((byte) (mark % 97 + 1), large.get(ValueLayout.JAVA_BYTE, mark));
                from = mark + 1;
            }
            assertArrayEquals(new int[] {11, 12, 13}, file.readInts("behind"));
        }
        long at = 4096 + (1L << 32) + (3L << 20) + 9;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}), at);
        }
        MillraceException e =
                assertThrows(MillraceException.class, () -> opening.open(path, KIND, 1).close());
        String place = "section=large, block=4099, offset=" + (4096 + (4099L << 20)) + ",";
        assertTrue(e.getMessage().contains(place), e.getMessage());
    }

    @Test
    void shouldLeaveAHoleWhenABlockIsZeros() throws IOException {
        Path path = folder.resolve("hole");
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            byte[] content = new byte[10 << 20];
            content[5 << 20] = 1;
            writer.bytes("content", content).commit();
        }
        long length = Files.size(path);
        assertTrue(length > 10 << 20);
        assertTrue(bytesOnDisk(path) <= 3 << 20, "bytes=" + bytesOnDisk(path));
    }

    private static long bytesOnDisk(Path path) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", path.toString()).start();
        String blocks = new String(stat.getInputStream().readAllBytes(), US_ASCII);
        return Long.parseLong(blocks.strip()) * 512;
    }

    private static void write(Path path) {
        try (DirectMemory memory = DirectMemory.allocate(LARGE_BYTES);
                SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            for (long mark : MARKS) {
                memory.segment().set(ValueLayout.JAVA_BYTE, mark, (byte) (mark % 97 + 1));
            }
            writer.section("large", memory.segment()).ints("behind", new int[] {11, 12, 13});
            writer.commit();
        }
    }

    private static boolean isZero(MemorySegment bytes) {
        if (bytes.byteSize() == 0) {
            return true;
        }
        long last = bytes.byteSize() - 1;
        return bytes.get(ValueLayout.JAVA_BYTE, last) == 0
                && MemorySegment.mismatch(bytes, 0, last, bytes, 1, last + 1) < 0;
    }
}
