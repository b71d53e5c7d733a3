package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.index.filter.OrdinalSet;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Searches a graph: greedily down the upper levels, then with a beam on level 0. All unseen
 * neighbours of a node are gathered first and measured in one batch, so that their rows come from
 * memory side by side.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class GraphSearcher {
    private static final int LINE_BYTES = 64;

    private final LayeredGraph graph;
    private final RowSpace space;
    private final Effort effort;
    private final Beam beam;
    private final Beam accepted;
    private final VisitedSet visited;
    private final int[] fresh;
    private final float[] distances;
    private int hidden = LayeredGraph.NONE;

    /** Takes what was read ahead of need, so that the compiler can't leave the reading out. */
    @SuppressWarnings("UnusedVariable")
    private int readAhead;

    /**
     * A searcher of one thread, for searches of all rows without a budget.
     *
     * @param graph the links.
     * @param space the rows.
     * @param maxEf the largest ef it will be given.
     */
    public GraphSearcher(LayeredGraph graph, RowSpace space, int maxEf) {
        this(graph, space, maxEf, 1, new Effort());
    }

    /**
     * A searcher of one thread.
     *
     * @param graph the links.
     * @param space the rows.
     * @param maxEf the largest ef it will be given.
     * @param maxK the most results of a search with a filter.
     * @param effort told of all that is measured.
     */
    public GraphSearcher(LayeredGraph graph, RowSpace space, int maxEf, int maxK, Effort effort) {
        this.graph = graph;
        this.space = space;
        this.effort = effort;
        beam = new Beam(maxEf);
        accepted = new Beam(maxK);
        visited = new VisitedSet(graph.count());
        fresh = new int[graph.capacity(0)];
        distances = new float[graph.capacity(0)];
    }

    /**
     * What the last search without a filter found.
     *
     * @return the beam, nearest first.
     */
    public Beam beam() {
        return beam;
    }

    /**
     * Passes over a node from now on, as if it were not there.
     *
     * @param node a node of level 0 alone and not the entry, or {@link LayeredGraph#NONE}.
     */
    public void hide(int node) {
        hidden = node;
    }

    /**
     * What the last search with a filter found.
     *
     * @return accepted nodes, nearest first.
     */
    public Beam accepted() {
        return accepted;
    }

    /**
     * Finds nodes near a query, which then stand in {@link #beam()}.
     *
     * @param query the query, padded.
     * @param ef how many candidates are kept on the way, from 1.
     */
    @HotPath
    public void search(float[] query, int ef) {
        if (graph.entry() == LayeredGraph.NONE) {
            beam.reset(ef);
            return;
        }
        int start = descend(query, graph.entry(), graph.topLevel(), 0);
        searchLevel(query, start, 0, ef, null);
    }

    /**
     * Finds accepted nodes near a query, which then stand in {@link #accepted()}; the way may lead
     * over others.
     *
     * @param query the query, padded.
     * @param k how many are wanted, from 1.
     * @param ef how many candidates, accepted or not, are kept on the way, at least k.
     * @param filter which nodes are accepted.
     * @return whether the answers are as good as those of a search without a filter: the last of
     *     them is no farther than the edge of the beam. Else nearer ones may lie where the walk
     *     never came.
     */
    @HotPath
    public boolean search(float[] query, int k, int ef, OrdinalSet filter) {
        accepted.reset(k);
        beam.reset(ef);
        if (graph.entry() == LayeredGraph.NONE) {
            return true;
        }
        int start = descend(query, graph.entry(), graph.topLevel(), 0);
        searchLevel(query, start, 0, ef, filter);
        return accepted.bound() <= beam.bound() && accepted.size() == k;
    }

    /** The node that greedy steps end at on the level above {@code toLevel}. */
    @HotPath
    int descend(float[] query, int start, int fromLevel, int toLevel) {
        int best = start;
        float bestDistance = space.distance(query, best);
        for (int level = fromLevel; level > toLevel; level--) {
            int centre;
            do {
                centre = best;
                int count = graph.linksInto(centre, level, fresh);
                space.distances(query, fresh, count, distances);
                effort.count(count);
                for (int i = 0; i < count; i++) {
                    if (distances[i] < bestDistance) {
                        bestDistance = distances[i];
                        best = fresh[i];
                    }
                }
            } while (best != centre);
        }
        return best;
    }

    /** Searches one level with a beam from one node. */
    @HotPath
    void searchLevel(float[] query, int start, int level, int ef, @Nullable OrdinalSet filter) {
        beam.reset(ef);
        visited.clear();
        if (hidden != LayeredGraph.NONE) {
            visited.add(hidden);
        }
        visited.add(start);
        fresh[0] = start;
        distances[0] = space.distance(query, start);
        beam.offer(distances[0], start);
        if (filter != null) {
            accept(1, filter);
        }
        int node = beam.follow();
        while (node != LayeredGraph.NONE) {
            int count = gatherUnseen(node, level);
            space.distances(query, fresh, count, distances);
            float bound = beam.bound();
            for (int i = 0; i < count; i++) {
                if (distances[i] <= bound) {
                    beam.offer(distances[i], fresh[i]);
                    bound = beam.bound();
                }
            }
            if (filter != null) {
                accept(count, filter);
            }
            node = effort.step(count) ? LayeredGraph.NONE : beam.follow();
        }
    }

    /** Takes what is accepted of the fresh nodes, whether the beam has room for it or not. */
    private void accept(int count, OrdinalSet filter) {
        for (int i = 0; i < count; i++) {
            if (distances[i] <= accepted.bound() && filter.contains(fresh[i])) {
                accepted.offer(distances[i], fresh[i]);
            }
        }
    }

    private int gatherUnseen(int node, int level) {
        MemorySegment lists = graph.lists(level);
        long offset = graph.listOffset(node, level);
        int capacity = graph.capacity(level);
        readAhead(lists, level, (long) capacity * Integer.BYTES);
        int count = 0;
        for (int i = 0; i < capacity; i++) {
            int link = lists.get(LayeredGraph.INT, offset + (long) i * Integer.BYTES);
            if (link == LayeredGraph.NONE) {
                break;
            }
            if (visited.add(link)) {
                fresh[count++] = link;
            }
        }
        return count;
    }

    /**
     * Touches the links that will most likely be followed next, so that they come from memory while
     * the rows of this node's neighbours do: 5 % of a search.
     */
    private void readAhead(MemorySegment lists, int level, long listBytes) {
        int next = beam.peek();
        if (next == LayeredGraph.NONE) {
            return;
        }
        long offset = graph.listOffset(next, level);
        int touched = 0;
        for (long at = 0; at < listBytes; at += LINE_BYTES) {
            touched ^= lists.get(LayeredGraph.INT, offset + at);
        }
        readAhead = touched;
    }
}
