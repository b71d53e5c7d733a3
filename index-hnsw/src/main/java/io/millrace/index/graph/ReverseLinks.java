package io.millrace.index.graph;

import java.util.Arrays;

/**
 * The links that the new nodes of a batch have chosen, turned around: for each node that was
 * chosen, who chose it. Grouping is done by one thread in the order of the batch, so it does not
 * depend on who searched when.
 */
final class ReverseLinks {
    private static final int END = -1;

    private final int[] firstEdge;
    private final int perNode;
    private int[] targets = new int[0];
    private int[] nextEdge = new int[0];
    private int[] chosen = new int[0];
    private int chosenCount;

    /**
     * No links yet.
     *
     * @param count how many nodes the graph has.
     * @param perNode the most links a new node chooses.
     */
    ReverseLinks(int count, int perNode) {
        this.perNode = perNode;
        firstEdge = new int[count];
        Arrays.fill(firstEdge, END);
    }

    /** Forgets the batch before and makes room for one. */
    void begin(int batchSize) {
        for (int i = 0; i < chosenCount; i++) {
            firstEdge[chosen[i]] = END;
        }
        chosenCount = 0;
        if (targets.length < batchSize * perNode) {
            targets = new int[batchSize * perNode];
            nextEdge = new int[batchSize * perNode];
            chosen = new int[batchSize * perNode];
        }
    }

    /** Notes what a new node has chosen; distinct members may be noted by distinct threads. */
    void choose(int member, int[] links, int count) {
        int edge = member * perNode;
        System.arraycopy(links, 0, targets, edge, count);
        if (count < perNode) {
            targets[edge + count] = END;
        }
    }

    /** Groups what the members of a batch have chosen by the chosen node. */
    void group(int batchSize) {
        for (int member = 0; member < batchSize; member++) {
            int from = member * perNode;
            for (int edge = from; edge < from + perNode && targets[edge] != END; edge++) {
                int target = targets[edge];
                if (firstEdge[target] == END) {
                    chosen[chosenCount++] = target;
                }
                nextEdge[edge] = firstEdge[target];
                firstEdge[target] = edge;
            }
        }
    }

    /** How many nodes were chosen. */
    int chosenCount() {
        return chosenCount;
    }

    /** A node that was chosen. */
    int chosen(int index) {
        return chosen[index];
    }

    /** How many members chose a node. */
    int countOf(int node) {
        int count = 0;
        for (int edge = firstEdge[node]; edge != END; edge = nextEdge[edge]) {
            count++;
        }
        return count;
    }

    /** Members that chose a node, the last first, appended to an array; answers its new count. */
    int membersInto(int node, int[] members, int count) {
        int end = count;
        for (int edge = firstEdge[node]; edge != END; edge = nextEdge[edge]) {
            members[end++] = edge / perNode;
        }
        return end;
    }
}
