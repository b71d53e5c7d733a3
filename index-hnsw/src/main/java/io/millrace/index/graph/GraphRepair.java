package io.millrace.index.graph;

import io.millrace.core.thread.WorkCrew;

import java.util.Arrays;

/**
 * Leads links to the nodes of level 0 that can't be reached from the entry: far outliers, and
 * members of crowds of duplicates, are wanted by nobody. Such a node is searched for; the nearest
 * reached node that has room links to it. Where none has room, the node is put in the middle of the
 * longest link of the nearest: u → w becomes u → node → w, so what was reached stays reached.
 *
 * <p>Searches run in parallel, a round of nodes at a time; links are changed by one thread in the
 * order of ordinals, so the result does not depend on threads.
 */
final class GraphRepair {
    private static final int ROUND = 1024;
    private static final int SEARCH_CHUNK = 8;

    private final LayeredGraph graph;
    private final WorkCrew crew;
    private final LinkBuilder[] builders;
    private final Reachability reachability;
    private final int[] links;

    GraphRepair(LayeredGraph graph, WorkCrew crew, LinkBuilder[] builders) {
        this.graph = graph;
        this.crew = crew;
        this.builders = builders;
        reachability = new Reachability(graph);
        links = new int[graph.capacity(0)];
    }

    /** Mends the graph; answers how many nodes had to be led to. */
    int run() {
        if (graph.entry() == LayeredGraph.NONE) {
            return 0;
        }
        reachability.reachFrom(graph.entry());
        int mended = 0;
        int from = 0;
        int[] lost = new int[ROUND];
        int[][] near = new int[ROUND][];
        while (true) {
            int count = 0;
            int node = reachability.nextUnreached(from);
            while (node != LayeredGraph.NONE && count < ROUND) {
                lost[count++] = node;
                node = reachability.nextUnreached(node + 1);
            }
            if (count == 0) {
                return mended;
            }
            from = lost[0];
            crew.run(
                    count,
                    SEARCH_CHUNK,
                    (worker, start, end) -> {
                        for (int i = start; i < end; i++) {
                            near[i] = nearReached(builders[worker], lost[i]);
                        }
                    });
            for (int i = 0; i < count; i++) {
                // Links to an earlier one may have led to this one as well.
                if (!reachability.isReached(lost[i])) {
                    leadTo(lost[i], near[i]);
                    mended++;
                }
            }
        }
    }

    /** Reached nodes near a node, nearest first; at least the entry. */
    private int[] nearReached(LinkBuilder builder, int node) {
        Beam beam = builder.search(node, builder.descend(node, 0), 0);
        int[] near = new int[beam.size() + 1];
        int count = 0;
        for (int i = 0; i < beam.size(); i++) {
            if (reachability.isReached(beam.ordinalAt(i))) {
                near[count++] = beam.ordinalAt(i);
            }
        }
        near[count++] = graph.entry();
        return Arrays.copyOf(near, count);
    }

    private void leadTo(int node, int[] near) {
        int capacity = graph.capacity(0);
        for (int candidate : near) {
            int count = graph.linksInto(candidate, 0, links);
            if (count < capacity) {
                graph.setLink(candidate, 0, count, node);
                reachability.reachFrom(node);
                return;
            }
        }
        insertBetween(near[0], node);
        reachability.reachFrom(node);
    }

    /** Lists that were full have their longest links at the end, or near it. */
    private void insertBetween(int from, int node) {
        int last = graph.capacity(0) - 1;
        graph.linksInto(from, 0, links);
        int to = links[last];
        graph.setLink(from, 0, last, node);
        int count = graph.linksInto(node, 0, links);
        for (int i = 0; i < count; i++) {
            if (links[i] == to) {
                return;
            }
        }
        graph.setLink(node, 0, Math.min(count, last), to);
    }
}
