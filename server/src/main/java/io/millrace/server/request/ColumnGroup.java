package io.millrace.server.request;

import io.millrace.core.HotPath;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * The group of columns of a frame that passed {@link io.millrace.core.wire.FrameCheck}, read where
 * it stands. Rank requests and changes have the same one, under codecs of their own.
 *
 * <pre>
 *   | block u16 | count u16 |   then count times   | form u8 … | length u32 | name | length u32 | values |
 * </pre>
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
final class ColumnGroup {
    private static final int COUNT_OFFSET = Short.BYTES;
    private static final int HEADER_BYTES = 2 * Short.BYTES;

    private DirectBuffer buffer = new UnsafeBuffer(0, 0);
    private int blockLength;
    private int count;
    private int read;
    private int next;
    private int formCode;
    private int nameOffset;
    private int nameLength;
    private int valuesOffset;
    private int valuesLength;

    /** Begins to read the group that stands at an offset. */
    void wrap(DirectBuffer source, int offset) {
        buffer = source;
        blockLength = Short.toUnsignedInt(source.getShort(offset, ByteOrder.LITTLE_ENDIAN));
        count =
                Short.toUnsignedInt(
                        source.getShort(offset + COUNT_OFFSET, ByteOrder.LITTLE_ENDIAN));
        read = 0;
        next = offset + HEADER_BYTES;
    }

    int count() {
        return count;
    }

    /** Goes to the next column; false if there is none. */
    boolean advance() {
        if (read == count) {
            return false;
        }
        read++;
        formCode = Byte.toUnsignedInt(buffer.getByte(next));
        int length = next + blockLength;
        nameOffset = length + Integer.BYTES;
        nameLength = buffer.getInt(length, ByteOrder.LITTLE_ENDIAN);
        length = nameOffset + nameLength;
        valuesOffset = length + Integer.BYTES;
        valuesLength = buffer.getInt(length, ByteOrder.LITTLE_ENDIAN);
        next = valuesOffset + valuesLength;
        return true;
    }

    /** Where the group ends, once all columns were read. */
    int end() {
        return next;
    }

    int formCode() {
        return formCode;
    }

    int nameOffset() {
        return nameOffset;
    }

    int nameLength() {
        return nameLength;
    }

    int valuesOffset() {
        return valuesOffset;
    }

    int valuesLength() {
        return valuesLength;
    }
}
