package io.millrace.index;

/**
 * How sound a graph is.
 *
 * @param nodes how many nodes there are.
 * @param reachable how many of them can be reached from the entry point on level 0.
 * @param levels how many levels there are.
 * @param minDegree the fewest links of a node on level 0.
 * @param meanDegree mean number of links on level 0.
 * @param maxDegree the most links of a node on level 0.
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
        int zeroInDegree,
        double selfRecall) {}
