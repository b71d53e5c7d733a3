package io.millrace.index.graph;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which nodes links of level 0 lead to.
 *
 * <p>Threading: one thread.
 */
public final class Reachability {
    private final LayeredGraph graph;
    private final BitSet reached;
    private final int[] links;
    private int[] pending = new int[1024];

    /**
     * Nothing is reached yet.
     *
     * @param graph the graph.
     */
    public Reachability(LayeredGraph graph) {
        this.graph = graph;
        reached = new BitSet(graph.count());
        links = new int[graph.capacity(0)];
    }

    /**
     * Reaches a node and all it leads to.
     *
     * @param start the node.
     */
    public void reachFrom(int start) {
        int count = 0;
        if (!reached.get(start)) {
            reached.set(start);
            pending[count++] = start;
        }
        while (count > 0) {
            int node = pending[--count];
            int linkCount = graph.linksInto(node, 0, links);
            if (count + linkCount > pending.length) {
                pending = Arrays.copyOf(pending, 2 * pending.length + linkCount);
            }
            for (int i = 0; i < linkCount; i++) {
                if (!reached.get(links[i])) {
                    reached.set(links[i]);
                    pending[count++] = links[i];
                }
            }
        }
    }

    /**
     * Whether a node is reached.
     *
     * @param node which node.
     * @return whether it is.
     */
    public boolean isReached(int node) {
        return reached.get(node);
    }

    /**
     * How many nodes are reached.
     *
     * @return at most all.
     */
    public int count() {
        return reached.cardinality();
    }

    /**
     * The next node that is not reached.
     *
     * @param from where to look from.
     * @return the node, or {@link LayeredGraph#NONE}.
     */
    public int nextUnreached(int from) {
        int node = reached.nextClearBit(from);
        return node < graph.count() ? node : LayeredGraph.NONE;
    }
}
