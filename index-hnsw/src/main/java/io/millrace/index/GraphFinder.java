package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.filter.OrdinalFilter;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.index.filter.PredicateRows;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.ExactScan;
import io.millrace.index.graph.FarSearcher;
import io.millrace.index.graph.GraphView;
import io.millrace.index.graph.HoleCheck;
import io.millrace.index.graph.LayoutSearcher;
import io.millrace.index.graph.LiveGraph;
import io.millrace.index.graph.ResumableSearcher;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Finds rows by walks through a graph, or by a scan where a filter accepts few. In a live graph the
 * deleted lead on but are not accepted; where they crowd out the answer, those that are accepted
 * are walked among, and at last all are looked at, so that an answer is short only when there are
 * no more.
 *
 * <p>Threading: one thread. Allocation: in the constructor, and in the first search that needs a
 * walk among accepted rows, pages, a scan or the rows of a predicate.
 */
final class GraphFinder implements RowFinder {
    private final StoredForm form;
    private final GraphView view;
    private final SearchLimits limits;
    private final Effort effort;
    private final @Nullable LiveItems items;
    private final LayoutSearcher searcher;
    private final HoleCheck holeCheck;
    private final float[] query;
    private final PredicateRows predicateRows = new PredicateRows();
    private @Nullable ResumableSearcher resumable;
    private @Nullable FarSearcher far;
    private @Nullable ExactScan scan;
    private @Nullable FilterRegime taken;
    private boolean isPagedByScan;
    private int hidden = VectorIndex.NO_ORDINAL;

    /** What the caller and, in a live graph, life let through; null for all. */
    private @Nullable OrdinalFilter filter;

    /** Whether the caller left something out. */
    private boolean isFiltered;

    private int accepted;

    /** A finder in a graph that does not change. */
    static GraphFinder of(HnswIndex index, SearchLimits limits, Effort effort) {
        return new GraphFinder(index.form(), index.view(), null, limits, effort);
    }

    /** A finder in a live graph, to be used inside an epoch. */
    static GraphFinder of(MutableHnswIndex index, SearchLimits limits, Effort effort) {
        LiveItems items = new LiveItems(index.live(), index.ids());
        return new GraphFinder(index.form(), index.live().view(), items, limits, effort);
    }

    private GraphFinder(
            StoredForm form,
            GraphView view,
            @Nullable LiveItems items,
            SearchLimits limits,
            Effort effort) {
        this.form = form;
        this.items = items;
        this.view = view;
        this.limits = limits;
        this.effort = effort;
        int widest = FilterRegime.MAX_WIDENING * (limits.maxEf() + 1);
        searcher = new LayoutSearcher(view, widest, limits.maxK() + 1, effort);
        holeCheck = new HoleCheck(view.space(), effort);
        query = new float[view.space().paddedDimension()];
    }

    /** Passes over a row from now on, as if it were not there. */
    void hide(int ordinal) {
        hidden = ordinal;
        searcher.hide(ordinal);
    }

    @Override
    public StoredForm form() {
        return form;
    }

    @Override
    public int rows() {
        return items == null ? ordinals() : items.count();
    }

    @Override
    public int ordinals() {
        return view.space().count();
    }

    @Override
    public boolean isLive() {
        return items != null;
    }

    /** Passes over items of a live graph from now on that were answered; null for none. */
    void leaveOut(@Nullable AnsweredIds answered) {
        Objects.requireNonNull(items).leaveOut(answered);
    }

    @Override
    @HotPath
    public void acceptAll() {
        taken = null;
        isFiltered = false;
        filter = items;
        accepted = rows();
        if (items != null) {
            items.accept(null);
        }
    }

    @Override
    @HotPath
    public int accept(SearchRequest request) {
        acceptAll();
        if (items != null) {
            items.accept(request.itemFilter());
            isFiltered = request.itemFilter() != null;
            // A sample may miss the few that there are.
            int least = Math.min(request.k() + 1, rows());
            accepted = Math.max(least, items.estimateAccepted());
            return accepted;
        }
        OrdinalSet set = request.filter();
        FilterPlan predicate = request.predicate();
        if (predicate != null) {
            filter = predicateRows;
            accepted = predicateRows.accept(predicate, set, request.k());
        } else if (set != null) {
            filter = set;
            accepted = set.cardinality();
        }
        isFiltered = filter != null;
        return accepted;
    }

    @Override
    @HotPath
    public void prepare(float[] vector) {
        form.queryInto(vector, query);
    }

    @Override
    @HotPath
    public Beam find(int k, int ef, FilterRegime regime) {
        if (!isFiltered) {
            return walk(k, ef);
        }
        if (regime == FilterRegime.PLAIN) {
            int wide = FilterRegime.widened(ef, accepted, rows());
            if (searcher.search(query, k, wide, filter) || effort.isOver()) {
                taken = FilterRegime.PLAIN;
                return searcher.found();
            }
            // What the filter accepts lies elsewhere than what the query is near to.
            return findFar(k, ef);
        }
        taken = regime;
        if (regime == FilterRegime.SCAN) {
            return scan(k);
        }
        Beam found = walkAccepted(k, ef);
        return effort.isOver() || !isFar(found, k) ? found : findFar(k, ef);
    }

    /** Finds rows where the filter accepts such as lie elsewhere than the query. */
    private Beam findFar(int k, int ef) {
        if (FilterRegime.isScanBestWhenFar(accepted, rows(), ef)) {
            taken = FilterRegime.SCAN;
            return scan(k);
        }
        FarSearcher own = far();
        boolean isFound = own.search(query, k, ef, Objects.requireNonNull(filter));
        taken = FilterRegime.MASKED;
        if (isFound || effort.isOver()) {
            return own.found();
        }
        Beam scanned = scan(k);
        // A scan that was cut short may have seen less than the walks.
        if (effort.isOver() && !isNearer(scanned, own.found(), k)) {
            return own.found();
        }
        taken = FilterRegime.SCAN;
        return scanned;
    }

    private static boolean isNearer(Beam one, Beam other, int k) {
        return one.size() >= k
                && (other.size() < k || one.distanceAt(k - 1) <= other.distanceAt(k - 1));
    }

    /** Whether far more rows are nearer than those that were found than chance makes likely. */
    private boolean isFar(Beam found, int k) {
        if (found.size() < k) {
            return false;
        }
        int count = Objects.requireNonNull(filter).size();
        return holeCheck.isInHole(query, count, found.distanceAt(k - 1), (double) k / accepted);
    }

    /**
     * Searches among all rows. By codes a node may stand among the candidates once for each that
     * links to it, so that fewer than ef are visited. Where that leaves the answer short, the rows
     * themselves lead the way.
     */
    private Beam walk(int k, int ef) {
        boolean isGood = searcher.search(query, k, ef, filter);
        // The edge of a beam of estimates says little about the last of an answer as long as it.
        isGood |= searcher.isByCodes() && searcher.found().size() >= k;
        return isGood || effort.isOver() ? searcher.found() : walkAccepted(k, ef);
    }

    private Beam walkAccepted(int k, int ef) {
        ResumableSearcher own = resumable();
        own.search(query, k, ef, filter, false);
        return own.beam();
    }

    private Beam scan(int k) {
        ExactScan own = scan();
        own.search(query, k, filter);
        return own.found();
    }

    @Override
    public boolean isExact(FilterRegime regime) {
        return isFiltered && regime == FilterRegime.SCAN;
    }

    @Override
    @HotPath
    public Beam findFirst(int k, int ef, FilterRegime regime) {
        isPagedByScan = isExact(regime);
        if (isFiltered) {
            taken = isPagedByScan ? FilterRegime.SCAN : FilterRegime.MASKED;
        }
        if (isPagedByScan) {
            return scan(k);
        }
        ResumableSearcher own = resumable();
        own.search(query, k, ef, filter, true);
        if (isFiltered && !effort.isOver() && isFar(own.beam(), k)) {
            isPagedByScan = true;
            taken = FilterRegime.SCAN;
            return scan(k);
        }
        return own.beam();
    }

    @Override
    @HotPath
    public Beam findNext(int k, int rowsTaken) {
        return items == null ? findBehind(k, rowsTaken) : findOthers(k);
    }

    /** Goes on behind the rows that were answered. */
    private Beam findBehind(int k, int rowsTaken) {
        if (isPagedByScan) {
            ExactScan own = scan();
            own.next(query, k, filter);
            return own.found();
        }
        ResumableSearcher own = resumable();
        own.next(rowsTaken, k);
        return own.beam();
    }

    /** Goes on among what is there now, without what was answered. */
    private Beam findOthers(int k) {
        if (isPagedByScan) {
            return scan(k);
        }
        ResumableSearcher own = resumable();
        own.nextOfLive(k);
        return own.beam();
    }

    @Override
    public @Nullable FilterRegime regime() {
        return taken;
    }

    @Override
    public boolean hasLost() {
        return resumable != null && !isPagedByScan && resumable.hasLost();
    }

    private ResumableSearcher resumable() {
        if (resumable == null) {
            LiveGraph live = items == null ? null : items.graph();
            int widest = FarSearcher.WIDENING * (limits.maxEf() + 1);
            resumable = new ResumableSearcher(view, live, widest, effort);
        }
        resumable.hide(hidden);
        return resumable;
    }

    private FarSearcher far() {
        if (far == null) {
            far = new FarSearcher(view.space(), resumable(), effort);
        }
        return far;
    }

    private ExactScan scan() {
        if (scan == null) {
            scan = new ExactScan(view.space(), null, effort, limits.maxK() + 1);
        }
        return scan;
    }
}
