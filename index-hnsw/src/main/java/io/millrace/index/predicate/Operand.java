package io.millrace.index.predicate;

/** What an attribute is compared with: a value that stands in the text, or a parameter. */
public sealed interface Operand {
    /**
     * A number for an int64 attribute.
     *
     * @param value the number.
     */
    record Whole(long value) implements Operand {}

    /**
     * A number for a float64 attribute.
     *
     * @param value a finite number.
     */
    record Decimal(double value) implements Operand {}

    /**
     * A text for a category or tags.
     *
     * @param value the text.
     */
    record Text(String value) implements Operand {}

    /**
     * A value for a bool attribute.
     *
     * @param value the value.
     */
    record Truth(boolean value) implements Operand {}

    /**
     * A value that is given later, {@code $1} being the first.
     *
     * @param index its number less one.
     */
    record Parameter(int index) implements Operand {}
}
