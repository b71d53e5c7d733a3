package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

/**
 * Exact search: every row is looked at.
 *
 * <p>Threading: immutable; any thread. Ownership: reads the caller's rows in place, which must
 * outlive it.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class FlatIndex implements VectorIndex {
    FlatIndex() {}

    /**
     * An index over rows.
     *
     * @param vectors the rows, not copied.
     * @param itemIds one id per row.
     * @param metric how alike vectors are.
     * @return the index.
     */
    public static FlatIndex over(VectorSet vectors, long[] itemIds, Metric metric) {
        throw missing();
    }

    /**
     * The exact answers of many queries.
     *
     * @param queries the queries.
     * @param k how many answers each.
     * @param threads how many threads share the work; the answers do not depend on it.
     * @param progress told of every query.
     * @return ordinals, best first, one array per query.
     */
    public int[][] exactTopK(VectorSet queries, int k, int threads, ProgressListener progress) {
        throw missing();
    }

    @Override
    public int size() {
        throw missing();
    }

    @Override
    public int dimension() {
        throw missing();
    }

    @Override
    public Metric metric() {
        throw missing();
    }

    @Override
    public long itemId(int ordinal) {
        throw missing();
    }

    @Override
    public int ordinalOf(long itemId) {
        throw missing();
    }

    @Override
    public void vectorInto(int ordinal, float[] target, int index) {
        throw missing();
    }

    @Override
    public SearchScratch newScratch(int maxK, int maxEf) {
        throw missing();
    }

    @Override
    public int searchInto(
            SearchScratch scratch,
            float[] query,
            int k,
            int efSearch,
            int[] ordinals,
            float[] scores) {
        throw missing();
    }

    @Override
    public void close() {}

    private static MillraceException missing() {
        return MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
