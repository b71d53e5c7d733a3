package io.millrace.index.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.index.VectorSet;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of vectors past 2^32 bytes, of which all but a few rows are a hole. */
@Tag("slow")
final class VectorFileSizeTest {
    private static final int DIMENSION = 16_384;
    private static final int ROW_BYTES = DIMENSION * Double.BYTES;
    private static final int ROWS = (int) ((1L << 32) / ROW_BYTES) + 100;
    private static final int HEAD_BYTES = 128;

    @TempDir private Path folder;

    @Test
    void shouldReadTheLastRowWhenTheFileIsLargerThanFourGigabytes() throws IOException {
        Path path = folder.resolve("large.npy");
        write(path);
        assertTrue(Files.size(path) > 1L << 32);
        try (VectorSet rows = VectorFiles.read(path, Integer.MAX_VALUE)) {
            assertEquals(ROWS, rows.count());
            float[] row = new float[DIMENSION];
            for (int i = 0; i < ROWS; i++) {
                if (isWritten(i) || isWritten(i + 1)) {
                    rows.get(i, row, 0);
                    assertArrayEquals(expected(i), row, "row " + i);
                }
            }
        }
    }

    private static float[] expected(int row) {
        float[] expected = new float[DIMENSION];
        if (isWritten(row)) {
            expected[0] = row;
            expected[DIMENSION - 1] = -row;
        }
        return expected;
    }

    /** The last, and one in a thousand. */
    private static boolean isWritten(int row) {
        return row == ROWS - 1 || row % 1000 == 1;
    }

    private static void write(Path path) throws IOException {
        String text =
                "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }"
                        .formatted(ROWS, DIMENSION);
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        head.put(NpyHead.MAGIC).put((byte) 1).put((byte) 0);
        head.putShort((short) (HEAD_BYTES - NpyHead.MAGIC.length - 4));
        head.put(text.getBytes(StandardCharsets.US_ASCII));
        while (head.hasRemaining()) {
            head.put((byte) ' ');
        }
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            channel.write(head.flip(), 0);
            for (int row = 0; row < ROWS; row++) {
                if (isWritten(row)) {
                    put(channel, row, 0, row);
                    put(channel, row, DIMENSION - 1, -row);
                }
            }
        }
    }

    private static void put(FileChannel channel, int row, int column, double value)
            throws IOException {
        ByteBuffer number = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        number.putDouble(0, value);
        channel.write(number, HEAD_BYTES + (long) row * ROW_BYTES + (long) column * Double.BYTES);
    }
}
