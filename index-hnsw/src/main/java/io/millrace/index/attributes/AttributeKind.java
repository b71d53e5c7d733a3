package io.millrace.index.attributes;

import com.fasterxml.jackson.annotation.JsonValue;

import java.util.Locale;

/** What an attribute's value is. Any value may be missing. */
public enum AttributeKind {
    /** A whole number of 64 bits; also a time, in the unit the data have. */
    INT64,
    /** A finite number of double precision. */
    FLOAT64,
    /** True or false. */
    BOOL,
    /** One text out of a dictionary. */
    CATEGORY,
    /** Any number of distinct texts out of a dictionary; none at all is not the same as missing. */
    TAGS;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The name in schemas and messages, as in {@code int64}. */
    @JsonValue
    @Override
    public String toString() {
        return text;
    }

    /**
     * Whether values are texts out of a dictionary.
     *
     * @return true of {@link #CATEGORY} and {@link #TAGS}.
     */
    public boolean hasDictionary() {
        return this == CATEGORY || this == TAGS;
    }

    /** Bytes of a value whose column has a fixed width; 0 of the others. */
    int cellBytes() {
        return switch (this) {
            case INT64, FLOAT64 -> Long.BYTES;
            case BOOL -> Byte.BYTES;
            case CATEGORY -> Integer.BYTES;
            case TAGS -> 0;
        };
    }
}
