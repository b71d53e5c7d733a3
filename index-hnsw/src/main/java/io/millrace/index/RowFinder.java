package io.millrace.index;

import io.millrace.index.filter.OrdinalSet;
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
    /** How many rows there are. */
    int rows();

    /** Copies a query in stored form; throws on one that can't be searched. */
    void prepare(float[] query);

    /** Finds rows near the prepared query, at least k of them where there are as many. */
    Beam find(int k, int ef, @Nullable OrdinalSet filter, int accepted, FilterRegime regime);

    /** Whether {@link #find} would miss nothing. */
    boolean isExact(@Nullable OrdinalSet filter, FilterRegime regime);

    /** As {@link #find}, so that {@link #findNext} can go on. */
    Beam findFirst(int k, int ef, @Nullable OrdinalSet filter, FilterRegime regime);

    /** Goes on after so many rows of the last answer were taken. */
    Beam findNext(int k, int rowsTaken);

    /** How the last search went about its filter, or null where it had none. */
    @Nullable FilterRegime regime();

    /** Whether rows behind the last page were lost for want of room. */
    boolean hasLost();

    /** Score of a distance. */
    float score(float distance);
}
