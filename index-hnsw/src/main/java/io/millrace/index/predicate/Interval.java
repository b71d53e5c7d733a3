package io.millrace.index.predicate;

import org.jspecify.annotations.Nullable;

/**
 * Numbers from here to there.
 *
 * @param least the lower end, or null where there is none.
 * @param most the upper end, or null where there is none.
 */
public record Interval(@Nullable Bound least, @Nullable Bound most) {
    /**
     * An end.
     *
     * @param value where it is.
     * @param isInclusive whether the value itself is in.
     */
    public record Bound(Operand value, boolean isInclusive) {}

    static Interval equalTo(Operand value) {
        return between(value, value);
    }

    static Interval between(Operand least, Operand most) {
        return new Interval(new Bound(least, true), new Bound(most, true));
    }

    static Interval below(Operand value, boolean isInclusive) {
        return new Interval(null, new Bound(value, isInclusive));
    }

    static Interval above(Operand value, boolean isInclusive) {
        return new Interval(new Bound(value, isInclusive), null);
    }
}
