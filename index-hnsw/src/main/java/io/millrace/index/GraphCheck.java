package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

/** Looks whether a graph is sound: links in range, every node reachable, every node found. */
@SuppressWarnings("DoNotCallSuggester")
public final class GraphCheck {
    private GraphCheck() {}

    /**
     * Checks a graph.
     *
     * @param index the graph.
     * @param sampleQueries how many nodes are searched for by their own vector.
     * @param seed decides which nodes.
     * @return what was found.
     */
    public static GraphReport check(HnswIndex index, int sampleQueries, long seed) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
