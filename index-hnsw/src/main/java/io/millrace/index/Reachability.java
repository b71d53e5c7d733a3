package io.millrace.index;

import java.util.Arrays;

/**
 * Which nodes can be reached on level 0.
 *
 * <p>Threading: one thread.
 */
final class Reachability {
    private final LayeredGraph graph;
    private final boolean[] isReached;
    private final int[] links;
    private int[] stack = new int[1_024];
    private int count;

    Reachability(LayeredGraph graph, int nodes) {
        this.graph = graph;
        this.isReached = new boolean[nodes];
        this.links = new int[graph.capacity(0)];
    }

    /** Marks all that can be reached from a node. */
    void spreadFrom(int start) {
        int size = 0;
        if (!isReached[start]) {
            isReached[start] = true;
            count++;
            stack[size++] = start;
        }
        while (size > 0) {
            int degree = graph.linksInto(stack[--size], 0, links);
            for (int i = 0; i < degree; i++) {
                if (!isReached[links[i]]) {
                    isReached[links[i]] = true;
                    count++;
                    if (size == stack.length) {
                        stack = Arrays.copyOf(stack, size * 2);
                    }
                    stack[size++] = links[i];
                }
            }
        }
    }

    boolean isReached(int node) {
        return isReached[node];
    }

    int count() {
        return count;
    }
}
