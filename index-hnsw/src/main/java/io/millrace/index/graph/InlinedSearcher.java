package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.simd.CodeKernels;
import io.millrace.index.filter.OrdinalFilter;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Searches a graph by the codes its records hold of their neighbours: a visit estimates how far all
 * neighbours are, exact distances are computed for visited nodes alone.
 *
 * <p>Nodes are visited two at a time, because the time of a visit is that of the record's way from
 * memory: two records come side by side. Among a million rows of 128 numbers it makes searches a
 * fifth faster, at four more visits in a hundred.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class InlinedSearcher {
    private static final int LINE_BYTES = 64;

    private final RowSpace space;
    private final NeighbourCodes codes;
    private final NeighbourCodes.Query prepared;
    private final MemorySegment records;
    private final Effort effort;
    private final @Nullable Hubs hubs;
    private final Beam starts;
    private final Beam candidates;
    private final Beam found;
    private final VisitedSet visited;
    private final int slots;
    private final long strideBytes;
    private final long linksOffset;
    private final boolean isDot;
    private int hidden = LayeredGraph.NONE;
    private int enough;

    /** Takes what was read ahead of need, so that the compiler can't leave the reading out. */
    @SuppressWarnings("UnusedVariable")
    private int readAhead;

    /**
     * A searcher of one thread.
     *
     * @param view the graph, of an inlined layout.
     * @param maxEf the largest ef it will be given.
     * @param maxK the most results.
     * @param effort told of all that is measured.
     */
    InlinedSearcher(GraphView view, int maxEf, int maxK, Effort effort) {
        this.effort = effort;
        space = view.space();
        isDot = space.isDot();
        records = space.segment();
        NodeLayout layout = view.layout();
        slots = layout.slots();
        strideBytes = layout.strideBytes();
        linksOffset = layout.linksOffset();
        codes = view.codes();
        prepared = new NeighbourCodes.Query(layout);
        hubs = view.hubs();
        starts = new Beam(Hubs.STARTS);
        candidates = new Beam(maxEf);
        found = new Beam(maxK);
        visited = new VisitedSet(space.count());
    }

    /** What the last search found, nearest first, with exact distances. */
    Beam found() {
        return found;
    }

    /** Whether a search may begin at hubs. */
    boolean hasHubs() {
        return hubs != null;
    }

    /** Passes over a node from now on, as if it were not there. */
    void hide(int node) {
        hidden = node;
    }

    /**
     * Finds nodes of level 0 near a query, beginning at one of them, or nothing from {@link
     * LayeredGraph#NONE}; the query is rotated as the rows are. Whether there are k, the last no
     * farther than the edge of what was looked at.
     */
    @HotPath
    boolean searchFrom(float[] query, int start, int k, int ef, @Nullable OrdinalFilter filter) {
        begin(query, k, ef, k);
        if (start != LayeredGraph.NONE) {
            candidates.offer(0, start);
        }
        return walk(query, k, filter);
    }

    /**
     * Finds what a node may link to: all that a walk comes by whose copies keep their places. Fewer
     * than ef are found then, but those that count; a graph of all ef takes up to twice the time.
     */
    @HotPath
    Beam gather(float[] query, int start, int ef) {
        begin(query, ef, ef, 0);
        candidates.offer(0, start);
        walk(query, ef, null);
        return found;
    }

    /** The same as from a node, beginning at the hubs that seem nearest. */
    @HotPath
    boolean searchFromHubs(float[] query, int k, int ef, @Nullable OrdinalFilter filter) {
        begin(query, k, ef, k);
        Objects.requireNonNull(hubs).findInto(query, prepared, starts);
        for (int i = 0; i < Math.min(ef, starts.size()); i++) {
            candidates.offer(starts.distanceAt(i), starts.ordinalAt(i));
        }
        return walk(query, k, filter);
    }

    private void begin(float[] query, int k, int ef, int newEnough) {
        enough = newEnough;
        found.reset(k);
        candidates.reset(ef);
        visited.clear();
        if (hidden != LayeredGraph.NONE) {
            visited.add(hidden);
        }
        codes.prepare(query, prepared);
    }

    /** Visits the nearest candidates until none is left, or the time is over. */
    private boolean walk(float[] query, int k, @Nullable OrdinalFilter filter) {
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
        return found.size() == k && asEstimate(found.bound()) <= candidates.bound();
    }

    /**
     * The nearest candidate that was not visited yet. A node stands among the candidates once for
     * each that links to it. As long as fewer are found than are wanted its copies make room for
     * others; after that they keep their places, which ends a search in time.
     */
    private int nextUnseen() {
        int node = candidates.follow();
        while (node != LayeredGraph.NONE && !visited.add(node)) {
            if (found.size() < enough) {
                candidates.dropFollowed();
            }
            node = candidates.follow();
        }
        return node;
    }

    private void visit(float[] query, int node, @Nullable OrdinalFilter filter) {
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
