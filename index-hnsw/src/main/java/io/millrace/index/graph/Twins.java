package io.millrace.index.graph;

import io.millrace.core.thread.WorkCrew;

import java.util.Arrays;

/**
 * Rows that are equal, number for number. Only the first of them is inserted: a crowd of equal rows
 * would fill the beam of every search near it, and the nodes around would find nobody else to link
 * to. The others are hung behind the first when the graph stands, as a tree:
 *
 * <pre>
 *   first → twin 1 → twin 3, twin 4     each twin also links to the first and to what the first
 *         → twin 2 → twin 5, ...        links to; what the first gave up for its twins, twin 1 has
 * </pre>
 *
 * <p>Threading: rows are hashed by the crew, the rest is done by one thread.
 */
final class Twins {
    private static final int FAN_OUT = 4;
    private static final int HASH_CHUNK = 1024;
    private static final long RANK_BITS = 0xFFFF_FFFFL;

    private final LayeredGraph graph;
    private final int[] nodes;

    /** For each rank in the order of insertion the rank of the first twin, maybe its own. */
    private final int[] firsts;

    private int twinCount;

    /**
     * Looks for equal rows.
     *
     * @param graph the graph that will be built.
     * @param space its rows.
     * @param nodes all nodes in the order in which they would be inserted.
     * @param crew who looks.
     */
    Twins(LayeredGraph graph, RowSpace space, int[] nodes, WorkCrew crew) {
        this.graph = graph;
        this.nodes = nodes.clone();
        firsts = new int[nodes.length];
        long[] keys = new long[nodes.length];
        crew.run(
                nodes.length,
                HASH_CHUNK,
                (worker, from, to) -> {
                    for (int rank = from; rank < to; rank++) {
                        keys[rank] = (space.hash(nodes[rank]) & ~RANK_BITS) | rank;
                    }
                });
        Arrays.parallelSort(keys);
        for (int i = 0; i < keys.length; ) {
            int end = i + 1;
            while (end < keys.length && (keys[end] & ~RANK_BITS) == (keys[i] & ~RANK_BITS)) {
                end++;
            }
            pair(keys, i, end, space);
            i = end;
        }
    }

    /** Finds the twins among rows of one hash, which stand in the order of their ranks. */
    private void pair(long[] keys, int from, int to, RowSpace space) {
        for (int i = from; i < to; i++) {
            int rank = (int) keys[i];
            firsts[rank] = rank;
            for (int j = from; j < i; j++) {
                int other = (int) keys[j];
                if (firsts[other] == other && space.isEqual(nodes[rank], nodes[other])) {
                    firsts[rank] = other;
                    twinCount++;
                    break;
                }
            }
        }
    }

    /** How many nodes have a twin before them. */
    int count() {
        return twinCount;
    }

    /** Whether the node of a rank has a twin before it. */
    boolean isTwin(int rank) {
        return firsts[rank] != rank;
    }

    /** Hangs all twins behind their firsts. */
    void hang() {
        if (twinCount == 0) {
            return;
        }
        long[] pairs = new long[twinCount];
        int count = 0;
        for (int rank = 0; rank < firsts.length; rank++) {
            if (isTwin(rank)) {
                pairs[count++] = (long) firsts[rank] << Integer.SIZE | rank;
            }
        }
        Arrays.sort(pairs);
        for (int i = 0; i < count; ) {
            int first = (int) (pairs[i] >>> Integer.SIZE);
            int end = i;
            while (end < count && (int) (pairs[end] >>> Integer.SIZE) == first) {
                end++;
            }
            int[] crowd = new int[1 + end - i];
            crowd[0] = nodes[first];
            for (int j = i; j < end; j++) {
                crowd[1 + j - i] = nodes[(int) pairs[j]];
            }
            hang(crowd);
            i = end;
        }
    }

    private void hang(int[] crowd) {
        int capacity = graph.capacity(0);
        int fanOut = Math.min(FAN_OUT, capacity / 2);
        int[] own = new int[capacity];
        int ownCount = graph.linksInto(crowd[0], 0, own);
        int kept = Math.min(ownCount, capacity - Math.min(fanOut, crowd.length - 1));
        int[] links = new int[capacity];
        for (int i = 0; i < crowd.length; i++) {
            int count = 0;
            long firstChild = (long) fanOut * i + 1;
            for (long child = firstChild;
                    child < firstChild + fanOut && child < crowd.length;
                    child++) {
                links[count++] = crowd[(int) child];
            }
            if (i == 1) {
                for (int j = kept; j < ownCount; j++) {
                    links[count++] = own[j];
                }
            }
            if (i > 0 && count < capacity) {
                links[count++] = crowd[0];
            }
            for (int j = 0; j < kept && count < capacity; j++) {
                links[count++] = own[j];
            }
            graph.setLinks(crowd[i], 0, links, count);
        }
    }
}
