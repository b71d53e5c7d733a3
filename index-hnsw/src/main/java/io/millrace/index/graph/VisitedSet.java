package io.millrace.index.graph;

import io.millrace.core.HotPath;

import java.util.Arrays;

/**
 * Which nodes a search has seen: one stamp per node, so that forgetting all is one addition. Stamps
 * are single bytes, which keeps those of a million nodes in the second cache; every 255 searches
 * they are wiped.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class VisitedSet {
    private final byte[] stamps;
    private byte stamp;

    VisitedSet(int count) {
        stamps = new byte[count];
    }

    @HotPath
    void clear() {
        stamp++;
        if (stamp == 0) {
            Arrays.fill(stamps, (byte) 0);
            stamp = 1;
        }
    }

    /** Whether the node was seen. */
    @HotPath
    boolean has(int node) {
        return stamps[node] == stamp;
    }

    /** Forgets that the node was seen. */
    @HotPath
    void remove(int node) {
        stamps[node] = 0;
    }

    /** Whether the node was not seen before; from now on it was. */
    @HotPath
    boolean add(int node) {
        if (stamps[node] == stamp) {
            return false;
        }
        stamps[node] = stamp;
        return true;
    }
}
