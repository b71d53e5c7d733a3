package io.millrace.server.funnel.search;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.recall.RecallCurve;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * How broad a vector search is (its efSearch) for the neighbours it wants: by a rule of thumb, by
 * what is given for the candidates of the funnel, or by the recall that they are to have.
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
public final class SearchBreadth {
    /** The breadth that finds {@code k} neighbours well, where nothing else is said. */
    private static final double BREADTH_PER_NEIGHBOUR = 1.25;

    /** Below this the search is so quick that more breadth costs nothing. */
    private static final int LEAST_BREADTH = 100;

    private final int candidates;
    private final int efSearch;
    private final double recall;

    /** Where breadth is given up; 0 for half of the usual one. */
    private final int efInHaste;

    /** In ascending order of neighbours; empty without a recall. */
    private final List<Step> steps;

    /** The breadth of searches for up to so many neighbours. */
    private record Step(int k, int efSearch) {}

    private SearchBreadth(
            int candidates, int efSearch, double recall, int efInHaste, List<Step> steps) {
        this.candidates = candidates;
        this.efSearch = efSearch;
        this.recall = recall;
        this.efInHaste = efInHaste;
        this.steps = List.copyOf(steps);
    }

    /**
     * A breadth that is given.
     *
     * @param efSearch for the candidates; 0 for the rule of thumb
     */
    public static SearchBreadth given(int candidates, int efSearch) {
        return new SearchBreadth(
                candidates, efSearch > 0 ? efSearch : thumb(candidates), 0, 0, List.of());
    }

    /**
     * The least breadth that reaches a recall.
     *
     * @param curve what is known of the index, or null for nothing
     * @throws MillraceException MISMATCH when nothing is known, LIMIT when nothing is known of so
     *     many candidates or the recall is out of reach
     */
    public static SearchBreadth reaching(
            double recall, int candidates, @Nullable RecallCurve curve) {
        if (curve == null) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "bundle without a recall curve: funnel.recall=%s; build it again with millrace"
                            + " build --recall, or give funnel.efSearch",
                    recall);
        }
        int known = curve.lines().getLast().k();
        if (known < candidates) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "recall of so many candidates is not known: candidates=%d, limit=%d; build the"
                        + " bundle with --candidates, lower funnel.candidates or limits.k, or give"
                        + " funnel.efSearch",
                    candidates,
                    known);
        }
        int efSearch = curve.efFor(recall, candidates);
        List<Step> steps = new ArrayList<>();
        for (RecallCurve.Line line : curve.lines()) {
            if (line.k() < candidates) {
                // The fewer are measured, the less is sure of them: enough for more will do then.
                boolean isSure = line.bestRecall() >= recall;
                int own = isSure ? curve.efFor(recall, line.k()) : efSearch;
                steps.add(new Step(line.k(), Math.min(own, efSearch)));
            }
        }
        return new SearchBreadth(candidates, efSearch, recall, 0, steps);
    }

    /**
     * The same breadth, and what is left of it where some is given up to answer in time.
     *
     * @param efSearch for the candidates; 0 for half of the usual breadth
     */
    public SearchBreadth withHaste(int efSearch) {
        return new SearchBreadth(candidates, this.efSearch, recall, efSearch, steps);
    }

    private static int thumb(int k) {
        return Math.max(LEAST_BREADTH, (int) (k * BREADTH_PER_NEIGHBOUR));
    }

    /** The recall that it was chosen for, or 0. */
    public double recall() {
        return recall;
    }

    /** The breadth of the search for the candidates of the funnel. */
    public int efSearch() {
        return efSearch;
    }

    /** Breadth of a search for {@code k} neighbours. */
    @HotPath
    public int of(int k) {
        if (k >= candidates) {
            return recall > 0 ? (int) ((long) efSearch * k / candidates) : Math.max(efSearch, k);
        }
        for (int i = 0; i < steps.size(); i++) {
            if (k <= steps.get(i).k()) {
                return steps.get(i).efSearch();
            }
        }
        return recall > 0 ? efSearch : Math.min(efSearch, thumb(k));
    }

    /** Breadth of a search for {@code k} neighbours where some is given up. */
    @HotPath
    public int inHaste(int k) {
        int usual = of(k);
        long narrow = efInHaste == 0 ? usual / 2 : (long) efInHaste * k / candidates;
        return usual <= k ? usual : Math.clamp(narrow, k, usual);
    }

    /** The largest breadth of searches for up to {@code maxK} neighbours. */
    public int most(int maxK) {
        return Math.max(efSearch, Math.max(of(maxK), thumb(maxK)));
    }
}
