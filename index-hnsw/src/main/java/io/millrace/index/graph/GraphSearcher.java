package io.millrace.index.graph;

import io.millrace.core.HotPath;

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
    private final Beam beam;
    private final VisitedSet visited;
    private final int[] fresh;
    private final float[] distances;
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
     */
    public GraphSearcher(LayeredGraph graph, RowSpace space, int maxEf) {
        this.graph = graph;
        this.space = space;
        beam = new Beam(maxEf);
        visited = new VisitedSet(graph.count());
        fresh = new int[graph.capacity(0)];
        distances = new float[graph.capacity(0)];
    }

    /**
     * What the last search found.
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
        searchLevel(query, start, 0, ef);
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
    void searchLevel(float[] query, int start, int level, int ef) {
        beam.reset(ef);
        visited.clear();
        if (hidden != LayeredGraph.NONE) {
            visited.add(hidden);
        }
        visited.add(start);
        beam.offer(space.distance(query, start), start);
        for (int node = beam.follow(); node != LayeredGraph.NONE; node = beam.follow()) {
            int count = gatherUnseen(node, level);
            space.distances(query, fresh, count, distances);
            float bound = beam.bound();
            for (int i = 0; i < count; i++) {
                if (distances[i] <= bound) {
                    beam.offer(distances[i], fresh[i]);
                    bound = beam.bound();
                }
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
