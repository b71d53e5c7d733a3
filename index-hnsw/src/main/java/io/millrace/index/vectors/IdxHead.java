package io.millrace.index.vectors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The head of an IDX file, the format of the MNIST images: two zero bytes, type of the numbers,
 * count of sizes, then the sizes as int32, big-endian like all numbers. The first size counts the
 * rows; the others, multiplied, are the dimension.
 */
final class IdxHead {
    private static final int MAGIC_BYTES = 4;
    private static final int TYPE_INDEX = 2;
    private static final int SIZES_INDEX = 3;
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int SIGNED_BYTE = 0x09;
    private static final int FLOAT32 = 0x0D;
    private static final int FLOAT64 = 0x0E;
    private static final int MOST_SIZES = 8;

    private IdxHead() {}

    /** Whether a file begins like one. */
    static boolean isAt(byte[] head) {
        return head.length >= MAGIC_BYTES
                && head[0] == 0
                && head[1] == 0
                && head[TYPE_INDEX] >= UNSIGNED_BYTE
                && head[TYPE_INDEX] <= FLOAT64
                && head[SIZES_INDEX] >= 1
                && head[SIZES_INDEX] <= MOST_SIZES;
    }

    /** Reads the head; the rows follow. */
    static RowReader read(ByteSource source) throws IOException {
        ByteBuffer magic = ByteSource.buffer(MAGIC_BYTES, ByteOrder.BIG_ENDIAN);
        source.read(magic, "the idx head");
        NumberType type =
                switch (magic.get(TYPE_INDEX)) {
                    case UNSIGNED_BYTE -> NumberType.UNSIGNED_BYTE;
                    case SIGNED_BYTE -> NumberType.SIGNED_BYTE;
                    case FLOAT32 -> NumberType.FLOAT32;
                    case FLOAT64 -> NumberType.FLOAT64;
                    default ->
                            throw source.bad(
                                    "idx of another type: type="
                                            + magic.get(TYPE_INDEX)
                                            + "; expected bytes or floating point");
                };
        int sizeCount = magic.get(SIZES_INDEX);
        if (sizeCount < 2) {
            throw source.bad("idx with one number per row, such as labels; expected images");
        }
        ByteBuffer sizes = ByteSource.buffer(sizeCount * Integer.BYTES, ByteOrder.BIG_ENDIAN);
        source.read(sizes, "the idx head");
        long rows = Integer.toUnsignedLong(sizes.getInt(0));
        long dimension = 1;
        for (int i = 1; i < sizeCount; i++) {
            long size = Integer.toUnsignedLong(sizes.getInt(i * Integer.BYTES));
            dimension = VectorFiles.checkDimension(source, dimension * size);
        }
        return new TableReader(source, type, ByteOrder.BIG_ENDIAN, rows, (int) dimension);
    }
}
