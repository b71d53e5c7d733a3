package io.millrace.data.importers.table;

import io.millrace.data.importers.source.RejectedRow;

import java.util.Arrays;

/** Numbers by row, read from texts; rows that are not set are missing. */
final class NumberTexts {
    private float[] values;
    private int rows;

    NumberTexts() {
        this(new float[0]);
    }

    /** Numbers that are known already. */
    NumberTexts(float[] values) {
        this.values = values;
        this.rows = values.length;
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

    void set(int row, float value) {
        if (row >= values.length) {
            int from = values.length;
            values = Arrays.copyOf(values, Math.max(row + 1, from * 2));
            Arrays.fill(values, from, values.length, Float.NaN);
        }
        rows = Math.max(rows, row + 1);
        values[row] = value;
    }

    /** The number of a row, NaN where missing. */
    float get(int row) {
        return row < rows ? values[row] : Float.NaN;
    }

    /** All numbers in the order of the rows, up to the last that was set. */
    float[] toArray() {
        return Arrays.copyOf(values, rows);
    }
}
