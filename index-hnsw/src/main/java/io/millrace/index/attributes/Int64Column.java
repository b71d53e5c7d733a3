package io.millrace.index.attributes;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

/** Whole numbers by ordinal; see {@link Column}. */
public final class Int64Column implements Column {
    private final LongCells cells;

    Int64Column(LongCells cells) {
        this.cells = cells;
    }

    /**
     * A number.
     *
     * @param ordinal which row.
     * @return its value, or {@link LongCells#MISSING}.
     */
    @HotPath
    public long get(int ordinal) {
        return cells.get(ordinal);
    }

    /**
     * Changes a number.
     *
     * @param ordinal which row.
     * @param value any but {@link Long#MIN_VALUE}.
     */
    public void set(int ordinal, long value) {
        if (value == LongCells.MISSING) {
            throw MillraceException.badInput(
                    "number that stands for a missing one: row=%d, value=%d; leave it out",
                    ordinal, value);
        }
        cells.change(ordinal, value);
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
     * The numbers as they lie in memory.
     *
     * @return one cell a row.
     */
    public LongCells cells() {
        return cells;
    }
}
