package io.millrace.index.predicate;

import io.millrace.index.attributes.Attribute;

import java.util.List;

/**
 * What a row must be, as a tree. A few forms serve for all that the language can say: {@code a in
 * (1, 2)} of a number is an {@link Any} of two comparisons, {@code a != 1} is {@code a is not
 * missing and not a = 1}.
 */
public sealed interface Condition {
    /**
     * Every part must hold.
     *
     * @param parts at least two.
     */
    record All(List<Condition> parts) implements Condition {
        /** Copies. */
        public All {
            parts = List.copyOf(parts);
        }
    }

    /**
     * One part must hold.
     *
     * @param parts at least two.
     */
    record Any(List<Condition> parts) implements Condition {
        /** Copies. */
        public Any {
            parts = List.copyOf(parts);
        }
    }

    /**
     * The part must not hold; a value that is missing is no exception.
     *
     * @param part what must not hold.
     */
    record Not(Condition part) implements Condition {}

    /**
     * A number that is there and compares.
     *
     * @param attribute of kind int64 or float64.
     * @param comparison how.
     * @param value with what.
     */
    record Compare(Attribute attribute, Comparison comparison, Operand value)
            implements Condition {}

    /**
     * A truth that is there and the one asked for.
     *
     * @param attribute of kind bool.
     * @param value which.
     */
    record Is(Attribute attribute, Operand value) implements Condition {}

    /**
     * A category that is there and one of some, or tags of which one is.
     *
     * @param attribute of kind category or tags.
     * @param values at least one.
     */
    record OneOf(Attribute attribute, List<Operand> values) implements Condition {
        /** Copies. */
        public OneOf {
            values = List.copyOf(values);
        }
    }

    /**
     * No value at all.
     *
     * @param attribute of any kind.
     */
    record Missing(Attribute attribute) implements Condition {}

    /**
     * Every part must hold.
     *
     * @param parts at least one.
     * @return the part itself where there is only one.
     */
    static Condition all(List<Condition> parts) {
        return parts.size() == 1 ? parts.getFirst() : new All(parts);
    }

    /**
     * One part must hold.
     *
     * @param parts at least one.
     * @return the part itself where there is only one.
     */
    static Condition any(List<Condition> parts) {
        return parts.size() == 1 ? parts.getFirst() : new Any(parts);
    }

    /**
     * A value that is there, and a part that does not hold.
     *
     * @param attribute what must not be missing.
     * @param part what must not hold.
     * @return the two of them.
     */
    static Condition presentAndNot(Attribute attribute, Condition part) {
        return new All(List.of(new Not(new Missing(attribute)), new Not(part)));
    }
}
