package io.millrace.index.graph;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * What one worker needs to find the links of a new node and to take up links to it.
 *
 * <p>Threading: one thread.
 */
final class LinkBuilder {
    private final LayeredGraph graph;
    private final RowSpace space;
    private final int efConstruction;
    private final int[] mates;
    private final LayoutSearcher searcher;
    private final NeighbourCodes.@Nullable Encoder encoder;
    private final LinkSelector selector;
    private final float[] row;
    private Beam found;
    private int[] ordinals = new int[1024];
    private float[] distances = new float[1024];
    private long[] keys = new long[1024];

    LinkBuilder(GraphView view, int efConstruction, int maxMates) {
        mates = new int[maxMates];
        graph = view.graph();
        space = view.space();
        this.efConstruction = efConstruction;
        searcher = new LayoutSearcher(view, efConstruction, efConstruction, new Effort());
        found = searcher.found();
        boolean isInlined = view.layout().isInlined();
        encoder = isInlined ? view.encoder() : null;
        selector = new LinkSelector(space, graph.capacity(0), isInlined);
        row = new float[space.paddedDimension()];
    }

    /** Where greedy search for a node ends above a level. */
    int descend(int node, int toLevel) {
        space.copyInto(node, row);
        return searcher.descend(row, graph.entry(), graph.topLevel(), toLevel);
    }

    /** Nodes near another one, found from a start; they stand in the answer until the next call. */
    Beam search(int node, int start, int level) {
        space.copyInto(node, row);
        found = searcher.searchLevel(row, start, level, efConstruction);
        return found;
    }

    /**
     * Selects links for a node among what the last search found and its {@link #mates()}.
     *
     * @param node the node of the last search.
     * @param mateCount how many mates there are.
     * @param level on which level.
     * @return how many links {@link #selected()} holds.
     */
    int select(int node, int mateCount, int level) {
        int count = found.size();
        reserve(count + mateCount);
        for (int i = 0; i < count; i++) {
            keys[i] = found.keyAt(i);
        }
        if (mateCount > 0) {
            space.distances(row, mates, mateCount, distances);
            for (int i = 0; i < mateCount; i++) {
                keys[count + i] = Beam.key(distances[i], mates[i]);
            }
            Arrays.sort(keys, 0, count + mateCount);
        }
        // Of plain lists half the places are left to those who choose the node later.
        int limit = encoder == null ? graph.capacity(1) : graph.capacity(level);
        return selector.select(keys, count + mateCount, node, limit);
    }

    /** To be filled with nodes of the same batch, which no search can see yet. */
    int[] mates() {
        return mates;
    }

    /** What the last selection took. */
    int[] selected() {
        return selector.selected();
    }

    /** Gives a node the links that were selected. */
    void setLinks(int node, int level, int count) {
        graph.setLinks(node, level, selector.selected(), count);
        if (level == 0) {
            encode(node, 0);
        }
    }

    /** Makes the codes of a node's neighbours those of its links, from some link on. */
    void encode(int node, int from) {
        if (encoder != null) {
            encoder.encode(graph, node, from);
        }
    }

    /**
     * Gives a node links to those who chose it: beside the ones it has while there is room, else
     * the best of all.
     */
    void takeUp(int node, int level, ReverseLinks reverse, int[] batch, int first) {
        int old = graph.linksInto(node, level, ordinals);
        reserve(old + reverse.countOf(node));
        int count = reverse.membersInto(node, ordinals, old);
        int all = old;
        for (int i = old; i < count; i++) {
            int newcomer = batch[first + ordinals[i]];
            if (!contains(ordinals, old, newcomer)) {
                ordinals[all++] = newcomer;
            }
        }
        takeUp(node, level, old, all);
    }

    /** The same on level 0 for some part of a table of those who chose nodes. */
    void takeUp(int node, int[] sources, int from, int to) {
        int old = graph.linksInto(node, 0, ordinals);
        reserve(old + to - from);
        int all = old;
        for (int i = from; i < to; i++) {
            if (!contains(ordinals, old, sources[i])) {
                ordinals[all++] = sources[i];
            }
        }
        takeUp(node, 0, old, all);
    }

    /** Links a node to the ordinals that were put together, of which it has the first already. */
    private void takeUp(int node, int level, int old, int all) {
        int capacity = graph.capacity(level);
        if (all <= capacity) {
            for (int i = old; i < all; i++) {
                graph.setLink(node, level, i, ordinals[i]);
            }
            if (level == 0) {
                encode(node, old);
            }
            return;
        }
        space.copyInto(node, row);
        space.distances(row, ordinals, all, distances);
        for (int i = 0; i < all; i++) {
            keys[i] = Beam.key(distances[i], ordinals[i]);
        }
        Arrays.sort(keys, 0, all);
        setLinks(node, level, selector.select(keys, all, node, capacity));
    }

    private void reserve(int count) {
        if (keys.length < count) {
            int length = Math.max(count, 2 * keys.length);
            ordinals = Arrays.copyOf(ordinals, length);
            distances = new float[length];
            keys = new long[length];
        }
    }

    private static boolean contains(int[] values, int count, int value) {
        for (int i = 0; i < count; i++) {
            if (values[i] == value) {
                return true;
            }
        }
        return false;
    }
}
