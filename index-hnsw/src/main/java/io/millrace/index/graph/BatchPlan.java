package io.millrace.index.graph;

/**
 * How many nodes are inserted side by side while a graph is built.
 *
 * @param growth the part of the nodes that stand already that a batch has at most.
 * @param share the part of all nodes that it has at most; 0 inserts one node after the other.
 * @param leastHomes how many nodes must stand above an upper level before the nodes of that level
 *     are lined up by them, as those of level 0 always are. Where fewer do, the graph so far is in
 *     the cache in any order.
 */
public record BatchPlan(double growth, double share, int leastHomes) {
    /** What builds use. */
    public static final BatchPlan DEFAULT = new BatchPlan(0.05, 0.02, 1 << 14);

    /** The links that a batch chooses stand in one array. */
    private static final int MOST_LINKS = Integer.MAX_VALUE - 8;

    /**
     * Size of the next batch.
     *
     * @param done how many nodes stand.
     * @param end how many are to stand when all batches are done, more than that.
     * @param count how many nodes there are in all.
     * @param links how many links of a node are turned around.
     * @return from 1.
     */
    int size(int done, int end, int count, int links) {
        long wanted = (long) Math.min(done * growth, count * share);
        return Math.toIntExact(Math.clamp(wanted, 1, Math.min(end - done, MOST_LINKS / links)));
    }
}
