package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

/** Builds an {@link HnswIndex}: in parallel, and bit for bit the same on any number of threads. */
@SuppressWarnings("DoNotCallSuggester")
public final class HnswBuilder {
    private HnswBuilder() {}

    /**
     * Builds an index.
     *
     * @param vectors the rows, copied; finite numbers, and no zero vector under COSINE.
     * @param itemIds one distinct id per row.
     * @param parameters how to build.
     * @param progress told of every row.
     * @return the index, to be closed by the caller.
     */
    public static HnswIndex build(
            VectorSet vectors,
            long[] itemIds,
            HnswParameters parameters,
            ProgressListener progress) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
