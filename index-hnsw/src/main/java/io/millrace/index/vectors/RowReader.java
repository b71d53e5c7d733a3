package io.millrace.index.vectors;

import java.io.IOException;

/** Rows of numbers from a stream, one after another. */
interface RowReader {
    /** Numbers per row. */
    int dimension();

    /** At most how many rows there are, as far as can be told before they are read. */
    long mostRows();

    /**
     * Reads the next row.
     *
     * @param row where its numbers go.
     * @return whether there was one.
     */
    boolean next(float[] row) throws IOException;
}
