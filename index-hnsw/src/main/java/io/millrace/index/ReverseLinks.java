package io.millrace.index;

import java.util.Arrays;

/**
 * Adds the links back to the nodes of a batch. They are sorted by target, so each target is changed
 * once, by one thread, from the same list whoever does it.
 *
 * <p>Threading: one caller; works with a crew.
 */
final class ReverseLinks {
    private static final int CHUNK = 64;
    private static final int FIRST_CANDIDATES = 1_024;

    private final LayeredGraph graph;
    private final WorkCrew crew;
    private final LinkSelector[] selectors;
    private final int[] links;
    private final int[][] candidates;
    private long[] edges = new long[1 << 12];
    private int[] groups = new int[1 << 10];

    ReverseLinks(LayeredGraph graph, WorkCrew crew, LinkSelector[] selectors) {
        this.graph = graph;
        this.crew = crew;
        this.selectors = selectors;
        this.links = new int[graph.capacity(0)];
        this.candidates = new int[crew.workers()][FIRST_CANDIDATES];
    }

    /** Adds the links on a level back to the nodes {@code order[from..to)} that have it. */
    void add(int[] order, int from, int to, int level) {
        int count = collect(order, from, to, level);
        Arrays.parallelSort(edges, 0, count);
        int groupCount = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || target(i) != target(i - 1)) {
                if (groupCount + 1 >= groups.length) {
                    groups = Arrays.copyOf(groups, groups.length * 2);
                }
                groups[groupCount++] = i;
            }
        }
        groups[groupCount] = count;
        crew.run(
                groupCount,
                CHUNK,
                (worker, first, end) -> {
                    for (int group = first; group < end; group++) {
                        link(worker, groups[group], groups[group + 1], level);
                    }
                });
    }

    private int collect(int[] order, int from, int to, int level) {
        int count = 0;
        for (int i = from; i < to; i++) {
            int node = order[i];
            if (graph.level(node) < level) {
                continue;
            }
            int degree = graph.linksInto(node, level, links);
            if (count + degree > edges.length) {
                edges = Arrays.copyOf(edges, edges.length * 2);
            }
            for (int j = 0; j < degree; j++) {
                edges[count++] = (long) links[j] << 32 | node;
            }
        }
        return count;
    }

    private void link(int worker, int from, int to, int level) {
        int target = target(from);
        int capacity = graph.capacity(level);
        if (capacity + to - from > candidates[worker].length) {
            candidates[worker] = new int[2 * (capacity + to - from)];
        }
        int[] all = candidates[worker];
        int count = graph.linksInto(target, level, all);
        for (int i = from; i < to; i++) {
            all[count++] = (int) edges[i];
        }
        if (count <= capacity) {
            graph.setLinks(target, level, all, count);
            return;
        }
        LinkSelector selector = selectors[worker];
        int kept = selector.select(target, all, count, capacity);
        graph.setLinks(target, level, selector.selected(), kept);
    }

    private int target(int edge) {
        return (int) (edges[edge] >>> 32);
    }
}
