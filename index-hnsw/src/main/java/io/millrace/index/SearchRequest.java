package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.index.graph.Effort;

import org.jspecify.annotations.Nullable;

import java.util.function.LongPredicate;

/**
 * What a search is to find, beside the query itself. Made once and changed from search to search.
 *
 * <p>Threading: one thread may change it; nobody may while it is searched with. Allocation: none
 * after construction.
 */
public final class SearchRequest {
    private static final int DEFAULT_K = 10;
    private static final int DEFAULT_EF = 64;

    private int k = DEFAULT_K;
    private int efSearch = DEFAULT_EF;
    private float minScore = Float.NEGATIVE_INFINITY;
    private long budgetNs = Effort.NO_BUDGET_NS;
    private @Nullable OrdinalSet filter;
    private @Nullable FilterPlan predicate;
    private @Nullable LongPredicate itemFilter;
    private boolean isResumable;

    /** Ten rows of all, with no limit of time. */
    public SearchRequest() {}

    /**
     * Changes how many rows are wanted.
     *
     * @param newK from 0; more than there are gives all.
     * @return this.
     */
    public SearchRequest k(int newK) {
        k = newK;
        return this;
    }

    /**
     * How many rows are wanted.
     *
     * @return from 0.
     */
    public int k() {
        return k;
    }

    /**
     * Changes how many candidates are kept on the way.
     *
     * @param newEfSearch taken as at least k; ignored where search is exact.
     * @return this.
     */
    public SearchRequest efSearch(int newEfSearch) {
        efSearch = newEfSearch;
        return this;
    }

    /**
     * How many candidates are kept on the way.
     *
     * @return as given.
     */
    public int efSearch() {
        return efSearch;
    }

    /**
     * Asks for rows of at least a score only: a search by range. Whether there were more of them
     * than k tells {@link SearchScratch#isTruncated}.
     *
     * @param newMinScore the least score, or negative infinity for all.
     * @return this.
     */
    public SearchRequest minScore(float newMinScore) {
        minScore = newMinScore;
        return this;
    }

    /**
     * The least score of an answer.
     *
     * @return negative infinity where there is none.
     */
    public float minScore() {
        return minScore;
    }

    /**
     * Limits the time of each search; what was found until then is answered, and {@link
     * SearchScratch#isTruncated} tells so.
     *
     * @param newBudgetNs nanoseconds, from 1.
     * @return this.
     */
    public SearchRequest budgetNs(long newBudgetNs) {
        budgetNs = newBudgetNs;
        return this;
    }

    /**
     * Lets searches take the time they need.
     *
     * @return this.
     */
    public SearchRequest withoutBudget() {
        return budgetNs(Effort.NO_BUDGET_NS);
    }

    /**
     * The most time of a search.
     *
     * @return nanoseconds; Long.MAX_VALUE where there is no limit.
     */
    public long budgetNs() {
        return budgetNs;
    }

    /**
     * Accepts some rows only; of an index whose rows keep their ordinals, which those of a {@link
     * MutableHnswIndex} don't.
     *
     * @param newFilter the rows, a set of the index's size, or null for all.
     * @return this.
     */
    public SearchRequest filter(@Nullable OrdinalSet newFilter) {
        filter = newFilter;
        return this;
    }

    /**
     * Which rows are accepted.
     *
     * @return the rows, or null for all.
     */
    public @Nullable OrdinalSet filter() {
        return filter;
    }

    /**
     * Accepts rows that meet a predicate only, and that are in the set of {@link #filter}, if there
     * is one. Each search sees by a sample how many those are; while it is more than a quarter of
     * the rows they are tested as the search comes by, else a set of all of them is filled, some
     * 0.1 to 2 ms for a million rows. Many searches with one predicate are faster with a set that
     * is filled once ({@link FilterPlan#fillInto}).
     *
     * @param newPredicate a plan of a table with the rows of the index, used by the searching
     *     thread alone and not changed between pages; or null for none.
     * @return this.
     */
    public SearchRequest predicate(@Nullable FilterPlan newPredicate) {
        predicate = newPredicate;
        return this;
    }

    /**
     * Which predicate rows must meet.
     *
     * @return its plan, or null where there is none.
     */
    public @Nullable FilterPlan predicate() {
        return predicate;
    }

    /**
     * Accepts some items only, of a {@link MutableHnswIndex}. Each search asks about 256 items
     * spread over all to see how many are accepted, and then about those it comes by, or about all
     * where few are: an answer should take nanoseconds. Items that come meanwhile are asked about
     * as well.
     *
     * @param newItemFilter tells by its id whether an item is accepted, always the same during a
     *     search and on any thread that searches with this request; or null for all.
     * @return this.
     */
    public SearchRequest itemFilter(@Nullable LongPredicate newItemFilter) {
        itemFilter = newItemFilter;
        return this;
    }

    /**
     * Which items are accepted.
     *
     * @return what tells so, or null for all.
     */
    public @Nullable LongPredicate itemFilter() {
        return itemFilter;
    }

    /**
     * Says whether {@link VectorIndex#nextInto}, or {@link HnswReader#nextInto}, will be asked for
     * more.
     *
     * @param newResumable true keeps what is needed for it, which makes the search slower.
     * @return this.
     */
    public SearchRequest resumable(boolean newResumable) {
        isResumable = newResumable;
        return this;
    }

    /**
     * Whether the search can be resumed.
     *
     * @return as given.
     */
    public boolean isResumable() {
        return isResumable;
    }

    /** Becomes what another request is. */
    void copyFrom(SearchRequest other) {
        k = other.k;
        efSearch = other.efSearch;
        minScore = other.minScore;
        budgetNs = other.budgetNs;
        filter = other.filter;
        predicate = other.predicate;
        itemFilter = other.itemFilter;
        isResumable = other.isResumable;
    }

    /** Refuses what an index that changes could not do. */
    void checkLive() {
        checkNumbers();
        if (filter != null) {
            throw MillraceException.usage(
                    "a set of ordinals for an index whose rows have none: ordinals=%d; filter by"
                            + " item ids",
                    filter.size());
        }
        if (predicate != null) {
            throw MillraceException.usage(
                    "a predicate on rows for an index whose rows have no ordinals: rows=%d; filter"
                            + " by item ids",
                    predicate.rows());
        }
    }

    /** Refuses what an index that does not change could not do. */
    void check(int rows) {
        checkNumbers();
        if (itemFilter != null) {
            throw MillraceException.usage(
                    "a filter of item ids for an index whose rows have ordinals: rows=%d; filter by"
                            + " a set of ordinals",
                    rows);
        }
        checkSize(filter == null ? rows : filter.size(), rows);
        checkSize(predicate == null ? rows : predicate.rows(), rows);
    }

    private static void checkSize(int filtered, int rows) {
        if (filtered != rows) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "filter of another index: rows=%d, index=%d; make it for this one",
                    filtered,
                    rows);
        }
    }

    private void checkNumbers() {
        if (budgetNs <= 0) {
            throw MillraceException.usage(
                    "no time to search: budget-ns=%d, least=1; give more or none", budgetNs);
        }
        if (Float.isNaN(minScore)) {
            throw MillraceException.usage("no such range: min-score=NaN; give a number or none");
        }
    }
}
