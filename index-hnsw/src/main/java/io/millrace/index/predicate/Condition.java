package io.millrace.index.predicate;

import io.millrace.index.attributes.Attribute;

import java.util.List;

/**
 * What a row must be, as a tree whose leaves are the terms of the language. Each leaf is about one
 * value and can be told by reading it once, so that a value which changes meanwhile is taken for
 * the old one or the new one, and never for half of each. That is why {@code a != 1} is no
 * conjunction but {@link Not} an {@link InInterval} of 1 or a missing value.
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
     * A number that is in one of some intervals.
     *
     * @param attribute of kind int64 or float64.
     * @param intervals at least one.
     * @param orMissing whether a missing value will do as well.
     */
    record InInterval(Attribute attribute, List<Interval> intervals, boolean orMissing)
            implements Condition {
        /** Copies. */
        public InInterval {
            intervals = List.copyOf(intervals);
        }
    }

    /**
     * A truth that is there, and a certain one.
     *
     * @param attribute of kind bool.
     * @param value which.
     * @param isEqual whether it must be that one, or the other.
     */
    record Is(Attribute attribute, Operand value, boolean isEqual) implements Condition {}

    /**
     * A category that is one of some.
     *
     * @param attribute of kind category.
     * @param values at least one.
     * @param orMissing whether a missing value will do as well.
     */
    record InCategory(Attribute attribute, List<Operand> values, boolean orMissing)
            implements Condition {
        /** Copies. */
        public InCategory {
            values = List.copyOf(values);
        }
    }

    /**
     * Tags that have one of some, or all of them.
     *
     * @param attribute of kind tags.
     * @param values at least one.
     * @param isAll whether all of them must be there.
     */
    record HasTags(Attribute attribute, List<Operand> values, boolean isAll) implements Condition {
        /** Copies. */
        public HasTags {
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
}
