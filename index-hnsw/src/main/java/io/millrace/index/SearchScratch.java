package io.millrace.index;

import java.util.Arrays;

/**
 * Memory for the searches of one thread, made by {@link VectorIndex#newScratch}.
 *
 * <p>Threading: one thread at a time. Allocation: all of it in the constructor.
 */
public final class SearchScratch {
    /** Most links of a node that are looked at together. */
    static final int BATCH = 512;

    final float[] query;
    final Beam beam;
    final int[] batch = new int[BATCH];
    final float[] distances = new float[BATCH];

    private final int maxK;
    private final int maxEf;
    private final int[] visited;
    private int generation;

    SearchScratch(int rows, int storedDimension, int maxK, int maxEf) {
        this.maxK = maxK;
        this.maxEf = maxEf;
        this.query = new float[storedDimension];
        this.beam = new Beam(Math.max(maxK, maxEf));
        this.visited = new int[rows];
    }

    /**
     * The largest k it can be used with.
     *
     * @return from 1.
     */
    public int maxK() {
        return maxK;
    }

    /**
     * The largest efSearch it can be used with.
     *
     * @return from 1.
     */
    public int maxEf() {
        return maxEf;
    }

    /** Forgets all visits: a new generation makes every older mark stale. */
    void beginVisits() {
        if (++generation == 0) {
            Arrays.fill(visited, 0);
            generation = 1;
        }
    }

    /** Marks a row; false when it was marked before. */
    boolean visit(int ordinal) {
        if (visited[ordinal] == generation) {
            return false;
        }
        visited[ordinal] = generation;
        return true;
    }
}
