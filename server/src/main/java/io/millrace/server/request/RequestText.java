package io.millrace.server.request;

import io.millrace.core.HotPath;

import org.agrona.DirectBuffer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A text that came with a request, in memory of its own.
 *
 * <p>Threading: one thread at a time. Allocation: only in the constructor, and by {@link
 * #toString}.
 */
@HotPath
public final class RequestText {
    private final byte[] bytes;
    private int length;

    RequestText(int most) {
        bytes = new byte[most];
    }

    void clear() {
        length = 0;
    }

    /**
     * The longest text there is room for.
     *
     * @return bytes
     */
    public int most() {
        return bytes.length;
    }

    /**
     * Takes a text that is not longer than {@link #most()}.
     *
     * @param source has it, as UTF-8
     * @param offset of its first byte
     * @param count in bytes
     */
    public void set(DirectBuffer source, int offset, int count) {
        source.getBytes(offset, bytes, 0, count);
        length = count;
    }

    /**
     * Takes a text that is not longer than {@link #most()}.
     *
     * @param text to take
     */
    public void set(String text) {
        byte[] given = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(given, 0, bytes, 0, given.length);
        length = given.length;
    }

    /**
     * Whether none came.
     *
     * @return true for a text without characters, too
     */
    public boolean isEmpty() {
        return length == 0;
    }

    /**
     * The text as UTF-8; not checked to be sound.
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

    /**
     * Whether it is the same text.
     *
     * @param other as UTF-8
     * @return true where all bytes are equal
     */
    public boolean is(byte[] other) {
        return Arrays.equals(bytes, 0, length, other, 0, other.length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
