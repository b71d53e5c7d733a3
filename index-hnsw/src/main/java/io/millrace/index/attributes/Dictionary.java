package io.millrace.index.attributes;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The texts of an attribute and their codes: dense, from 1, in the order of their first use. Code 0
 * is the missing value. Texts are never taken out.
 *
 * <p>Threading: one writer, any number of readers. A code that was read out of a column is known
 * here. Allocation: looking up allocates nothing.
 */
public final class Dictionary {
    /** The code of a missing value. */
    public static final int MISSING = 0;

    /** What {@link #codeOf} answers for a text that is not here. */
    public static final int NO_CODE = -1;

    /** Longest text, in characters. */
    public static final int MAX_TEXT_LENGTH = 4096;

    /** Most codes, the missing value included. */
    static final int MAX_CODES = 1 << 28;

    private final ConcurrentMap<String, Integer> codes = new ConcurrentHashMap<>();

    /** Texts by code; a longer copy takes its place when it is full. */
    private volatile String[] texts = {""};

    private volatile int size = 1;

    Dictionary() {}

    /**
     * How many codes there are.
     *
     * @return from 1: the missing value has one.
     */
    @HotPath
    public int size() {
        return size;
    }

    /**
     * Code of a text.
     *
     * @param text the text.
     * @return its code or {@link #NO_CODE}.
     */
    @HotPath
    public int codeOf(String text) {
        Integer code = codes.get(text);
        return code == null ? NO_CODE : code;
    }

    /**
     * Text of a code.
     *
     * @param code a code read from the attribute's column.
     * @return its text, or null of a missing value.
     */
    public @Nullable String text(int code) {
        return code == MISSING ? null : texts[code];
    }

    /** The code of a text, which is taken in when it is new. */
    int add(String text) {
        int known = codeOf(text);
        if (known != NO_CODE) {
            return known;
        }
        validate(text);
        int code = size;
        if (code == MAX_CODES) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "dictionary is full: limit=%d; use fewer distinct texts",
                    MAX_CODES - 1);
        }
        String[] all = texts;
        if (code == all.length) {
            all = Arrays.copyOf(all, Math.min(MAX_CODES, 2 * all.length));
        }
        all[code] = text;
        // In this order, so that who sees the size sees the text and its code.
        texts = all;
        codes.put(text, code);
        size = code + 1;
        return code;
    }

    private static void validate(String text) {
        if (text.length() > MAX_TEXT_LENGTH) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "text too long for a dictionary: length=%d, limit=%d; shorten it",
                    text.length(),
                    MAX_TEXT_LENGTH);
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw MillraceException.badInput(
                    "text is not unicode (half a surrogate pair): length=%d; mend it",
                    text.length());
        }
    }
}
