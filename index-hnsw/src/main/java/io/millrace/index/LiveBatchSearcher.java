package io.millrace.index;

import io.millrace.core.thread.WorkCrew;

/**
 * Answers many queries to a {@link MutableHnswIndex} with one call, on several threads, while it
 * changes. Each query is a search of its own: later ones may see changes that earlier ones didn't.
 *
 * <p>Threading: used by one thread at a time. Allocation: as {@link BatchSearcher}. Ownership: does
 * not own the index; close it before that.
 */
public final class LiveBatchSearcher implements AutoCloseable {
    private final WorkCrew crew;
    private final HnswReader[] readers;

    /**
     * A searcher with readers for all its threads.
     *
     * @param index what is searched.
     * @param threads how many threads search, the caller among them, from 1.
     * @param maxK the largest k it will be used with.
     * @param maxEf the largest efSearch it will be used with.
     */
    public LiveBatchSearcher(MutableHnswIndex index, int threads, int maxK, int maxEf) {
        readers = new HnswReader[threads];
        for (int i = 0; i < threads; i++) {
            readers[i] = index.newReader(maxK, maxEf);
        }
        crew = new WorkCrew(threads, "search");
    }

    /**
     * Finds the items most like each of many queries.
     *
     * @param queries the vectors; one that can't be searched for refuses the call.
     * @param request what to find for each; its time is that of one query.
     * @param itemIds where the ids go, an array per query.
     * @param scores where their scores go, an array per query.
     * @param answers where the counts and marks of truncation go.
     */
    public void searchInto(
            float[][] queries,
            SearchRequest request,
            long[][] itemIds,
            float[][] scores,
            BatchSearcher.Answers answers) {
        readers[0].modes().checkQueries(queries);
        crew.run(
                queries.length,
                BatchSearcher.CHUNK_QUERIES,
                (worker, from, to) -> {
                    HnswReader reader = readers[worker];
                    for (int i = from; i < to; i++) {
                        int count = reader.searchInto(queries[i], request, itemIds[i], scores[i]);
                        answers.set(i, count, reader.isTruncated());
                    }
                });
    }

    @Override
    public void close() {
        crew.close();
    }
}
