package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.index.graph.AnswerUnion;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;

import org.jspecify.annotations.Nullable;

/**
 * Memory for the searches of one thread, made by {@link VectorIndex#newScratch} and to be used with
 * that index only. What all indexes have in common of the modes of a search is here.
 *
 * <p>Threading: one thread at a time. Allocation: in the constructor, and in the first search that
 * needs more than a plain one: several vectors, a filter, pages.
 */
public abstract sealed class SearchScratch permits HnswIndex.Scratch, FlatIndex.Scratch {
    /** A range that fills no more than this part of what is kept ends well before its edge. */
    private static final int EDGE = 4;

    private final Effort effort = new Effort();
    private final VectorIndex index;
    private final int maxK;
    private final int maxEf;
    private @Nullable AnswerUnion union;
    private @Nullable FilterRegime forcedRegime;
    private boolean isTruncated;
    private boolean canResume;
    private int pageK;
    private float pageMinScore;
    private long pageBudgetNs;
    private int taken;

    SearchScratch(VectorIndex index, int maxK, int maxEf) {
        if (maxK < 1 || maxEf < 1) {
            throw MillraceException.usage(
                    "no such search: max-k=%d, max-ef=%d, least=1; raise them", maxK, maxEf);
        }
        this.index = index;
        this.maxK = maxK;
        this.maxEf = Math.max(maxK, maxEf);
    }

    /**
     * The largest k it can be used with.
     *
     * @return from 1.
     */
    public final int maxK() {
        return maxK;
    }

    /**
     * The largest efSearch it can be used with.
     *
     * @return at least {@link #maxK()}.
     */
    public final int maxEf() {
        return maxEf;
    }

    /**
     * Whether the last search left out what it should have found: its time was over, or more rows
     * were in its range than it was to answer.
     *
     * @return true when it did.
     */
    public final boolean isTruncated() {
        return isTruncated;
    }

    /**
     * How many rows the last search measured exactly.
     *
     * @return from 0; estimates from codes are not counted.
     */
    public final long visitedRows() {
        return effort.rows();
    }

    final Effort effort() {
        return effort;
    }

    /** Makes all searches with a filter go one way, for tests; null lets them choose again. */
    final void force(@Nullable FilterRegime regime) {
        forcedRegime = regime;
    }

    /** Copies a query in stored form; throws on one that can't be searched. */
    abstract void prepare(float[] query);

    /** Finds rows near the prepared query, at least k of them where there are as many. */
    abstract Beam find(
            int k, int ef, @Nullable OrdinalSet filter, int accepted, FilterRegime regime);

    /** Whether {@link #find} would miss nothing. */
    abstract boolean isExact(@Nullable OrdinalSet filter, FilterRegime regime);

    /** As {@link #find}, so that {@link #findNext} can go on. */
    abstract Beam findFirst(int k, int ef, @Nullable OrdinalSet filter, FilterRegime regime);

    /** Goes on after so many rows of the last answer were taken. */
    abstract Beam findNext(int k, int rowsTaken);

    /** Whether rows behind the last page were lost for want of room. */
    abstract boolean hasLost();

    abstract float score(float distance);

    @HotPath
    final int search(
            VectorIndex user,
            float[] query,
            SearchRequest request,
            int[] ordinals,
            float[] scores) {
        check(user, request.k(), request.efSearch());
        request.check(index.size());
        prepare(query);
        begin(request.budgetNs());
        int accepted = accepted(request);
        int k = Math.min(request.k(), accepted);
        canResume = request.isResumable();
        pageK = k;
        pageMinScore = request.minScore();
        pageBudgetNs = request.budgetNs();
        if (k == 0) {
            return 0;
        }
        if (!canResume) {
            return answer(find(request, accepted), k, pageMinScore, ordinals, scores);
        }
        int ef = Math.max(k, request.efSearch());
        Beam found = findFirst(k, ef, request.filter(), regime(accepted, ef));
        return answerPage(found, ordinals, scores);
    }

    @HotPath
    final int next(VectorIndex user, int[] ordinals, float[] scores) {
        boolean wasResumable = canResume;
        check(user, 0, 0);
        if (!wasResumable) {
            throw MillraceException.usage(
                    "nothing to go on with: the last search was not resumable; ask for it before");
        }
        begin(pageBudgetNs);
        canResume = true;
        if (pageK == 0) {
            return 0;
        }
        return answerPage(findNext(pageK, taken), ordinals, scores);
    }

    private int answerPage(Beam found, int[] ordinals, float[] scores) {
        taken = Math.min(pageK, found.size());
        int inside = countInside(found, taken, pageMinScore);
        write(found, inside, ordinals, scores);
        isTruncated = effort.isOver() || (taken < pageK && hasLost());
        return inside;
    }

    @HotPath
    final int searchAny(
            VectorIndex user,
            float[][] queries,
            SearchRequest request,
            int[] ordinals,
            float[] scores) {
        check(user, request.k(), request.efSearch());
        request.check(index.size());
        if (request.isResumable()) {
            throw MillraceException.usage(
                    "a search by several vectors has no next page: queries=%d; ask for more rows"
                            + " at once",
                    queries.length);
        }
        checkQueries(index, queries);
        begin(request.budgetNs());
        int accepted = accepted(request);
        int k = Math.min(request.k(), accepted);
        if (k == 0 || queries.length == 0) {
            return 0;
        }
        AnswerUnion all = union();
        // One more than is wanted tells whether there were more.
        all.reset(k + 1);
        for (float[] query : queries) {
            if (effort.isOver()) {
                break;
            }
            prepare(query);
            all.add(find(request, accepted), k + 1);
        }
        return answer(all.answers(), k, request.minScore(), ordinals, scores);
    }

    /** Refuses queries of which one can't be searched for, before any of them is. */
    @HotPath
    static void checkQueries(VectorIndex index, float[][] queries) {
        for (int i = 0; i < queries.length; i++) {
            if (!index.accepts(queries[i])) {
                throw MillraceException.badInput(
                        "not a vector to search for: query=%d, queries=%d, dimension=%d, index=%d;"
                                + " give finite numbers of the index's dimension",
                        i, queries.length, queries[i].length, index.dimension());
            }
        }
    }

    /** Begins a plain search, too: nothing of the last one can be gone on with. */
    final void begin(long budgetNs) {
        effort.start(budgetNs);
        isTruncated = false;
    }

    private int accepted(SearchRequest request) {
        OrdinalSet filter = request.filter();
        return filter == null ? index.size() : filter.cardinality();
    }

    private FilterRegime regime(int accepted, int ef) {
        return forcedRegime == null ? FilterRegime.of(accepted, index.size(), ef) : forcedRegime;
    }

    private Beam find(SearchRequest request, int accepted) {
        int k = Math.min(request.k(), accepted);
        int ef = Math.max(k, request.efSearch());
        if (request.minScore() == Float.NEGATIVE_INFINITY) {
            return find(k, ef, request.filter(), accepted, regime(accepted, ef));
        }
        return findInside(request, accepted, ef);
    }

    /**
     * Finds all rows of a range, and one more than is wanted. How many there are is not known
     * before: the search is made wider as long as they fill much of what it keeps, and twice the
     * work of the last one is what all of them cost.
     */
    private Beam findInside(SearchRequest request, int accepted, int leastEf) {
        int wanted = Math.min(request.k() + 1, accepted);
        int ef = Math.min(leastEf, maxEf);
        if (isExact(request.filter(), regime(accepted, ef))) {
            return find(wanted, ef, request.filter(), accepted, regime(accepted, ef));
        }
        while (true) {
            int k = Math.min(wanted, ef);
            Beam found = find(k, ef, request.filter(), accepted, regime(accepted, ef));
            int inside = countInside(found, Math.min(k, found.size()), request.minScore());
            if (effort.isOver() || ef > maxEf || EDGE * inside <= ef) {
                return found;
            }
            ef = ef > maxEf / 2 ? maxEf + 1 : 2 * ef;
        }
    }

    /** How many of the first rows have a score; the others come behind them. */
    private int countInside(Beam found, int count, float minScore) {
        int inside = count;
        while (inside > 0 && score(found.distanceAt(inside - 1)) < minScore) {
            inside--;
        }
        return inside;
    }

    private int answer(Beam found, int k, float minScore, int[] ordinals, float[] scores) {
        int inside = countInside(found, Math.min(k + 1, found.size()), minScore);
        int count = Math.min(k, inside);
        write(found, count, ordinals, scores);
        isTruncated = effort.isOver() || (inside > k && minScore > Float.NEGATIVE_INFINITY);
        return count;
    }

    @HotPath
    final void write(Beam found, int count, int[] ordinals, float[] scores) {
        for (int i = 0; i < count; i++) {
            ordinals[i] = found.ordinalAt(i);
            scores[i] = score(found.distanceAt(i));
        }
    }

    private AnswerUnion union() {
        if (union == null) {
            union = new AnswerUnion(index.size(), maxK + 1);
        }
        return union;
    }

    /** Refuses what this scratch was not made for. */
    @SuppressWarnings("ReferenceEquality") // this very index, not an equal one
    final void check(VectorIndex user, int k, int efSearch) {
        if (user != index) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL, "scratch of another index; make one with newScratch");
        }
        canResume = false;
        if (k < 0 || k > maxK) {
            throw limit("k", k, maxK);
        }
        if (efSearch > maxEf) {
            throw limit("ef", efSearch, maxEf);
        }
    }

    private static MillraceException limit(String name, int value, int limit) {
        return MillraceException.of(
                value < 0 ? ErrorCode.USAGE : ErrorCode.LIMIT,
                "search asks for too much: %s=%d, limit=%d; ask for less or configure more",
                name,
                value,
                limit);
    }
}
