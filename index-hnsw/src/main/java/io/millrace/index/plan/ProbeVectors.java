package io.millrace.index.plan;

import io.millrace.core.progress.ProgressListener;
import io.millrace.index.VectorSet;

/**
 * Where rows and queries of a probe come from: of the law that those to come will have, or of one
 * like it. The first rows are the same however many are wanted.
 *
 * <p>Threading: one thread calls.
 */
public interface ProbeVectors {
    /**
     * Draws rows.
     *
     * @param rows filled from the first one on.
     * @param progress told of every row.
     */
    void rowsInto(VectorSet rows, ProgressListener progress);

    /**
     * Draws queries, none of which is a row.
     *
     * @param queries filled from the first one on.
     * @param progress told of every query.
     */
    void queriesInto(VectorSet queries, ProgressListener progress);
}
