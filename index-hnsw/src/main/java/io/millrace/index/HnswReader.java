package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.graph.LiveSearcher;

/**
 * Searches of one thread in a {@link MutableHnswIndex}.
 *
 * <p>Threading: one thread, beside the one that changes the index and others that search.
 * Allocation: none after construction.
 */
public final class HnswReader {
    private final MutableHnswIndex index;
    private final StoredForm form;
    private final LiveIds ids;
    private final int maxK;
    private final int maxEf;
    private final LiveSearcher searcher;
    private final float[] stored;

    HnswReader(MutableHnswIndex index, int maxK, int maxEf) {
        if (maxK < 1 || maxEf < 1) {
            throw MillraceException.usage(
                    "no such search: max-k=%d, max-ef=%d, least=1; raise them", maxK, maxEf);
        }
        this.index = index;
        this.maxK = maxK;
        this.maxEf = Math.max(maxK, maxEf);
        form = index.form();
        ids = index.ids();
        searcher = new LiveSearcher(index.live(), this.maxEf, maxK);
        stored = new float[index.live().space().paddedDimension()];
    }

    /**
     * Finds the items most like a query. Each one it answers was there at some moment of the
     * search; fewer than k are answered only where fewer were there all the while.
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
        check(k, efSearch);
        form.queryInto(query, stored);
        if (k == 0) {
            return 0;
        }
        searcher.enter();
        try {
            return search(k, Math.max(k, efSearch), itemIds, scores);
        } finally {
            searcher.leave();
        }
    }

    /**
     * Whether an item is here.
     *
     * @param itemId its id.
     * @return whether it is.
     */
    public boolean contains(long itemId) {
        searcher.enter();
        try {
            return ids.slotOf(itemId) != VectorIndex.NO_ORDINAL;
        } finally {
            searcher.leave();
        }
    }

    private int search(int k, int efSearch, long[] itemIds, float[] scores) {
        long before = index.updates();
        int found = searcher.search(stored, k, efSearch);
        // An item that gets another vector just now may be found by both.
        boolean isUpdated = (before & 1) == 1 || index.updates() != before;
        int count = 0;
        for (int i = 0; i < found && count < k; i++) {
            long id = ids.id(searcher.slotAt(i));
            if (!isUpdated || !contains(itemIds, count, id)) {
                itemIds[count] = id;
                scores[count++] = form.score(searcher.distanceAt(i));
            }
        }
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

    private void check(int k, int efSearch) {
        if (k < 0 || k > maxK || efSearch > maxEf) {
            throw MillraceException.of(
                    k < 0 ? ErrorCode.USAGE : ErrorCode.LIMIT,
                    "search asks for too much: k=%d, limit=%d, ef=%d, limit=%d; ask for less or"
                            + " configure more",
                    k,
                    maxK,
                    efSearch,
                    maxEf);
        }
    }
}
