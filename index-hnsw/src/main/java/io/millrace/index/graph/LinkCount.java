package io.millrace.index.graph;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.util.Arrays;

/**
 * Counts the links of nodes, and refuses those that cannot be.
 *
 * <p>Threading: one thread. Allocation: 4 bytes for each node of the graph.
 */
public final class LinkCount {
    private final LayeredGraph graph;
    private final int[] links;
    private final int[] inDegrees;
    private int least = Integer.MAX_VALUE;
    private int most;
    private long total;

    /** Of no node of a graph yet. */
    public LinkCount(LayeredGraph graph) {
        this.graph = graph;
        links = new int[graph.capacity(0)];
        inDegrees = new int[graph.count()];
    }

    /**
     * Counts the links of a node.
     *
     * @throws MillraceException CORRUPT_FILE when one leads back to the node, twice to the same, or
     *     to a node that is not on its level.
     */
    public void add(int node) {
        for (int level = graph.level(node); level >= 0; level--) {
            int degree = graph.linksInto(node, level, links);
            if (level == 0) {
                least = Math.min(least, degree);
                most = Math.max(most, degree);
                total += degree;
            }
            Arrays.sort(links, 0, degree);
            for (int i = 0; i < degree; i++) {
                int link = links[i];
                boolean isDouble = i > 0 && link == links[i - 1];
                boolean isOutside = link < 0 || link >= graph.count();
                if (isDouble || isOutside || link == node || graph.level(link) < level) {
                    throw badLink(node, level, link);
                }
                if (level == 0) {
                    inDegrees[link]++;
                }
            }
        }
    }

    private MillraceException badLink(int node, int level, int link) {
        return MillraceException.of(
                ErrorCode.CORRUPT_FILE,
                "a bad link in the graph: node=%d, level=%d, link=%d, nodes=%d; build it again",
                node,
                level,
                link,
                graph.count());
    }

    /** Adds what was counted of other nodes of the same graph. */
    public void add(LinkCount others) {
        least = Math.min(least, others.least);
        most = Math.max(most, others.most);
        total += others.total;
        for (int node = 0; node < inDegrees.length; node++) {
            inDegrees[node] += others.inDegrees[node];
        }
    }

    /** The fewest links of a node on the lowest level. */
    public int least() {
        return least;
    }

    /** The most links of a node on the lowest level. */
    public int most() {
        return most;
    }

    /** Links of all nodes on the lowest level. */
    public long total() {
        return total;
    }

    /** How many links lead to each node on the lowest level. */
    public int[] inDegrees() {
        return inDegrees;
    }
}
