package io.millrace.index;

import java.util.Arrays;

/**
 * Chooses links that point in different directions (Malkov and Yashunin 2016, algorithm 4): a
 * candidate is taken unless it is nearer to one already taken than to the node itself.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class LinkSelector {
    private final StoredRows rows;
    private final int[] selected;
    private final float[] query;
    private long[] keys;
    private int[] ordinals;
    private float[] distances;

    LinkSelector(StoredRows rows, int capacity) {
        this.rows = rows;
        this.selected = new int[capacity];
        this.query = new float[rows.storedDimension()];
        this.keys = new long[4 * capacity];
        this.ordinals = new int[4 * capacity];
        this.distances = new float[4 * capacity];
    }

    int[] selected() {
        return selected;
    }

    /** Chooses among the nodes of a beam, nearest first; returns how many. */
    int select(Beam beam, int limit) {
        int count = 0;
        for (int i = 0; i < beam.size() && count < limit; i++) {
            count = takeIfDiverse(beam.ordinal(i), beam.distance(i), count);
        }
        return count;
    }

    /** Chooses among candidates in any order for a node; returns how many. */
    int select(int node, int[] candidates, int candidateCount, int limit) {
        if (candidateCount > keys.length) {
            keys = new long[2 * candidateCount];
            ordinals = new int[2 * candidateCount];
            distances = new float[2 * candidateCount];
        }
        rows.storedInto(node, query);
        System.arraycopy(candidates, 0, ordinals, 0, candidateCount);
        rows.distances(query, ordinals, 0, candidateCount, distances);
        for (int i = 0; i < candidateCount; i++) {
            int bits = Float.floatToRawIntBits(distances[i]);
            keys[i] = ((long) (bits ^ ((bits >> 31) & Integer.MAX_VALUE)) << 32) | ordinals[i];
        }
        Arrays.sort(keys, 0, candidateCount);
        int count = 0;
        for (int i = 0; i < candidateCount && count < limit; i++) {
            int bits = (int) (keys[i] >> 32);
            float distance = Float.intBitsToFloat(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
            count = takeIfDiverse((int) keys[i], distance, count);
        }
        return count;
    }

    private int takeIfDiverse(int candidate, float distance, int count) {
        for (int i = 0; i < count; i++) {
            if (rows.distance(candidate, selected[i]) < distance) {
                return count;
            }
        }
        selected[count] = candidate;
        return count + 1;
    }
}
