package io.millrace.index.graph;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Searches a graph by the codes its records hold of their neighbours: a visit estimates how far all
 * neighbours are, exact distances are computed for visited nodes alone. Upper levels, which are few
 * steps, are descended as in {@link GraphSearcher}.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class InlinedSearcher {
    private static final int LINE_BYTES = 64;

    private final LayeredGraph graph;
    private final RowSpace space;
    private final NodeLayout layout;
    private final NeighbourCodes codes;
    private final NeighbourCodes.Query prepared;
    private final MemorySegment records;
    private final GraphSearcher descent;
    private final Beam candidates;
    private final Beam found;
    private final VisitedSet visited;
    private final float[] estimates;
    private final float distanceScale;

    /** Takes what was read ahead of need, so that the compiler can't leave the reading out. */
    @SuppressWarnings("UnusedVariable")
    private int readAhead;

    /**
     * A searcher of one thread.
     *
     * @param memory the graph, of an inlined layout.
     * @param isDot whether distance is minus the dot product.
     * @param maxEf the largest ef it will be given.
     * @param maxK the most results.
     */
    public InlinedSearcher(GraphMemory memory, boolean isDot, int maxEf, int maxK) {
        graph = memory.graph();
        space = memory.space(isDot);
        layout = memory.layout();
        records = memory.records();
        codes = new NeighbourCodes(layout, records);
        prepared = new NeighbourCodes.Query(layout);
        descent = new GraphSearcher(graph, space, 1);
        candidates = new Beam(maxEf);
        found = new Beam(maxK);
        visited = new VisitedSet(graph.count());
        estimates = new float[layout.slots()];
        distanceScale = isDot ? 2 : 1;
    }

    /**
     * What the last search found.
     *
     * @return nearest first, with exact distances.
     */
    public Beam found() {
        return found;
    }

    /**
     * Finds nodes near a query, which then stand in {@link #found()}.
     *
     * @param query the query, padded.
     * @param k how many are wanted.
     * @param ef how many candidates are kept on the way, at least k.
     */
    @HotPath
    public void search(float[] query, int k, int ef) {
        found.reset(k);
        candidates.reset(ef);
        if (graph.entry() == LayeredGraph.NONE) {
            return;
        }
        codes.prepare(query, prepared);
        visited.clear();
        int start = descent.descend(query, graph.entry(), graph.topLevel(), 0);
        candidates.offer(distanceScale * space.distance(query, start), start);
        for (int node = candidates.follow();
                node != LayeredGraph.NONE;
                node = candidates.follow()) {
            if (visited.add(node)) {
                visit(query, node);
            }
        }
    }

    private void visit(float[] query, int node) {
        readAhead();
        float distance = space.distance(query, node);
        if (distance <= found.bound()) {
            found.offer(distance, node);
        }
        codes.estimate(node, prepared, estimates);
        long links = node * layout.strideBytes() + layout.linksOffset();
        // Estimates are of squared distances, which for rows of one length are twice the products
        // and a constant.
        float own = distanceScale * distance;
        float bound = candidates.bound();
        for (int slot = 0; slot < estimates.length; slot++) {
            float estimate = own + estimates[slot];
            if (estimate < bound) {
                int link = records.get(LayeredGraph.INT, links + (long) slot * Integer.BYTES);
                if (!visited.has(link)) {
                    candidates.offer(estimate, link);
                    bound = candidates.bound();
                }
            }
        }
    }

    /** Touches the record that will most likely be visited next. */
    private void readAhead() {
        int next = candidates.peek();
        if (next == LayeredGraph.NONE) {
            return;
        }
        long record = next * layout.strideBytes();
        int touched = 0;
        for (long at = 0; at < layout.strideBytes(); at += LINE_BYTES) {
            touched ^= records.get(LayeredGraph.INT, record + at);
        }
        readAhead = touched;
    }
}
