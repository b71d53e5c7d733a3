package io.millrace.index;

import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.thread.WorkCrew;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.LayoutSearcher;
import io.millrace.index.graph.LinkCount;
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

    /** Nodes whose links a thread looks at at a time. */
    private static final int CHUNK_NODES = 4_096;

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
        LinkCount links = countLinks(graph);
        int[] inDegrees = links.inDegrees();
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
                links.least(),
                (double) links.total() / count,
                links.most(),
                inDegree(inDegrees),
                zeroInDegree,
                selfRecall(index, sampleQueries, seed));
    }

    /** Looks at all links, each node's by one thread. */
    private static LinkCount countLinks(LayeredGraph graph) {
        try (WorkCrew crew = WorkCrew.here("check")) {
            LinkCount[] counts = new LinkCount[crew.threads()];
            Arrays.setAll(counts, worker -> new LinkCount(graph));
            crew.run(
                    graph.count(),
                    CHUNK_NODES,
                    (worker, from, to) -> {
                        for (int node = from; node < to; node++) {
                            counts[worker].add(node);
                        }
                    });
            for (int worker = 1; worker < counts.length; worker++) {
                counts[0].add(counts[worker]);
            }
            return counts[0];
        }
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
