package io.millrace.index.attributes;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

/**
 * Finite numbers by ordinal; see {@link Column}. They are kept as whole numbers that are ordered as
 * they are ({@link #key}), so that one kernel compares both kinds.
 */
public final class Float64Column implements Column {
    private final LongCells cells;

    Float64Column(LongCells cells) {
        this.cells = cells;
    }

    /**
     * The whole number that stands for a number: of two numbers the larger has the larger key, the
     * two zeros share one, and no finite one has {@link LongCells#MISSING}.
     *
     * @param value any finite number.
     * @return its key.
     */
    @HotPath
    public static long key(double value) {
        // Adding zero makes the negative zero a positive one. Negative numbers are ordered against
        // their bits, so all of these but the sign are flipped.
        return flip(Double.doubleToRawLongBits(value + 0.0));
    }

    /**
     * A number.
     *
     * @param ordinal which row.
     * @return its value, or NaN when it is missing.
     */
    @HotPath
    public double get(int ordinal) {
        return Double.longBitsToDouble(flip(cells.get(ordinal)));
    }

    /**
     * Changes a number.
     *
     * @param ordinal which row.
     * @param value a finite number.
     */
    public void set(int ordinal, double value) {
        if (!Double.isFinite(value)) {
            throw MillraceException.badInput(
                    "not a finite number: row=%d, value=%s; leave it out", ordinal, value);
        }
        cells.change(ordinal, key(value));
    }

    @Override
    public boolean isMissing(int ordinal) {
        return cells.get(ordinal) == LongCells.MISSING;
    }

    @Override
    public void setMissing(int ordinal) {
        cells.change(ordinal, LongCells.MISSING);
    }

    /**
     * The keys as they lie in memory.
     *
     * @return one cell a row.
     */
    public LongCells cells() {
        return cells;
    }

    /** Whether a cell is the key of a finite number or missing. */
    static boolean isCell(long cell) {
        double value = Double.longBitsToDouble(flip(cell));
        return cell == LongCells.MISSING || (Double.isFinite(value) && key(value) == cell);
    }

    private static long flip(long bits) {
        return bits ^ (bits >> (Long.SIZE - 1) & Long.MAX_VALUE);
    }
}
