package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.ExactScan;
import io.millrace.index.graph.GraphView;
import io.millrace.index.graph.LayoutSearcher;
import io.millrace.index.graph.ResumableSearcher;

import org.jspecify.annotations.Nullable;

/**
 * Finds rows by walks through a graph, or by a scan where a filter accepts few.
 *
 * <p>Threading: one thread. Allocation: in the constructor, and in the first search that needs a
 * walk among accepted rows, pages or a scan.
 */
final class GraphFinder implements RowFinder {
    private final StoredForm form;
    private final GraphView view;
    private final SearchLimits limits;
    private final Effort effort;
    private final LayoutSearcher searcher;
    private final float[] query;
    private @Nullable ResumableSearcher resumable;
    private @Nullable ExactScan scan;
    private @Nullable FilterRegime taken;
    private boolean isPagedByScan;
    private int hidden = VectorIndex.NO_ORDINAL;
    private @Nullable OrdinalSet pageFilter;

    GraphFinder(StoredForm form, GraphView view, SearchLimits limits, Effort effort) {
        this.form = form;
        this.view = view;
        this.limits = limits;
        this.effort = effort;
        int widest = FilterRegime.MAX_WIDENING * (limits.maxEf() + 1);
        searcher = new LayoutSearcher(view, widest, limits.maxK() + 1, effort);
        query = new float[view.space().paddedDimension()];
    }

    /** Passes over a row from now on, as if it were not there. */
    void hide(int ordinal) {
        hidden = ordinal;
        searcher.hide(ordinal);
    }

    @Override
    public int rows() {
        return view.space().count();
    }

    @Override
    @HotPath
    public void prepare(float[] vector) {
        taken = null;
        form.queryInto(vector, query);
    }

    @Override
    @HotPath
    public float score(float distance) {
        return form.score(distance);
    }

    @Override
    @HotPath
    public Beam find(
            int k, int ef, @Nullable OrdinalSet filter, int accepted, FilterRegime regime) {
        if (filter == null) {
            return walk(Math.min(k, rows()), ef);
        }
        boolean isScan = regime == FilterRegime.SCAN;
        boolean isFar = false;
        if (regime == FilterRegime.PLAIN) {
            int wide = FilterRegime.widened(ef, accepted, rows());
            // What the filter accepts may lie elsewhere than what the query is near to.
            if (searcher.search(query, k, wide, filter) || effort.isOver()) {
                taken = FilterRegime.PLAIN;
                return searcher.found();
            }
            isFar = true;
            isScan = FilterRegime.isScanBestWhenFar(accepted, ef);
        }
        taken = isScan ? FilterRegime.SCAN : FilterRegime.MASKED;
        return isScan ? scan(k, filter) : walkAccepted(k, ef, filter, isFar);
    }

    /**
     * Searches among all rows. By codes a node may stand among the candidates once for each that
     * links to it, so that fewer than ef are visited. Where that leaves the answer short, the rows
     * themselves lead the way.
     */
    private Beam walk(int k, int ef) {
        searcher.search(query, k, ef, null);
        if (searcher.found().size() >= k || effort.isOver()) {
            return searcher.found();
        }
        return walkAccepted(k, ef, null, false);
    }

    private Beam walkAccepted(int k, int ef, @Nullable OrdinalSet filter, boolean isFar) {
        ResumableSearcher own = resumable();
        own.search(query, k, ef, filter, false, isFar);
        return own.beam();
    }

    private Beam scan(int k, @Nullable OrdinalSet filter) {
        ExactScan own = scan();
        own.search(query, k, filter);
        return own.found();
    }

    @Override
    public boolean isExact(@Nullable OrdinalSet filter, FilterRegime regime) {
        return filter != null && regime == FilterRegime.SCAN;
    }

    @Override
    @HotPath
    public Beam findFirst(int k, int ef, @Nullable OrdinalSet filter, FilterRegime regime) {
        isPagedByScan = isExact(filter, regime);
        pageFilter = filter;
        if (filter != null) {
            taken = isPagedByScan ? FilterRegime.SCAN : FilterRegime.MASKED;
        }
        if (isPagedByScan) {
            return scan(k, filter);
        }
        ResumableSearcher own = resumable();
        own.search(query, k, ef, filter, true, false);
        return own.beam();
    }

    @Override
    @HotPath
    public Beam findNext(int k, int rowsTaken) {
        if (isPagedByScan) {
            ExactScan own = scan();
            own.next(query, k, pageFilter);
            return own.found();
        }
        ResumableSearcher own = resumable();
        own.next(rowsTaken, k);
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
            resumable = new ResumableSearcher(view, limits.maxEf() + 1, effort);
        }
        resumable.hide(hidden);
        return resumable;
    }

    private ExactScan scan() {
        if (scan == null) {
            scan = new ExactScan(view.space(), null, effort, limits.maxK() + 1);
        }
        return scan;
    }
}
