package io.millrace.index.graph;

import io.millrace.core.thread.WorkCrew;

/**
 * Offers every node those that link to it, all at once when the graph stands, and has it choose
 * anew. While the graph is built only the nearest few of a new node's neighbours take it up ({@link
 * GraphConstruction}): choosing costs much, most choices change nothing, and here one per node
 * makes up for all that were left out.
 *
 * <p>Threading: lists are gathered by one thread, choices are made by the crew, each node's from
 * what was gathered before; the result does not depend on threads.
 */
final class BackLinks {
    /** So many nodes at a time bound the memory, at one pass over all lists each. */
    private static final int RANGE = 1 << 22;

    private static final int CHUNK = 64;

    private final LayeredGraph graph;
    private final WorkCrew crew;
    private final LinkBuilder[] builders;
    private final int[] links;

    BackLinks(LayeredGraph graph, WorkCrew crew, LinkBuilder[] builders) {
        this.graph = graph;
        this.crew = crew;
        this.builders = builders;
        links = new int[graph.capacity(0)];
    }

    void run() {
        for (long first = 0; first < graph.count(); first += RANGE) {
            run((int) first, (int) Math.min(RANGE, graph.count() - first));
        }
    }

    private void run(int first, int count) {
        // ends[i + 1] counts, then tells where the sources of node first + i begin, then end.
        int[] ends = new int[count + 2];
        forEachLink(first, count, (source, target) -> ends[target - first + 2]++);
        for (int i = 2; i < ends.length; i++) {
            ends[i] += ends[i - 1];
        }
        int[] sources = new int[ends[count + 1]];
        forEachLink(first, count, (source, target) -> sources[ends[target - first + 1]++] = source);
        crew.run(
                count,
                CHUNK,
                (worker, from, to) -> {
                    for (int i = from; i < to; i++) {
                        builders[worker].takeUp(first + i, sources, ends[i], ends[i + 1]);
                    }
                });
    }

    private interface LinkUser {
        void use(int source, int target);
    }

    private void forEachLink(int first, int count, LinkUser user) {
        for (int node = 0; node < graph.count(); node++) {
            int degree = graph.linksInto(node, 0, links);
            for (int i = 0; i < degree; i++) {
                if (links[i] >= first && links[i] - first < count) {
                    user.use(node, links[i]);
                }
            }
        }
    }
}
