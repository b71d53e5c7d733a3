package io.millrace.index;

import io.millrace.core.thread.WorkCrew;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.filter.PredicateRows;

/**
 * Answers many queries with one call, on several threads. The answers are those of one query after
 * the other.
 *
 * <p>Threading: used by one thread at a time. Allocation: a call allocates what it takes to wake
 * its threads, a few hundred bytes each, and nothing per query. Ownership: does not own the index;
 * close it before that.
 */
public final class BatchSearcher implements AutoCloseable {
    /** So few queries are taken at a time that threads end together. */
    static final int CHUNK_QUERIES = 8;

    private final VectorIndex index;
    private final WorkCrew crew;
    private final SearchScratch[] scratches;
    private final SearchRequest own = new SearchRequest();
    private final PredicateRows predicateRows = new PredicateRows();

    /**
     * A searcher with scratches for all its threads.
     *
     * @param index what is searched.
     * @param threads how many threads search, the caller among them, from 1.
     * @param maxK the largest k it will be used with.
     * @param maxEf the largest efSearch it will be used with.
     */
    public BatchSearcher(VectorIndex index, int threads, int maxK, int maxEf) {
        this.index = index;
        scratches = new SearchScratch[threads];
        for (int i = 0; i < threads; i++) {
            scratches[i] = index.newScratch(maxK, maxEf);
        }
        crew = new WorkCrew(threads, "search");
    }

    /**
     * Finds the rows most like each of many queries.
     *
     * @param queries the vectors; one that can't be searched for refuses the call.
     * @param request what to find for each; its time is that of one query.
     * @param ordinals where the rows go, an array per query.
     * @param scores where their scores go, an array per query.
     * @param answers where the counts and marks of truncation go.
     */
    public void searchInto(
            float[][] queries,
            SearchRequest request,
            int[][] ordinals,
            float[][] scores,
            Answers answers) {
        scratches[0].modes().checkQueries(queries);
        SearchRequest shared = shareable(request);
        crew.run(
                queries.length,
                CHUNK_QUERIES,
                (worker, from, to) -> {
                    SearchScratch scratch = scratches[worker];
                    for (int i = from; i < to; i++) {
                        int count =
                                index.searchInto(
                                        scratch, queries[i], shared, ordinals[i], scores[i]);
                        answers.set(i, count, scratch.isTruncated());
                    }
                });
    }

    /** A plan of a predicate serves one thread, the set it fills serves all. */
    private SearchRequest shareable(SearchRequest request) {
        FilterPlan predicate = request.predicate();
        if (predicate == null) {
            return request;
        }
        own.copyFrom(request);
        return own.predicate(null).filter(predicateRows.fill(predicate, request.filter()));
    }

    @Override
    public void close() {
        crew.close();
    }

    /** How many rows were found for each query, and whether that is all there should be. */
    public static final class Answers {
        private final int[] counts;
        private final boolean[] isTruncated;

        /**
         * Room for answers.
         *
         * @param queries the most queries of a call.
         */
        public Answers(int queries) {
            counts = new int[queries];
            isTruncated = new boolean[queries];
        }

        void set(int query, int count, boolean truncated) {
            counts[query] = count;
            isTruncated[query] = truncated;
        }

        /**
         * How many rows were found.
         *
         * @param query number of the query in the last call.
         * @return at most k.
         */
        public int count(int query) {
            return counts[query];
        }

        /**
         * Whether rows are missing, as {@link SearchScratch#isTruncated} tells.
         *
         * @param query number of the query in the last call.
         * @return true when there are.
         */
        public boolean isTruncated(int query) {
            return isTruncated[query];
        }
    }
}
