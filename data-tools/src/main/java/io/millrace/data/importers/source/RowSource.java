package io.millrace.data.importers.source;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;

/** A file of rows that have the same columns. */
public interface RowSource {
    /** Takes a row. */
    @FunctionalInterface
    interface RowConsumer {
        /**
         * Takes a row.
         *
         * @param row the row, good until the consumer returns.
         * @throws RejectedRow when it cannot be taken.
         */
        void accept(SourceRow row) throws RejectedRow;
    }

    /**
     * Reads all rows in order.
     *
     * @param rejects told of the rows that cannot be taken.
     * @param progress told how much of the file has been read.
     * @param consumer given every row.
     * @return how many rows were taken.
     * @throws io.millrace.core.error.MillraceException when the file is no such file, lacks a
     *     column, or too many rows are rejected.
     */
    long forEach(Rejects rejects, ProgressListener progress, RowConsumer consumer);
}
