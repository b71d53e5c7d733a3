package io.millrace.index.graph;

import io.millrace.core.random.SplitRandom;

import java.util.Arrays;

/**
 * On which level each node is, and in what order nodes are inserted: those of high level first,
 * else shuffled. So the upper levels are complete, and made of nodes from everywhere, before the
 * mass of the nodes comes. Both follow from ordinal and seed alone.
 */
final class InsertionOrder {
    static final int HIGHEST_LEVEL = 15;

    private static final int ORDINAL_BITS = 32;
    private static final int SHUFFLE_BITS = 27;
    private static final double UNIT = 0x1.0p-53;

    private final int[] nodes;
    private final byte[] levels;
    private int count;
    private int upperCount;

    InsertionOrder(int count, int maxConnections, long seed) {
        levels = new byte[count];
        long[] keys = new long[count];
        long stream = SplitRandom.mix64(seed);
        int above = 0;
        for (int node = 0; node < count; node++) {
            long hash = SplitRandom.mix64(stream + node);
            int level = level(hash, maxConnections);
            long shuffle = SplitRandom.mix64(hash) >>> (Long.SIZE - SHUFFLE_BITS);
            levels[node] = (byte) level;
            above += level > 0 ? 1 : 0;
            keys[node] =
                    (long) (HIGHEST_LEVEL - level) << (ORDINAL_BITS + SHUFFLE_BITS)
                            | shuffle << ORDINAL_BITS
                            | node;
        }
        Arrays.parallelSort(keys);
        nodes = new int[count];
        for (int i = 0; i < count; i++) {
            nodes[i] = (int) keys[i];
        }
        this.count = count;
        upperCount = above;
    }

    /** How many lists the upper levels have. */
    static long upperLists(int count, int maxConnections, long seed) {
        long stream = SplitRandom.mix64(seed);
        long lists = 0;
        for (int node = 0; node < count; node++) {
            lists += level(SplitRandom.mix64(stream + node), maxConnections);
        }
        return lists;
    }

    /** How many nodes stand on an upper level, as far as that is at most some number. */
    static int highNodes(int count, int maxConnections, long seed, int most) {
        long stream = SplitRandom.mix64(seed);
        int high = 0;
        for (int node = 0; node < count && high < most; node++) {
            high += level(SplitRandom.mix64(stream + node), maxConnections) > 0 ? 1 : 0;
        }
        return high;
    }

    /** Moves nodes that have a twin before them behind all others. */
    void leaveOut(Twins twins) {
        int[] all = nodes.clone();
        int first = 0;
        int twin = all.length - twins.count();
        int above = 0;
        for (int rank = 0; rank < all.length; rank++) {
            if (twins.isTwin(rank)) {
                nodes[twin++] = all[rank];
            } else {
                above += rank < upperCount ? 1 : 0;
                nodes[first++] = all[rank];
            }
        }
        count = first;
        upperCount = above;
    }

    /** How many nodes are inserted. */
    int count() {
        return count;
    }

    /** The nodes in the order in which they are inserted, then those that are not. */
    int[] nodes() {
        return nodes;
    }

    int level(int node) {
        return levels[node];
    }

    /** How many inserted nodes are above level 0; they come first. */
    int upperCount() {
        return upperCount;
    }

    /** Where the nodes that are inserted on the level of another one end, which is inserted. */
    int levelEnd(int rank) {
        int level = levels[nodes[rank]];
        if (level == 0) {
            return count;
        }
        int end = rank + 1;
        while (end < upperCount && levels[nodes[end]] == level) {
            end++;
        }
        return end;
    }

    /** The level a node has by its number alone. */
    static int levelOf(int node, int maxConnections, long seed) {
        return level(SplitRandom.mix64(SplitRandom.mix64(seed) + node), maxConnections);
    }

    /** A level l or higher has probability maxConnections to the power of -l. */
    private static int level(long hash, int maxConnections) {
        double uniform = (hash >>> 11) * UNIT;
        int level = 0;
        double probability = 1.0 / maxConnections;
        while (uniform < probability && level < HIGHEST_LEVEL) {
            level++;
            probability /= maxConnections;
        }
        return level;
    }
}
