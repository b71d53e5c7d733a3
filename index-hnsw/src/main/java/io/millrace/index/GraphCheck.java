package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

/**
 * Looks whether a graph is sound: links in range, every node reachable, every node found.
 *
 * <p>Threading: any thread.
 */
public final class GraphCheck {
    private static final int SELF_EF = 64;

    private GraphCheck() {}

    /**
     * Checks a graph.
     *
     * @param index the graph.
     * @param sampleQueries how many nodes are searched for by their own vector.
     * @param seed decides which nodes.
     * @return what was found.
     * @throws MillraceException CORRUPT_FILE when a link points to no node, to its own node, or
     *     twice to the same.
     */
    public static GraphReport check(HnswIndex index, int sampleQueries, long seed) {
        LayeredGraph graph = index.graph();
        int count = index.size();
        if (count == 0) {
            return new GraphReport(0, 0, 0, 0, 0, 0, 0, 1);
        }
        int[] inDegrees = new int[count];
        int[] links = new int[graph.capacity(0)];
        int minDegree = Integer.MAX_VALUE;
        int maxDegree = 0;
        long sum = 0;
        for (int node = 0; node < count; node++) {
            for (int level = graph.level(node); level >= 0; level--) {
                checkLinks(graph, node, level, links, count);
            }
            int degree = graph.linksInto(node, 0, links);
            for (int i = 0; i < degree; i++) {
                inDegrees[links[i]]++;
            }
            minDegree = Math.min(minDegree, degree);
            maxDegree = Math.max(maxDegree, degree);
            sum += degree;
        }
        int zeroInDegree = 0;
        for (int node = 0; node < count; node++) {
            zeroInDegree += inDegrees[node] == 0 && node != graph.entry() ? 1 : 0;
        }
        Reachability reachability = new Reachability(graph, count);
        reachability.spreadFrom(graph.entry());
        return new GraphReport(
                count,
                reachability.count(),
                graph.topLevel() + 1,
                minDegree,
                (double) sum / count,
                maxDegree,
                zeroInDegree,
                selfRecall(index, sampleQueries, seed));
    }

    private static void checkLinks(
            LayeredGraph graph, int node, int level, int[] links, int count) {
        int degree = graph.linksInto(node, level, links);
        for (int i = 0; i < degree; i++) {
            boolean isBad =
                    links[i] < 0
                            || links[i] >= count
                            || links[i] == node
                            || graph.level(links[i]) < level;
            for (int j = 0; j < i && !isBad; j++) {
                isBad = links[j] == links[i];
            }
            if (isBad) {
                throw MillraceException.of(
                        ErrorCode.CORRUPT_FILE,
                        "a bad link in the graph: node=%d, level=%d, link=%d, nodes=%d; build it"
                                + " again",
                        node,
                        level,
                        links[i],
                        count);
            }
        }
    }

    private static double selfRecall(HnswIndex index, int samples, long seed) {
        if (samples <= 0) {
            return 1;
        }
        SplitRandom random = SplitRandom.forStream(seed, 1);
        SearchScratch scratch = index.newScratch(1, SELF_EF);
        StoredRows rows = index.rows();
        int found = 0;
        for (int i = 0; i < samples; i++) {
            int node = random.nextInt(index.size());
            rows.storedInto(node, scratch.query);
            int start = GraphSearch.descend(index.graph(), rows, scratch, 0);
            GraphSearch.searchLevel(index.graph(), rows, scratch, start, 0, SELF_EF);
            int first = scratch.beam.ordinal(0);
            found +=
                    first == node || rows.distance(first, node) <= rows.distance(node, node)
                            ? 1
                            : 0;
        }
        return (double) found / samples;
    }
}
