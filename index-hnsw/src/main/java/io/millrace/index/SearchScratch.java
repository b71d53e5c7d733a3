package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;

import org.jspecify.annotations.Nullable;

/**
 * Memory for the searches of one thread, made by {@link VectorIndex#newScratch} and to be used with
 * that index only.
 *
 * <p>Threading: one thread at a time. Allocation: in the constructor, and in the first search that
 * needs more than a plain one: several vectors, a filter, pages.
 */
public final class SearchScratch {
    private final VectorIndex index;
    private final SearchLimits limits;
    private final Effort effort;
    private final RowFinder finder;
    private final SearchModes modes;

    SearchScratch(VectorIndex index, SearchLimits limits, Effort effort, RowFinder finder) {
        this.index = index;
        this.limits = limits;
        this.effort = effort;
        this.finder = finder;
        modes = new SearchModes(finder, effort, limits);
    }

    /**
     * The largest k it can be used with.
     *
     * @return from 1.
     */
    public int maxK() {
        return limits.maxK();
    }

    /**
     * The largest efSearch it can be used with.
     *
     * @return at least {@link #maxK()}.
     */
    public int maxEf() {
        return limits.maxEf();
    }

    /**
     * Whether the last search left out what it should have found: its time was over, or more rows
     * were in its range than it was to answer.
     *
     * @return true when it did.
     */
    public boolean isTruncated() {
        return modes.isTruncated();
    }

    /**
     * How many rows the last search measured exactly.
     *
     * @return from 0; estimates from codes are not counted.
     */
    public long visitedRows() {
        return effort.rows();
    }

    /**
     * How the last search went about its filter, which is not always what it began with.
     *
     * @return null where it had none; that of the last vector where it had several.
     */
    public @Nullable FilterRegime filterRegime() {
        return finder.regime();
    }

    Effort effort() {
        return effort;
    }

    SearchModes modes() {
        return modes;
    }

    RowFinder finder() {
        return finder;
    }

    @HotPath
    int search(
            VectorIndex user, float[] query, int k, int efSearch, int[] ordinals, float[] scores) {
        check(user, k, efSearch);
        return write(modes.search(query, k, efSearch), ordinals, scores);
    }

    @HotPath
    int search(
            VectorIndex user,
            float[] query,
            SearchRequest request,
            int[] ordinals,
            float[] scores) {
        check(user, request.k(), request.efSearch());
        request.check(index.size());
        return write(modes.search(query, request), ordinals, scores);
    }

    @HotPath
    int next(VectorIndex user, int[] ordinals, float[] scores) {
        checkUser(user);
        return write(modes.next(), ordinals, scores);
    }

    @HotPath
    int searchAny(
            VectorIndex user,
            float[][] queries,
            SearchRequest request,
            int[] ordinals,
            float[] scores) {
        check(user, request.k(), request.efSearch());
        request.check(index.size());
        return write(modes.searchAny(queries, request), ordinals, scores);
    }

    private int write(int count, int[] ordinals, float[] scores) {
        Beam found = modes.found();
        for (int i = 0; i < count; i++) {
            ordinals[i] = found.ordinalAt(i);
            scores[i] = finder.form().score(found.distanceAt(i));
        }
        return count;
    }

    /** Refuses what this scratch was not made for, and forgets the pages of the last search. */
    private void check(VectorIndex user, int k, int efSearch) {
        checkUser(user);
        modes.forgetPages();
        limits.check(k, efSearch);
    }

    @SuppressWarnings("ReferenceEquality") // this very index, not an equal one
    void checkUser(VectorIndex user) {
        if (user != index) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL, "scratch of another index; make one with newScratch");
        }
    }
}
