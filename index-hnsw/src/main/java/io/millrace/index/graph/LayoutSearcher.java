package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.index.filter.OrdinalFilter;

import org.jspecify.annotations.Nullable;

/**
 * Searches a graph as its layout asks for: level 0 by the codes in the records where they hold any
 * ({@link InlinedSearcher}), else by the rows ({@link GraphSearcher}), as all upper levels are. A
 * search begins at hubs where the graph has any ({@link Hubs}), else where greedy steps down the
 * upper levels end.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class LayoutSearcher {
    private final LayeredGraph graph;
    private final GraphSearcher byRows;
    private final @Nullable InlinedSearcher byCodes;
    private Beam found;

    /**
     * A searcher of one thread.
     *
     * @param view the graph.
     * @param maxEf the largest ef it will be given.
     * @param maxK the most results of a search by codes or with a filter.
     * @param effort told of all that is measured.
     */
    public LayoutSearcher(GraphView view, int maxEf, int maxK, Effort effort) {
        this(
                view,
                maxEf,
                maxK,
                effort,
                view.layout().isInlined() ? new InlinedSearcher(view, maxEf, maxK, effort) : null);
    }

    private LayoutSearcher(
            GraphView view, int maxEf, int maxK, Effort effort, @Nullable InlinedSearcher byCodes) {
        this.byCodes = byCodes;
        graph = view.graph();
        byRows = new GraphSearcher(graph, view.space(), maxEf, maxK, effort);
        found = byRows.found();
    }

    /**
     * A searcher of one thread that goes by rows, whatever the layout.
     *
     * @param view the graph.
     * @param maxEf the largest ef it will be given.
     * @param maxK the most results of a search with a filter.
     * @param effort told of all that is measured.
     * @return the searcher.
     */
    public static LayoutSearcher byRows(GraphView view, int maxEf, int maxK, Effort effort) {
        return new LayoutSearcher(view, maxEf, maxK, effort, null);
    }

    /**
     * Whether estimates from codes lead the way.
     *
     * @return true for an inlined layout.
     */
    public boolean isByCodes() {
        return byCodes != null;
    }

    /**
     * Passes over a node from now on, as if it were not there.
     *
     * @param node a node of level 0 alone and not the entry, or {@link LayeredGraph#NONE}.
     */
    public void hide(int node) {
        byRows.hide(node);
        if (byCodes != null) {
            byCodes.hide(node);
        }
    }

    /**
     * What the last search found.
     *
     * @return nearest first, with exact distances; up to ef of them where all were searched by
     *     their rows, else up to k.
     */
    public Beam found() {
        return found;
    }

    /**
     * Finds nodes near a query, which then stand in {@link #found()}.
     *
     * @param query the query in stored form, padded.
     * @param k how many are wanted, from 1.
     * @param ef how many candidates are kept on the way, at least k.
     * @param filter which nodes are accepted, or null for all; the way may lead over others.
     * @return whether there are k, and the last of them is no farther than the edge of what was
     *     looked at. If not, a search with a filter may have missed nearer ones, which lie where
     *     the walk never came.
     */
    @HotPath
    public boolean search(float[] query, int k, int ef, @Nullable OrdinalFilter filter) {
        if (byCodes == null) {
            boolean isGood = byRows.searchLevel(query, start(query), 0, k, ef, filter);
            found = byRows.found();
            return isGood;
        }
        boolean isGood =
                byCodes.hasHubs()
                        ? byCodes.searchFromHubs(query, k, ef, filter)
                        : byCodes.searchFrom(query, start(query), k, ef, filter);
        found = byCodes.found();
        return isGood;
    }

    /** Where a search of level 0 begins without hubs. */
    private int start(float[] query) {
        int entry = graph.entry();
        return entry == LayeredGraph.NONE
                ? entry
                : byRows.descend(query, entry, graph.level(entry), 0);
    }

    /** The node that greedy steps end at on the level above {@code toLevel}. */
    @HotPath
    int descend(float[] query, int start, int fromLevel, int toLevel) {
        return byRows.descend(query, start, fromLevel, toLevel);
    }

    /** Searches one level from one node; {@link #found} has ef nodes. */
    @HotPath
    Beam searchLevel(float[] query, int start, int level, int ef) {
        if (level == 0 && byCodes != null) {
            found = byCodes.gather(query, start, ef);
        } else {
            byRows.searchLevel(query, start, level, ef, ef, null);
            found = byRows.found();
        }
        return found;
    }
}
