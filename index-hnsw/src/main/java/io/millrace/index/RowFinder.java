package io.millrace.index;

import io.millrace.index.graph.Beam;

import org.jspecify.annotations.Nullable;

/**
 * Finds the rows near one query in one kind of index: what {@link SearchModes} makes all modes of a
 * search of.
 *
 * <p>Threading: one thread. Allocation: in the constructor, and in the first search of a kind that
 * needs more than a plain one.
 */
sealed interface RowFinder permits GraphFinder, FlatIndex.Finder {
    /** How rows are stored, and scores made of distances. */
    StoredForm form();

    /** How many rows there are. */
    int rows();

    /** All rows have ordinals below this one; it does not change. */
    int ordinals();

    /** Whether rows come and go between two pages. */
    boolean isLive();

    /** Accepts all rows from now on. */
    void acceptAll();

    /**
     * Accepts what a request does from now on; answers how many rows that are. Where it can only
     * guess, it answers at least as many as the request wants and one more.
     */
    int accept(SearchRequest request);

    /** Copies a query in stored form; throws on one that can't be searched. */
    void prepare(float[] query);

    /** Finds rows near the prepared query, at least k of them where there are as many. */
    Beam find(int k, int ef, FilterRegime regime);

    /** Whether {@link #find} would miss nothing. */
    boolean isExact(FilterRegime regime);

    /** As {@link #find}, so that {@link #findNext} can go on. */
    Beam findFirst(int k, int ef, FilterRegime regime);

    /** Goes on after so many rows of the last answer were taken. */
    Beam findNext(int k, int rowsTaken);

    /** How the last search went about its filter, or null where it had none. */
    @Nullable FilterRegime regime();

    /** Whether rows behind the last page were lost for want of room. */
    boolean hasLost();
}
