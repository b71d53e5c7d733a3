package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Function;

/** A real index whose file is cut or flipped: neither way to open it gets past that. */
final class HnswFileTest {
    private static final int ROWS = 100;
    private static final int PAGE = 4096;
    private static final int TABLE_OFFSET_OFFSET = 32;
    private static final List<Function<Path, HnswIndex>> OPENINGS =
            List.of(HnswFile::open, HnswFile::map);

    @TempDir private Path folder;
    private Path path;
    private byte[] whole;
    private int tableOffset;
    private long allocatedBytes;

    @BeforeEach
    void write() throws IOException {
        path = folder.resolve("index");
        try (VectorSet rows = Worlds.CLUSTERED.rows(ROWS, 20, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.INLINED)) {
            HnswFile.write(index, path);
        }
        whole = Files.readAllBytes(path);
        tableOffset =
                (int)
                        ByteBuffer.wrap(whole)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getLong(TABLE_OFFSET_OFFSET);
        // Five sections of a page or more between header and table.
        assertTrue(tableOffset >= 6 * PAGE && tableOffset < whole.length, "table=" + tableOffset);
        allocatedBytes = DirectMemory.allocatedBytes();
    }

    @AfterEach
    void shouldHaveFreedEverything() {
        assertEquals(allocatedBytes, DirectMemory.allocatedBytes());
    }

    /** Sections begin and end at pages, so all their boundaries are among these. */
    @Test
    void shouldRefuseWhenTruncatedAtAnyPage() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int length = whole.length - 1; length >= 0; length--) {
                int inPage = length % PAGE;
                if (length > tableOffset || inPage <= 1 || inPage == PAGE - 1) {
                    channel.truncate(length);
                    assertRefused("length " + length);
                }
            }
        }
    }

    @Test
    void shouldRefuseWhenAnyByteOfHeaderOrTableIsFlipped() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int at = 0; at < whole.length; at = at == PAGE - 1 ? tableOffset : at + 1) {
                flip(channel, at, "byte " + at);
            }
        }
    }

    @Test
    void shouldNameTheSectionWhenAByteOfAnyPageIsFlipped() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int at = PAGE; at < tableOffset; at += PAGE) {
                String message = flip(channel, at + at / PAGE * 97 % PAGE, "page at " + at);
                assertTrue(message.matches(".*section=(meta|ids|nodes|upper-.*), .*"), message);
            }
        }
        for (Function<Path, HnswIndex> opening : OPENINGS) {
            try (HnswIndex index = opening.apply(path)) {
                assertEquals(ROWS, index.size());
            }
        }
    }

    private String flip(FileChannel channel, int at, String what) throws IOException {
        channel.write(ByteBuffer.wrap(new byte[] {(byte) (whole[at] ^ 0x40)}), at);
        String message = assertRefused(what);
        channel.write(ByteBuffer.wrap(new byte[] {whole[at]}), at);
        return message;
    }

    private String assertRefused(String what) {
        String message = "";
        for (Function<Path, HnswIndex> opening : OPENINGS) {
            MillraceException e =
                    assertThrows(MillraceException.class, () -> opening.apply(path).close(), what);
            message = e.getMessage();
            assertTrue(
                    e.code() == ErrorCode.CORRUPT_FILE || e.code() == ErrorCode.UNSUPPORTED_VERSION,
                    message);
            assertTrue(message.contains(path.toString()), message);
        }
        return message;
    }
}
