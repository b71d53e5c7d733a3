package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.LayoutSearcher;
import io.millrace.index.graph.Reachability;
import io.millrace.index.graph.RowSpace;

import java.util.Arrays;
import java.util.List;

/**
 * Looks whether a graph is sound: links in range, every node reachable, every node found by its own
 * vector.
 *
 * <p>Threading: the calling thread; the index may be searched meanwhile. Allocation: a few bytes a
 * node.
 */
public final class GraphCheck {
    private static final int EF = 64;
    private static final float ROUNDING = 1e-6f;

    private GraphCheck() {}

    /**
     * Checks a graph.
     *
     * @param index the graph.
     * @param sampleQueries how many nodes are searched for by their own vector.
     * @param seed decides which nodes.
     * @return what was found.
     * @throws MillraceException CORRUPT_FILE when a link leads back to its own node, twice to the
     *     same, or to a node that is not on its level.
     */
    public static GraphReport check(HnswIndex index, int sampleQueries, long seed) {
        LayeredGraph graph = index.view().graph();
        int count = graph.count();
        if (count == 0) {
            GraphReport.InDegree none = new GraphReport.InDegree(0, 0, 0, 0, 0, List.of());
            return new GraphReport(0, 0, 0, 0, 0, 0, none, 0, 1);
        }
        int[] links = new int[graph.capacity(0)];
        int[] inDegrees = new int[count];
        int minDegree = Integer.MAX_VALUE;
        int maxDegree = 0;
        long degrees = 0;
        for (int node = 0; node < count; node++) {
            for (int level = graph.level(node); level >= 0; level--) {
                int degree = graph.linksInto(node, level, links);
                checkLinks(graph, node, level, links, degree);
                if (level == 0) {
                    minDegree = Math.min(minDegree, degree);
                    maxDegree = Math.max(maxDegree, degree);
                    degrees += degree;
                    for (int i = 0; i < degree; i++) {
                        inDegrees[links[i]]++;
                    }
                }
            }
        }
        int zeroInDegree = 0;
        for (int node = 0; node < count; node++) {
            zeroInDegree += inDegrees[node] > 0 || count == 1 ? 0 : 1;
        }
        Reachability reachability = new Reachability(graph);
        reachability.reachFrom(graph.entry());
        return new GraphReport(
                count,
                reachability.count(),
                graph.topLevel() + 1,
                minDegree,
                (double) degrees / count,
                maxDegree,
                inDegree(inDegrees),
                zeroInDegree,
                selfRecall(index, sampleQueries, seed));
    }

    private static GraphReport.InDegree inDegree(int[] degrees) {
        int[] sorted = degrees.clone();
        Arrays.parallelSort(sorted);
        int last = sorted.length - 1;
        return new GraphReport.InDegree(
                sorted[0],
                sorted[last / 100],
                sorted[last / 2],
                sorted[last - last / 100],
                sorted[last],
                histogram(sorted));
    }

    private static List<Integer> histogram(int[] sorted) {
        int[] counts =
                new int[Integer.SIZE - Integer.numberOfLeadingZeros(sorted[sorted.length - 1]) + 1];
        for (int degree : sorted) {
            counts[Integer.SIZE - Integer.numberOfLeadingZeros(degree)]++;
        }
        return Arrays.stream(counts).boxed().toList();
    }

    private static void checkLinks(
            LayeredGraph graph, int node, int level, int[] links, int degree) {
        int[] sorted = Arrays.copyOf(links, degree);
        Arrays.sort(sorted);
        for (int i = 0; i < degree; i++) {
            int link = sorted[i];
            boolean isDouble = i > 0 && link == sorted[i - 1];
            boolean isOutside = link < 0 || link >= graph.count();
            if (isDouble || isOutside || link == node || graph.level(link) < level) {
                throw MillraceException.of(
                        ErrorCode.CORRUPT_FILE,
                        "a bad link in the graph: node=%d, level=%d, link=%d, nodes=%d; build it"
                                + " again",
                        node,
                        level,
                        link,
                        graph.count());
            }
        }
    }

    /**
     * As requests are searched. Of a row that was brought to the length of others the few bits of a
     * query show hardly more than what was added; queries of callers have none of that, so such a
     * row is looked for by the rows themselves.
     */
    private static LayoutSearcher searcher(HnswIndex index) {
        Effort effort = new Effort();
        return index.form().isLifted()
                ? LayoutSearcher.byRows(index.view(), EF, 1, effort)
                : new LayoutSearcher(index.view(), EF, 1, effort);
    }

    private static double selfRecall(HnswIndex index, int sampleQueries, long seed) {
        RowSpace space = index.view().space();
        LayoutSearcher searcher = searcher(index);
        float[] query = new float[space.paddedDimension()];
        SplitRandom random = new SplitRandom(seed);
        int found = 0;
        for (int i = 0; i < sampleQueries; i++) {
            int node = random.nextInt(index.size());
            space.copyInto(node, query);
            searcher.search(query, 1, EF, null);
            Beam nearest = searcher.found();
            float own = space.distance(query, node);
            // One that is as near but for rounding will do.
            float limit = own + ROUNDING * Math.abs(own);
            found += nearest.ordinalAt(0) == node || nearest.distanceAt(0) <= limit ? 1 : 0;
        }
        return sampleQueries == 0 ? 1 : (double) found / sampleQueries;
    }
}
