package io.millrace.ranker.feedback;

import io.millrace.core.HotPath;

import org.jspecify.annotations.Nullable;

/** What a user did with an item. */
public enum EventKind {
    /** It was shown. */
    IMPRESSION(0),
    /** It was clicked. */
    CLICK(1),
    /** It was watched. */
    WATCH(2),
    /** It was watched for long, which is a watch too. */
    LONG_WATCH(3),
    /** It was liked. */
    LIKE(4);

    private static final EventKind[] BY_CODE = values();

    private final int code;

    EventKind(int code) {
        this.code = code;
    }

    /**
     * The number it goes by, in frames and in arrays by kind.
     *
     * @return 0 to {@link #count} - 1.
     */
    @HotPath
    public int code() {
        return code;
    }

    /**
     * The kind of a number.
     *
     * @param code any number.
     * @return the kind, or null where there is none.
     */
    @HotPath
    public static @Nullable EventKind of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /**
     * How many kinds there are.
     *
     * @return the length of an array by kind.
     */
    public static int count() {
        return BY_CODE.length;
    }
}
