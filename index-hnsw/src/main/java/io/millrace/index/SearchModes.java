package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.index.graph.AnswerUnion;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;

import org.jspecify.annotations.Nullable;

/**
 * The modes of a search that all indexes have in common, whatever it is that finds the rows near
 * one query: ranges, pages, several vectors, budgets, and the way a filter is searched with.
 *
 * <p>Threading: one thread. Allocation: in the constructor, and in the first search by several
 * vectors.
 */
final class SearchModes {
    /** A range that fills no more than this part of what is kept ends well before its edge. */
    private static final int EDGE = 4;

    private final RowFinder finder;
    private final Effort effort;
    private final SearchLimits limits;
    private @Nullable AnswerUnion union;
    private @Nullable FilterRegime forcedRegime;
    private Beam found;
    private boolean isTruncated;
    private boolean canResume;
    private int pageK;
    private float pageMinScore;
    private long pageBudgetNs;
    private int taken;

    SearchModes(RowFinder finder, Effort effort, SearchLimits limits) {
        this.finder = finder;
        this.effort = effort;
        this.limits = limits;
        found = new Beam(1);
    }

    /** Makes all searches with a filter go one way, for tests; null lets them choose again. */
    void force(@Nullable FilterRegime regime) {
        forcedRegime = regime;
    }

    /** Whether the last search left out what it should have found. */
    boolean isTruncated() {
        return isTruncated;
    }

    /** What the last search found, of which it answered the first. */
    Beam found() {
        return found;
    }

    /** Forgets what the last search could have gone on with. */
    @HotPath
    void forgetPages() {
        canResume = false;
    }

    /** A search without a request; answers how many it found. */
    @HotPath
    int search(float[] query, int wanted, int efSearch) {
        finder.prepare(query);
        finder.acceptAll();
        begin(Effort.NO_BUDGET_NS);
        int k = possible(wanted, finder.rows());
        if (k == 0) {
            return 0;
        }
        found = finder.find(k, Math.max(k, efSearch), FilterRegime.PLAIN);
        return Math.min(k, found.size());
    }

    @HotPath
    int search(float[] query, SearchRequest request) {
        finder.prepare(query);
        begin(request.budgetNs());
        int accepted = finder.accept(request);
        canResume = request.isResumable();
        int k = possible(request.k(), accepted);
        pageK = k;
        pageMinScore = request.minScore();
        pageBudgetNs = request.budgetNs();
        if (k == 0) {
            return 0;
        }
        if (!canResume) {
            return answer(find(request, accepted), k, pageMinScore);
        }
        int ef = Math.max(k, request.efSearch());
        return answerPage(finder.findFirst(k, ef, regime(accepted, ef)));
    }

    /** Goes on with the last search. */
    @HotPath
    int next() {
        if (!canResume) {
            throw MillraceException.usage(
                    "nothing to go on with: the last search was not resumable; ask for it before");
        }
        begin(pageBudgetNs);
        if (pageK == 0) {
            return 0;
        }
        return answerPage(finder.findNext(pageK, taken));
    }

    private int answerPage(Beam page) {
        found = page;
        taken = Math.min(pageK, page.size());
        isTruncated = effort.isOver() || (taken < pageK && finder.hasLost());
        return countInside(page, taken, pageMinScore);
    }

    /** The best of what each of several queries finds. */
    @HotPath
    int searchAny(float[][] queries, SearchRequest request) {
        if (request.isResumable()) {
            throw MillraceException.usage(
                    "a search by several vectors has no next page: queries=%d; ask for more rows"
                            + " at once",
                    queries.length);
        }
        checkQueries(queries);
        begin(request.budgetNs());
        int accepted = finder.accept(request);
        int k = possible(request.k(), accepted);
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
            finder.prepare(query);
            all.add(find(request, accepted), k + 1);
        }
        return answer(all.answers(), k, request.minScore());
    }

    /** Refuses queries of which one can't be searched for, before any of them is. */
    @HotPath
    void checkQueries(float[][] queries) {
        StoredForm form = finder.form();
        for (int i = 0; i < queries.length; i++) {
            if (!form.accepts(queries[i])) {
                throw MillraceException.badInput(
                        "not a vector to search for: query=%d, queries=%d, dimension=%d, index=%d;"
                            + " give finite numbers of the index's dimension, and under COSINE no"
                            + " zero vector",
                        i, queries.length, queries[i].length, form.dimension());
            }
        }
    }

    /** As many as are wanted and there can be; where rows come and go, nobody knows how many. */
    private int possible(int wanted, int accepted) {
        return finder.isLive() ? wanted : Math.min(wanted, accepted);
    }

    private void begin(long budgetNs) {
        effort.start(budgetNs);
        isTruncated = false;
    }

    private FilterRegime regime(int accepted, int ef) {
        return forcedRegime == null ? FilterRegime.of(accepted, finder.rows(), ef) : forcedRegime;
    }

    private Beam find(SearchRequest request, int accepted) {
        int k = possible(request.k(), accepted);
        int ef = Math.max(k, request.efSearch());
        if (request.minScore() == Float.NEGATIVE_INFINITY) {
            return finder.find(k, ef, regime(accepted, ef));
        }
        return findInside(request, accepted, ef);
    }

    /**
     * Finds all rows of a range, and one more than is wanted. How many there are is not known
     * before: the search is made wider as long as they fill much of what it keeps, and twice the
     * work of the last one is what all of them cost.
     */
    private Beam findInside(SearchRequest request, int accepted, int leastEf) {
        int wanted = possible(request.k() + 1, accepted);
        int maxEf = limits.maxEf();
        int ef = Math.min(leastEf, maxEf);
        if (finder.isExact(regime(accepted, ef))) {
            return finder.find(wanted, ef, regime(accepted, ef));
        }
        while (true) {
            int k = Math.min(wanted, ef);
            Beam near = finder.find(k, ef, regime(accepted, ef));
            int inside = countInside(near, Math.min(k, near.size()), request.minScore());
            if (effort.isOver() || ef > maxEf || EDGE * inside <= ef) {
                return near;
            }
            ef = ef > maxEf / 2 ? maxEf + 1 : 2 * ef;
        }
    }

    /** How many of the first rows have a score; the others come behind them. */
    private int countInside(Beam rows, int count, float minScore) {
        int inside = count;
        while (inside > 0 && finder.form().score(rows.distanceAt(inside - 1)) < minScore) {
            inside--;
        }
        return inside;
    }

    private int answer(Beam rows, int k, float minScore) {
        found = rows;
        int inside = countInside(rows, Math.min(k + 1, rows.size()), minScore);
        isTruncated = effort.isOver() || (inside > k && minScore > Float.NEGATIVE_INFINITY);
        return Math.min(k, inside);
    }

    private AnswerUnion union() {
        if (union == null) {
            union = new AnswerUnion(finder.ordinals(), limits.maxK() + 1);
        }
        return union;
    }
}
