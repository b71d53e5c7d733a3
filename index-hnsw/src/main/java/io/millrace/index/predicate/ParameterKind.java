package io.millrace.index.predicate;

import io.millrace.index.attributes.AttributeKind;

/** What a parameter must be given. */
public enum ParameterKind {
    /** A whole number. */
    WHOLE("a whole number"),
    /** A finite number. */
    DECIMAL("a number"),
    /** A text. */
    TEXT("a text"),
    /** True or false. */
    TRUTH("true or false");

    private final String description;

    ParameterKind(String description) {
        this.description = description;
    }

    /**
     * What values of an attribute are compared with.
     *
     * @param kind kind of the attribute.
     * @return what its parameters take.
     */
    public static ParameterKind of(AttributeKind kind) {
        return switch (kind) {
            case INT64 -> WHOLE;
            case FLOAT64 -> DECIMAL;
            case BOOL -> TRUTH;
            case CATEGORY, TAGS -> TEXT;
        };
    }

    /** As in messages: {@code a whole number}. */
    @Override
    public String toString() {
        return description;
    }
}
