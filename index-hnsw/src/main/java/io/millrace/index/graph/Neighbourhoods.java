package io.millrace.index.graph;

import java.util.Arrays;

/**
 * A line through all nodes on which neighbours stand near each other. Inserting the nodes of a
 * batch in this order lets each search find the rows of the one before in the cache, and tells
 * which nodes of a batch may be neighbours.
 *
 * <p>The upper levels of the graph are the map: the home of a node is where greedy search for it
 * ends one level above its own. The nodes of a level are lined up by the places of their homes,
 * each right behind its home.
 */
final class Neighbourhoods {
    private static final int CHUNK = 64;

    private final int[] homes;
    private final int[] places;

    /**
     * Lines up the nodes of a graph whose upper levels are complete.
     *
     * @param graph the graph.
     * @param order its order of insertion.
     * @param crew who searches for the homes.
     * @param builders one per worker.
     */
    Neighbourhoods(
            LayeredGraph graph, InsertionOrder order, WorkCrew crew, LinkBuilder[] builders) {
        int count = graph.count();
        int[] nodes = order.nodes();
        int top = graph.topLevel();
        homes = new int[count];
        places = new int[count];
        crew.run(
                order.count(),
                CHUNK,
                (worker, from, to) -> {
                    for (int i = from; i < to; i++) {
                        homes[nodes[i]] = builders[worker].descend(nodes[i], graph.level(nodes[i]));
                    }
                });
        int known = 0;
        for (int level = top; level > 0; level--) {
            int end = known;
            while (end < order.upperCount() && graph.level(nodes[end]) == level) {
                end++;
            }
            place(nodes, known, end);
            known = end;
        }
        for (int i = known; i < order.count(); i++) {
            places[nodes[i]] = places[homes[nodes[i]]];
        }
    }

    /** Where greedy search for a node ends one level above its own: where to search from. */
    int home(int node) {
        return homes[node];
    }

    /** Where a node stands on the line; nodes of level 0 share the place of their home. */
    int place(int node) {
        return places[node];
    }

    /** Puts the nodes known to end behind their homes among the nodes 0 to known. */
    private void place(int[] nodes, int known, int end) {
        long[] keys = new long[end];
        for (int i = 0; i < end; i++) {
            int node = nodes[i];
            // Twice the place, and one more for those who come behind it.
            long place = i < known ? 2L * places[node] : 2L * places[homes[node]] + 1;
            keys[i] = (known == 0 ? 0 : place) << Integer.SIZE | i;
        }
        Arrays.sort(keys);
        for (int place = 0; place < end; place++) {
            places[nodes[(int) keys[place]]] = place;
        }
    }
}
