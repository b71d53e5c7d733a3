package io.millrace.data.importers.table;

import io.millrace.data.importers.source.RejectedRow;
import io.millrace.index.attributes.Column;
import io.millrace.index.attributes.Float64Column;
import io.millrace.ranker.features.ValueEncoding;

import java.util.Arrays;

/** Numbers by row, read from texts; rows that are not set are missing. */
final class NumberTexts {
    private double[] values;
    private int rows;

    NumberTexts() {
        values = new double[0];
    }

    /** Numbers that are known already. */
    NumberTexts(float[] values) {
        this.values = new double[values.length];
        for (int row = 0; row < values.length; row++) {
            this.values[row] = values[row];
        }
        rows = values.length;
    }

    /** Makes sure that a text is a number or nothing; {@code name} says whose. */
    static void check(String name, String text) throws RejectedRow {
        if (text.isEmpty()) {
            return;
        }
        try {
            if (!Float.isInfinite((float) Double.parseDouble(text))) {
                return;
            }
        } catch (NumberFormatException e) {
            throw new RejectedRow(name + " is no number: " + text);
        }
        throw new RejectedRow(name + " is not finite: " + text);
    }

    /** The number that a text says, NaN for an empty one. */
    static double parse(String text) {
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }

    void set(int row, double value) {
        if (row >= values.length) {
            int from = values.length;
            values = Arrays.copyOf(values, Math.max(row + 1, from * 2));
            Arrays.fill(values, from, values.length, Double.NaN);
        }
        rows = Math.max(rows, row + 1);
        values[row] = value;
    }

    /** The number of a row, NaN where missing. */
    double get(int row) {
        return row < rows ? values[row] : Double.NaN;
    }

    /** All numbers as a row has them, in the order of the rows, up to the last that was set. */
    float[] encoded(ValueEncoding encoding) {
        float[] encoded = new float[rows];
        for (int row = 0; row < rows; row++) {
            encoded[row] = encoding.encode(values[row]);
        }
        return encoded;
    }

    /** Writes the numbers as they are. */
    void write(Column attribute, int count) {
        Float64Column numbers = (Float64Column) attribute;
        for (int row = 0; row < Math.min(count, rows); row++) {
            if (Double.isFinite(values[row])) {
                numbers.set(row, values[row]);
            }
        }
    }
}
