package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.index.filter.OrdinalFilter;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Searches a graph: greedily down the upper levels, then with a beam on level 0. All unseen
 * neighbours of a node are gathered first and measured in one batch, so that their rows come from
 * memory side by side.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class GraphSearcher {
    private static final int LINE_BYTES = 64;

    private final LayeredGraph graph;
    private final RowSpace space;
    private final Effort effort;
    private final Beam beam;
    private final Beam accepted;
    private final VisitedSet visited;
    private final int[] fresh;
    private final float[] distances;
    private Beam found;
    private int hidden = LayeredGraph.NONE;

    /** Takes what was read ahead of need, so that the compiler can't leave the reading out. */
    @SuppressWarnings("UnusedVariable")
    private int readAhead;

    /**
     * A searcher of one thread.
     *
     * @param graph the links.
     * @param space the rows.
     * @param maxEf the largest ef it will be given.
     * @param maxK the most results of a search with a filter.
     * @param effort told of all that is measured.
     */
    GraphSearcher(LayeredGraph graph, RowSpace space, int maxEf, int maxK, Effort effort) {
        this.graph = graph;
        this.space = space;
        this.effort = effort;
        beam = new Beam(maxEf);
        accepted = new Beam(maxK);
        found = beam;
        visited = new VisitedSet(graph.count());
        fresh = new int[graph.capacity(0)];
        distances = new float[graph.capacity(0)];
    }

    /** What the last search found, nearest first: k accepted nodes, or ef without a filter. */
    Beam found() {
        return found;
    }

    /** Passes over a node from now on, as if it were not there. */
    void hide(int node) {
        hidden = node;
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

    /**
     * Searches one level with a beam from one node, or finds nothing from {@link
     * LayeredGraph#NONE}. Whether there are k and none of them is beyond the edge of the beam.
     */
    @HotPath
    boolean searchLevel(
            float[] query, int start, int level, int k, int ef, @Nullable OrdinalFilter filter) {
        beam.reset(ef);
        accepted.reset(k);
        found = filter == null ? beam : accepted;
        if (start != LayeredGraph.NONE) {
            walk(query, start, level, filter);
        }
        return found.size() >= k && found.bound() <= beam.bound();
    }

    private void walk(float[] query, int start, int level, @Nullable OrdinalFilter filter) {
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
    private void accept(int count, OrdinalFilter filter) {
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
