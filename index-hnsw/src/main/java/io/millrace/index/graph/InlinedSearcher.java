package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.simd.CodeKernels;
import io.millrace.index.filter.OrdinalSet;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Searches a graph by the codes its records hold of their neighbours: a visit estimates how far all
 * neighbours are, exact distances are computed for visited nodes alone. Upper levels, which are few
 * steps, are descended as in {@link GraphSearcher}.
 *
 * <p>Nodes are visited two at a time, because the time of a visit is that of the record's way from
 * memory: two records come side by side. Among a million rows of 128 numbers it makes searches a
 * fifth faster, at four more visits in a hundred.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class InlinedSearcher {
    private static final int LINE_BYTES = 64;

    private final LayeredGraph graph;
    private final RowSpace space;
    private final NeighbourCodes codes;
    private final NeighbourCodes.Query prepared;
    private final MemorySegment records;
    private final GraphSearcher descent;
    private final Effort effort;
    private final Beam candidates;
    private final Beam found;
    private final VisitedSet visited;
    private final int slots;
    private final long strideBytes;
    private final long linksOffset;
    private final boolean isDot;
    private int hidden = LayeredGraph.NONE;

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
     * @param effort told of all that is measured.
     */
    public InlinedSearcher(GraphMemory memory, boolean isDot, int maxEf, int maxK, Effort effort) {
        this.isDot = isDot;
        this.effort = effort;
        graph = memory.graph();
        space = memory.space(isDot);
        records = memory.records();
        NodeLayout layout = memory.layout();
        slots = layout.slots();
        strideBytes = layout.strideBytes();
        linksOffset = layout.linksOffset();
        codes = new NeighbourCodes(layout, records);
        prepared = new NeighbourCodes.Query(layout);
        descent = new GraphSearcher(graph, space, 1, 1, effort);
        candidates = new Beam(maxEf);
        found = new Beam(maxK);
        visited = new VisitedSet(graph.count());
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
     * Passes over a node from now on, as if it were not there.
     *
     * @param node a node of level 0 alone and not the entry, or {@link LayeredGraph#NONE}.
     */
    public void hide(int node) {
        hidden = node;
    }

    /**
     * Finds nodes near a query, which then stand in {@link #found()}.
     *
     * @param query the query, rotated as the rows are.
     * @param k how many are wanted.
     * @param ef how many candidates are kept on the way, at least k.
     * @param filter which nodes are accepted, or null for all; the way may lead over others.
     * @return whether the last answer is no farther than the edge of what was looked at; else a
     *     search with a filter may have missed nearer ones, which lie where the walk never came.
     */
    @HotPath
    public boolean search(float[] query, int k, int ef, @Nullable OrdinalSet filter) {
        found.reset(k);
        if (graph.entry() == LayeredGraph.NONE) {
            return true;
        }
        int start = descent.descend(query, graph.entry(), graph.topLevel(), 0);
        searchFrom(query, start, k, ef, filter);
        return found.size() == k && asEstimate(found.bound()) <= candidates.bound();
    }

    /** Finds nodes of level 0 near a query, beginning at one of them. */
    @HotPath
    void searchFrom(float[] query, int start, int k, int ef, @Nullable OrdinalSet filter) {
        found.reset(k);
        candidates.reset(ef);
        visited.clear();
        if (hidden != LayeredGraph.NONE) {
            visited.add(hidden);
        }
        codes.prepare(query, prepared);
        candidates.offer(0, start);
        int first = nextUnseen();
        while (first != LayeredGraph.NONE) {
            int second = nextUnseen();
            readAhead(first);
            if (second != LayeredGraph.NONE) {
                readAhead(second);
            }
            visit(query, first, filter);
            if (second != LayeredGraph.NONE) {
                visit(query, second, filter);
            }
            first =
                    effort.step(second == LayeredGraph.NONE ? 1 : 2)
                            ? LayeredGraph.NONE
                            : nextUnseen();
        }
    }

    /** The nearest candidate that was not visited yet. */
    private int nextUnseen() {
        int node = candidates.follow();
        while (node != LayeredGraph.NONE && !visited.add(node)) {
            node = candidates.follow();
        }
        return node;
    }

    private void visit(float[] query, int node, @Nullable OrdinalSet filter) {
        float distance = space.distance(query, node);
        if (distance <= found.bound() && (filter == null || filter.contains(node))) {
            found.offer(distance, node);
        }
        float own = asEstimate(distance);
        for (int from = 0; from < slots; from += CodeKernels.LARGEST_BLOCK) {
            int count = Math.min(CodeKernels.LARGEST_BLOCK, slots - from);
            long below = codes.below(node, from, count, own, candidates.bound(), prepared);
            offer(node * strideBytes + linksOffset + (long) from * Integer.BYTES, below);
        }
    }

    /** Of rows of one length squared distances are twice the products, but for a constant. */
    private float asEstimate(float distance) {
        return isDot ? 2 * distance : distance;
    }

    private void offer(long links, long below) {
        for (long rest = below; rest != 0; rest &= rest - 1) {
            int slot = Long.numberOfTrailingZeros(rest);
            int link = records.get(LayeredGraph.INT, links + (long) slot * Integer.BYTES);
            // Places are emptied while others search (LinkLists): the code was seen, the link not.
            if (link != LayeredGraph.NONE && !visited.has(link)) {
                candidates.offer(prepared.estimate(slot), link);
            }
        }
    }

    /** Touches all of a record, so that it comes from memory at once and not line by line. */
    private void readAhead(int node) {
        long record = node * strideBytes;
        int touched = 0;
        for (long at = 0; at < strideBytes; at += LINE_BYTES) {
            touched ^= records.get(LayeredGraph.INT, record + at);
        }
        readAhead = touched;
    }
}
