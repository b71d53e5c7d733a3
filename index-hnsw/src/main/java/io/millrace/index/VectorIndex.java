package io.millrace.index;

import io.millrace.core.HotPath;

/**
 * Rows of vectors, each with an ordinal (dense, from 0) and an item id (the caller's), that can be
 * searched.
 *
 * <p>Threading: any thread, each with its own scratch. Allocation: a search allocates nothing.
 */
public interface VectorIndex extends AutoCloseable {
    /** What {@link #ordinalOf} answers for an id that is not here. */
    int NO_ORDINAL = -1;

    /**
     * How many rows there are.
     *
     * @return from 0.
     */
    int size();

    /**
     * Numbers per vector, as the caller gives and gets them.
     *
     * @return from 1.
     */
    int dimension();

    /**
     * How alike vectors are.
     *
     * @return the metric of the build.
     */
    Metric metric();

    /**
     * Id of a row.
     *
     * @param ordinal which row.
     * @return the caller's id.
     */
    long itemId(int ordinal);

    /**
     * Row of an id.
     *
     * @param itemId the caller's id.
     * @return its ordinal or {@link #NO_ORDINAL}.
     */
    int ordinalOf(long itemId);

    /**
     * Copies the vector of a row: under COSINE scaled to length 1, else as given (up to rounding
     * where INNER_PRODUCT had to bring rows to one length).
     *
     * @param ordinal which row.
     * @param target where it goes.
     * @param index index of its first number in target.
     */
    void vectorInto(int ordinal, float[] target, int index);

    /**
     * Whether a vector can be searched for: of the index's dimension, its numbers finite and not
     * too large to be squared, and under COSINE not zero. {@link #searchInto} throws on others.
     *
     * @param query the vector.
     * @return true when it can.
     */
    boolean accepts(float[] query);

    /**
     * Memory for searches of one thread.
     *
     * @param maxK the largest k it will be used with.
     * @param maxEf the largest efSearch it will be used with.
     * @return the scratch, for this index only.
     */
    SearchScratch newScratch(int maxK, int maxEf);

    /**
     * Finds the rows most like a query.
     *
     * @param scratch memory of this thread.
     * @param query the vector, exactly {@link #dimension()} finite numbers.
     * @param k how many are wanted; more than there are gives all.
     * @param efSearch how many candidates are kept on the way, taken as at least k; ignored where
     *     search is exact.
     * @param ordinals where the rows go, best first, ties by lower ordinal.
     * @param scores where their scores go.
     * @return how many were found, at most k.
     */
    @HotPath
    int searchInto(
            SearchScratch scratch,
            float[] query,
            int k,
            int efSearch,
            int[] ordinals,
            float[] scores);

    /**
     * Finds rows as a request wants them: accepted by a filter, of a least score, within a time.
     *
     * @param scratch memory of this thread; tells afterwards whether the answer is truncated.
     * @param query the vector, exactly {@link #dimension()} finite numbers.
     * @param request what to find.
     * @param ordinals where the rows go, best first, ties by lower ordinal.
     * @param scores where their scores go.
     * @return how many were found: k, or all that are accepted and in range, but for what the graph
     *     missed or the time did not suffice for.
     */
    @HotPath
    default int searchInto(
            SearchScratch scratch,
            float[] query,
            SearchRequest request,
            int[] ordinals,
            float[] scores) {
        return scratch.search(this, query, request, ordinals, scores);
    }

    /**
     * Finds the next rows of the last search of a scratch, which must have been {@link
     * SearchRequest#resumable}: no row twice, as many as that one asked for, under the same filter,
     * which must not have changed. The time begins anew; a page of an exact search that ran out of
     * it leaves out for good what it did not come to.
     *
     * @param scratch the scratch of that search.
     * @param ordinals where the rows go, best first.
     * @param scores where their scores go.
     * @return how many were found; 0 when there are no more.
     */
    @HotPath
    default int nextInto(SearchScratch scratch, int[] ordinals, float[] scores) {
        return scratch.next(this, ordinals, scores);
    }

    /**
     * Finds the rows most like any of several queries, as the vectors of a user of many interests:
     * each row once, with its best score.
     *
     * @param scratch memory of this thread; tells afterwards whether the answer is truncated.
     * @param queries the vectors; none finds nothing.
     * @param request what to find; its time is that of all vectors together.
     * @param ordinals where the rows go, best first, ties by lower ordinal.
     * @param scores where their scores go.
     * @return how many were found, at most k.
     */
    @HotPath
    default int searchAnyInto(
            SearchScratch scratch,
            float[][] queries,
            SearchRequest request,
            int[] ordinals,
            float[] scores) {
        return scratch.searchAny(this, queries, request, ordinals, scores);
    }

    /** Frees the memory; nothing may be searching. */
    @Override
    void close();
}
