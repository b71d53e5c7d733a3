package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

/**
 * How sound a graph is.
 *
 * @param nodes how many nodes there are.
 * @param reachable how many of them can be reached from the entry point on level 0.
 * @param levels how many levels there are.
 * @param minDegree the fewest links of a node on level 0.
 * @param meanDegree mean number of links on level 0.
 * @param maxDegree the most links of a node on level 0.
 * @param inDegree how many nodes link to one on level 0.
 * @param zeroInDegree how many nodes no other node links to on level 0.
 * @param selfRecall part of the sampled nodes whose own vector finds them, or an exact duplicate,
 *     first.
 */
public record GraphReport(
        int nodes,
        int reachable,
        int levels,
        int minDegree,
        double meanDegree,
        int maxDegree,
        InDegree inDegree,
        int zeroInDegree,
        double selfRecall) {
    /** More unreachable nodes than one in so many are no accident of a few. */
    private static final int NODES_PER_LOST = 10_000;

    private static final double LEAST_SELF_RECALL = 0.95;

    /**
     * How many nodes link to one: what so many percent of the nodes do not exceed, and the most.
     *
     * @param least the fewest.
     * @param low not exceeded by 1 %.
     * @param median not exceeded by half.
     * @param high not exceeded by 99 %.
     * @param most the most.
     */
    public record InDegree(int least, int low, int median, int high, int most) {}

    /**
     * How many nodes can't be reached.
     *
     * @return from 0.
     */
    public int unreachable() {
        return nodes - reachable;
    }

    /**
     * Refuses a graph that must not be served: more than one node in 10,000 out of reach, or fewer
     * than 95 of 100 sampled nodes found by their own vector.
     *
     * @param where file of the graph, for the error.
     * @throws MillraceException UNAVAILABLE when it must not be served.
     */
    public void requireServable(Object where) {
        int limit = nodes / NODES_PER_LOST;
        // Written so that no number at all is refused too.
        if (unreachable() > limit || !(selfRecall >= LEAST_SELF_RECALL)) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "graph is not sound enough to be served: file=%s, unreachable=%d, limit=%d of"
                            + " %d, self-recall=%.4f, least=%.2f; build the bundle again",
                    where,
                    unreachable(),
                    limit,
                    nodes,
                    selfRecall,
                    LEAST_SELF_RECALL);
        }
    }
}
