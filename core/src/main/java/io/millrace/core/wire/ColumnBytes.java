package io.millrace.core.wire;

import io.millrace.core.HotPath;

import org.agrona.DirectBuffer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The values of a column as they are on the wire, little-endian, one after the other.
 *
 * <pre>
 *   NUMBERS  | float64 | float64 | …                    NaN: missing
 *   TEXTS    | uint16 length | UTF-8 | uint16 length …  no bytes: missing
 *
 *   example: the texts "ab" and none    02 00 61 62 00 00
 * </pre>
 *
 * <p>Threading: any thread. Allocation: none by what reads.
 */
public final class ColumnBytes {
    /** Bytes of the length of a text. */
    public static final int TEXT_HEADER_BYTES = Short.BYTES;

    /** The longest text in bytes. */
    public static final int MAX_TEXT_BYTES = 0xFFFF;

    private ColumnBytes() {}

    /**
     * Bytes of numbers.
     *
     * @param count how many
     * @return bytes
     */
    @HotPath
    public static long ofNumbers(int count) {
        return (long) count * Double.BYTES;
    }

    /**
     * Reads a number.
     *
     * @param buffer where from
     * @param offset of the first number
     * @param index which one
     * @return the number
     */
    @HotPath
    public static double number(DirectBuffer buffer, int offset, int index) {
        return buffer.getDouble(offset + index * Double.BYTES, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads the length of a text, which follows it.
     *
     * @param buffer where from
     * @param offset of the length
     * @return bytes of the text
     */
    @HotPath
    public static int textLength(DirectBuffer buffer, int offset) {
        return Short.toUnsignedInt(buffer.getShort(offset, ByteOrder.LITTLE_ENDIAN));
    }

    /**
     * Numbers as bytes.
     *
     * @param numbers the numbers
     * @return a new array
     */
    public static byte[] of(double[] numbers) {
        byte[] bytes = new byte[Math.toIntExact(ofNumbers(numbers.length))];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(numbers);
        return bytes;
    }

    /**
     * Texts as bytes.
     *
     * @param texts the texts, each of at most {@link #MAX_TEXT_BYTES} bytes in UTF-8
     * @return a new array
     */
    public static byte[] of(List<String> texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String text : texts) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            bytes.write(utf8.length);
            bytes.write(utf8.length >>> Byte.SIZE);
            bytes.write(utf8, 0, utf8.length);
        }
        return bytes.toByteArray();
    }
}
