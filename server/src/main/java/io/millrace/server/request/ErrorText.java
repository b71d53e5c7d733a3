package io.millrace.server.request;

import io.millrace.core.HotPath;
import io.millrace.core.wire.WireLimits;

import org.agrona.AsciiEncoding;
import org.agrona.DirectBuffer;

import java.nio.charset.StandardCharsets;

/**
 * One line of ASCII text that is written anew for every error without allocating; what does not fit
 * is cut, what is not printable ASCII becomes a question mark.
 *
 * <p>Threading: one thread at a time.
 */
@HotPath
public final class ErrorText {
    private final byte[] bytes = new byte[WireLimits.MAX_MESSAGE_BYTES];
    private int length;

    /** Makes an empty text. */
    public ErrorText() {}

    /**
     * Empties the text.
     *
     * @return this
     */
    public ErrorText clear() {
        length = 0;
        return this;
    }

    /**
     * Adds text.
     *
     * @param text to add
     * @return this
     */
    public ErrorText append(String text) {
        int room = Math.min(text.length(), bytes.length - length);
        for (int i = 0; i < room; i++) {
            char c = text.charAt(i);
            bytes[length++] = c >= ' ' && c < 127 ? (byte) c : (byte) '?';
        }
        return this;
    }

    /**
     * Adds a number.
     *
     * @param value to add
     * @return this
     */
    public ErrorText append(long value) {
        if (value == Long.MIN_VALUE) {
            return append("-9223372036854775808");
        }
        long magnitude = Math.abs(value);
        int digits = AsciiEncoding.digitCount(magnitude);
        if (digits + 1 > bytes.length - length) {
            return this;
        }
        if (value < 0) {
            bytes[length++] = '-';
        }
        for (int i = digits - 1; i >= 0; i--) {
            bytes[length + i] = (byte) ('0' + magnitude % 10);
            magnitude /= 10;
        }
        length += digits;
        return this;
    }

    /**
     * Adds text as it came.
     *
     * @param buffer holds the text
     * @param offset of its first byte
     * @param count in bytes
     * @return this
     */
    public ErrorText append(DirectBuffer buffer, int offset, int count) {
        int room = Math.min(count, bytes.length - length);
        for (int i = 0; i < room; i++) {
            byte b = buffer.getByte(offset + i);
            bytes[length++] = b >= ' ' && b < 127 ? b : (byte) '?';
        }
        return this;
    }

    /**
     * The text so far.
     *
     * @return the first {@link #length()} bytes count
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * How long the text is.
     *
     * @return bytes
     */
    public int length() {
        return length;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }
}
