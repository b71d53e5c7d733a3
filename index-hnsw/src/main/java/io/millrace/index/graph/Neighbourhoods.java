package io.millrace.index.graph;

import io.millrace.core.thread.WorkCrew;

import java.util.Arrays;

/**
 * A line through all nodes on which neighbours stand near each other. Inserting the nodes of a
 * batch in this order lets each search find the rows of the one before in the cache, and tells
 * which nodes of a batch may be neighbours.
 *
 * <p>The upper levels of the graph are the map: the home of a node is where greedy search for it
 * ends one level above its own. The nodes of a level are lined up by the places of their homes,
 * each right behind its home. So a level can be lined up as soon as those above it are complete.
 */
final class Neighbourhoods {
    private static final int CHUNK = 64;

    private final LayeredGraph graph;
    private final InsertionOrder order;
    private final WorkCrew crew;
    private final LinkBuilder[] builders;
    private final int[] homes;
    private final int[] places;
    private int known;

    /**
     * Knows no node yet.
     *
     * @param graph the graph.
     * @param order its order of insertion.
     * @param crew who searches for the homes.
     * @param builders one per worker.
     */
    Neighbourhoods(
            LayeredGraph graph, InsertionOrder order, WorkCrew crew, LinkBuilder[] builders) {
        this.graph = graph;
        this.order = order;
        this.crew = crew;
        this.builders = builders;
        homes = new int[graph.count()];
        places = new int[graph.count()];
    }

    /**
     * Lines up the nodes of the next level, above which the graph is complete.
     *
     * @return how many nodes, in the order of insertion, are lined up now.
     */
    int addLevel() {
        int[] nodes = order.nodes();
        int from = known;
        known = order.levelEnd(from);
        crew.run(
                known - from,
                CHUNK,
                (worker, first, end) -> {
                    for (int i = from + first; i < from + end; i++) {
                        homes[nodes[i]] = builders[worker].descend(nodes[i], graph.level(nodes[i]));
                    }
                });
        if (graph.level(nodes[from]) > 0) {
            place(nodes, from, known);
        } else {
            for (int i = from; i < known; i++) {
                places[nodes[i]] = places[homes[nodes[i]]];
            }
        }
        return known;
    }

    /** Where greedy search for a node ends one level above its own: where to search from. */
    int home(int node) {
        return homes[node];
    }

    /** Where a node stands on the line; nodes of level 0 share the place of their home. */
    int place(int node) {
        return places[node];
    }

    /** Puts the nodes from to end behind their homes among those before them. */
    private void place(int[] nodes, int from, int end) {
        long[] keys = new long[end];
        for (int i = 0; i < end; i++) {
            int node = nodes[i];
            // Twice the place, and one more for those who come behind it.
            long place = i < from ? 2L * places[node] : 2L * places[homes[node]] + 1;
            keys[i] = (from == 0 ? 0 : place) << Integer.SIZE | i;
        }
        Arrays.sort(keys);
        for (int place = 0; place < end; place++) {
            places[nodes[(int) keys[place]]] = place;
        }
    }
}
