package io.millrace.data.importers.source;

/**
 * One row of a source: its fields by the name of the column.
 *
 * <p>Threading: one thread.
 */
public abstract class SourceRow {
    private static final long LARGEST_EXACT = 1L << 53;

    /** For the sources of this package. */
    SourceRow() {}

    /**
     * Where it stands.
     *
     * @return its line, or its number where there are no lines, from 1.
     */
    public abstract long line();

    /**
     * A field.
     *
     * @param column name of a column that the source was asked for.
     * @return the text, empty when the value is missing.
     */
    public abstract String text(String column);

    /**
     * A field as a whole number; a value such as {@code 3.0} counts as one.
     *
     * @param column name of the column.
     * @return the number.
     * @throws RejectedRow when it is missing or none.
     */
    public final long wholeNumber(String column) throws RejectedRow {
        String text = text(column);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            double number = number(column);
            if (number != Math.rint(number) || Math.abs(number) > LARGEST_EXACT) {
                throw new RejectedRow(column + " is no whole number: " + text);
            }
            return (long) number;
        }
    }

    /**
     * A field as a number.
     *
     * @param column name of the column.
     * @return the number, NaN when it is missing.
     * @throws RejectedRow when it is no number or not finite.
     */
    public final double number(String column) throws RejectedRow {
        String text = text(column);
        if (text.isEmpty()) {
            return Double.NaN;
        }
        try {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new RejectedRow(column + " is no number: " + text);
        }
        throw new RejectedRow(column + " is not finite: " + text);
    }
}
