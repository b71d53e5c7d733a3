package io.millrace.index.graph;

import java.util.Arrays;

/**
 * What one worker needs to find the links of a new node and to take up links to it.
 *
 * <p>Threading: one thread.
 */
final class LinkBuilder {
    /** Fewer diverse links than this are made up to it, which spread-out rows rarely need. */
    private static final int LEAST = 8;

    private final LayeredGraph graph;
    private final RowSpace space;
    private final int efConstruction;
    private final int[] mates;
    private final GraphSearcher searcher;
    private final LinkSelector selector;
    private final float[] row;
    private int[] ordinals = new int[1024];
    private float[] distances = new float[1024];
    private long[] keys = new long[1024];

    LinkBuilder(
            LayeredGraph graph, RowSpace space, int efConstruction, int maxMates, boolean isFull) {
        mates = new int[maxMates];
        this.graph = graph;
        this.space = space;
        this.efConstruction = efConstruction;
        searcher = new GraphSearcher(graph, space, efConstruction);
        // Where estimates come for free, there is no reason to leave a slot empty.
        selector = new LinkSelector(space, graph.capacity(0), isFull ? graph.capacity(0) : LEAST);
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
        searcher.searchLevel(row, start, level, efConstruction);
        return searcher.beam();
    }

    /**
     * Selects links for a node among what the last search found and its {@link #mates()}.
     *
     * @param node the node of the last search.
     * @param mateCount how many mates there are.
     * @param limit the most links.
     * @return how many links {@link #selected()} holds.
     */
    int select(int node, int mateCount, int limit) {
        Beam beam = searcher.beam();
        int found = beam.size();
        reserve(found + mateCount);
        for (int i = 0; i < found; i++) {
            keys[i] = beam.keyAt(i);
        }
        if (mateCount > 0) {
            space.distances(row, mates, mateCount, distances);
            for (int i = 0; i < mateCount; i++) {
                keys[found + i] = Beam.key(distances[i], mates[i]);
            }
            Arrays.sort(keys, 0, found + mateCount);
        }
        return selector.select(keys, found + mateCount, node, limit);
    }

    /** To be filled with nodes of the same batch, which no search can see yet. */
    int[] mates() {
        return mates;
    }

    /** What the last selection took. */
    int[] selected() {
        return selector.selected();
    }

    /**
     * Gives a node links to those who chose it: beside the ones it has while there is room, else
     * the best of all.
     */
    void takeUp(int node, int level, ReverseLinks reverse, int[] batch, int first) {
        int capacity = graph.capacity(level);
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
        if (all <= capacity) {
            for (int i = old; i < all; i++) {
                graph.setLink(node, level, i, ordinals[i]);
            }
            return;
        }
        space.copyInto(node, row);
        space.distances(row, ordinals, all, distances);
        for (int i = 0; i < all; i++) {
            keys[i] = Beam.key(distances[i], ordinals[i]);
        }
        Arrays.sort(keys, 0, all);
        int taken = selector.select(keys, all, node, capacity);
        graph.setLinks(node, level, selector.selected(), taken);
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
