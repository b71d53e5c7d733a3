package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.ReaderEpochs;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Searches of one thread in a {@link MutableHnswIndex}. Rows have no ordinals there that last until
 * the caller could use them, so answers are item ids, and filters tell items by their ids ({@link
 * SearchRequest#itemFilter}).
 *
 * <p>Each item that is answered was there at some moment of the search, and none that was deleted
 * before it began. Fewer than are wanted are answered only where fewer were there all the while,
 * the range holds no more, or time was over.
 *
 * <p>Between two pages of a search ({@link #nextInto}) the index may change as it likes; the reader
 * holds up nothing. A page answers the best of the items there are by then, but for those that an
 * earlier page of the search has answered: no item comes twice, though it was deleted and inserted
 * again or got another vector, and none comes that was deleted before the page. So a page is in
 * order, but an item that came in between may be better than those of the pages before. The walk
 * goes on where it was. Only when most of what it stood at is gone, or thousands of items were
 * inserted meanwhile, it begins anew.
 *
 * <p>Threading: one thread, beside the one that changes the index and others that search.
 * Allocation: in the constructor, and in the first search that needs more than a plain one: several
 * vectors, a filter, pages, or many deleted around; and in pages of more answers than any before.
 */
public final class HnswReader {
    /** Room for items that are found twice because they get another vector meanwhile. */
    private static final int SPARE = 8;

    private final MutableHnswIndex index;
    private final LiveIds ids;
    private final SearchLimits limits;
    private final Effort effort = new Effort();
    private final GraphFinder finder;
    private final SearchModes modes;
    private final ReaderEpochs.Reader epoch;

    /** What is asked for with room for items found twice. */
    private final SearchRequest widened = new SearchRequest();

    private boolean isTruncated;

    /** Of a search with pages: what they answered, and how many items each may have. */
    private @Nullable AnsweredIds answered;

    private int pageK;

    HnswReader(MutableHnswIndex index, int maxK, int maxEf) {
        this.index = index;
        ids = index.ids();
        limits = new SearchLimits(maxK, maxEf);
        SearchLimits own = new SearchLimits(maxK + SPARE, limits.maxEf() + SPARE);
        finder = GraphFinder.of(index, own, effort);
        modes = new SearchModes(finder, effort, own);
        epoch = index.live().epochs().newReader();
    }

    /**
     * Whether the last search left out what it should have found: its time was over, or more items
     * were in its range than it was to answer.
     *
     * @return true when it did.
     */
    public boolean isTruncated() {
        return isTruncated;
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
     * Finds the items most like a query.
     *
     * @param query the vector, exactly {@link MutableHnswIndex#dimension()} finite numbers.
     * @param k how many are wanted.
     * @param efSearch how many candidates are kept on the way, taken as at least k.
     * @param itemIds where the ids go, best first.
     * @param scores where their scores go.
     * @return how many were found, at most k.
     */
    @HotPath
    public int searchInto(float[] query, int k, int efSearch, long[] itemIds, float[] scores) {
        limits.check(k, efSearch);
        beginWithoutPages();
        epoch.enter();
        try {
            long before = index.doubles();
            int found = modes.search(query, k == 0 ? 0 : k + SPARE, efSearch);
            return write(found, k, false, before, itemIds, scores);
        } finally {
            epoch.leave();
        }
    }

    /**
     * Finds items as a request wants them: accepted by a filter, of a least score, within a time.
     *
     * @param query the vector, exactly {@link MutableHnswIndex#dimension()} finite numbers.
     * @param request what to find; a set of ordinals is refused.
     * @param itemIds where the ids go, best first.
     * @param scores where their scores go.
     * @return how many were found.
     */
    @HotPath
    public int searchInto(float[] query, SearchRequest request, long[] itemIds, float[] scores) {
        widen(request);
        if (request.isResumable()) {
            beginWithPages(request.k());
        } else {
            beginWithoutPages();
        }
        epoch.enter();
        try {
            long before = index.doubles();
            int found = modes.search(query, widened);
            return request.isResumable()
                    ? writePage(found, itemIds, scores)
                    : write(found, request.k(), isRange(request), before, itemIds, scores);
        } finally {
            epoch.leave();
        }
    }

    /**
     * Finds the next page of the last search, which must have been resumable: the best of the items
     * that are here now and were not answered by its pages before. Takes as many, from the same
     * range and by the same filter, and has its time anew.
     *
     * @param itemIds where the ids go, best first.
     * @param scores where their scores go.
     * @return how many were found; fewer than a page when there are no more.
     * @throws MillraceException USAGE when the last search was not resumable.
     */
    @HotPath
    public int nextInto(long[] itemIds, float[] scores) {
        epoch.enter();
        try {
            return writePage(modes.next(), itemIds, scores);
        } finally {
            epoch.leave();
        }
    }

    /**
     * Finds the items most like any of several queries, each item once, with its best score.
     *
     * @param queries the vectors; none finds nothing.
     * @param request what to find; its time is that of all vectors together. Neither a set of
     *     ordinals nor resumable, which are refused.
     * @param itemIds where the ids go, best first.
     * @param scores where their scores go.
     * @return how many were found, at most k.
     */
    @HotPath
    public int searchAnyInto(
            float[][] queries, SearchRequest request, long[] itemIds, float[] scores) {
        widen(request);
        beginWithoutPages();
        epoch.enter();
        try {
            long before = index.doubles();
            int found = modes.searchAny(queries, widened);
            return write(found, request.k(), isRange(request), before, itemIds, scores);
        } finally {
            epoch.leave();
        }
    }

    /**
     * Whether an item is here.
     *
     * @param itemId its id.
     * @return whether it is.
     */
    public boolean contains(long itemId) {
        epoch.enter();
        try {
            return ids.slotOf(itemId) != VectorIndex.NO_ORDINAL;
        } finally {
            epoch.leave();
        }
    }

    Effort effort() {
        return effort;
    }

    SearchModes modes() {
        return modes;
    }

    private void widen(SearchRequest request) {
        request.checkLive();
        limits.check(request.k(), request.efSearch());
        widened.copyFrom(request);
        if (request.k() > 0) {
            widened.k(request.k() + SPARE);
        }
    }

    private void beginWithoutPages() {
        modes.forgetPages();
        finder.leaveOut(null);
    }

    private void beginWithPages(int k) {
        modes.forgetPages();
        if (answered == null) {
            answered = new AnsweredIds();
        }
        answered.clear();
        finder.leaveOut(answered);
        pageK = k;
    }

    private int writePage(int found, long[] itemIds, float[] scores) {
        AnsweredIds all = Objects.requireNonNull(answered);
        Beam beam = modes.found();
        int count = 0;
        for (int i = 0; i < found && count < pageK; i++) {
            long id = ids.id(beam.ordinalAt(i));
            // An item that gets another vector just now may be found by both.
            if (!all.contains(id)) {
                all.add(id);
                itemIds[count] = id;
                scores[count++] = finder.form().score(beam.distanceAt(i));
            }
        }
        isTruncated = modes.isTruncated();
        return count;
    }

    private static boolean isRange(SearchRequest request) {
        return request.minScore() > Float.NEGATIVE_INFINITY;
    }

    private int write(
            int found, int k, boolean isRange, long before, long[] itemIds, float[] scores) {
        boolean hasDoubles = (before & 1) == 1 || index.doubles() != before;
        Beam beam = modes.found();
        int count = 0;
        boolean hasMore = false;
        for (int i = 0; i < found && !hasMore; i++) {
            long id = ids.id(beam.ordinalAt(i));
            if (hasDoubles && contains(itemIds, count, id)) {
                continue;
            }
            if (count < k) {
                itemIds[count] = id;
                scores[count++] = finder.form().score(beam.distanceAt(i));
            } else {
                hasMore = true;
            }
        }
        isTruncated = effort.isOver() || (isRange && (hasMore || modes.isTruncated()));
        return count;
    }

    private static boolean contains(long[] ids, int count, long id) {
        for (int i = 0; i < count; i++) {
            if (ids[i] == id) {
                return true;
            }
        }
        return false;
    }
}
