package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.index.filter.OrdinalSet;

import org.jspecify.annotations.Nullable;

/**
 * Measures all rows, or those of a set, a block at a time.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class ExactScan {
    /** A key below that of every row. */
    static final long BEFORE_ALL = Long.MIN_VALUE;

    /** As many distances as stay in the first cache beside a row. */
    private static final int BLOCK_ROWS = 256;

    private final RowSpace space;
    private final float @Nullable [] factors;
    private final Effort effort;
    private final Beam found;
    private final int[] rows = new int[BLOCK_ROWS];
    private final float[] distances = new float[BLOCK_ROWS];
    private long last = BEFORE_ALL;

    /**
     * A scan of one thread.
     *
     * @param space the rows.
     * @param factors what the distance of each row is multiplied by, or null.
     * @param effort told of all that is measured.
     * @param maxK the most results.
     */
    public ExactScan(RowSpace space, float @Nullable [] factors, Effort effort, int maxK) {
        this.space = space;
        this.factors = factors;
        this.effort = effort;
        found = new Beam(maxK);
    }

    /**
     * What the last scan found.
     *
     * @return nearest first.
     */
    public Beam found() {
        return found;
    }

    /**
     * Finds the nearest rows, which then stand in {@link #found()}.
     *
     * @param query the query, padded.
     * @param k how many are wanted, from 1.
     * @param accepted only these rows, or null for all.
     */
    @HotPath
    public void search(float[] query, int k, @Nullable OrdinalSet accepted) {
        last = BEFORE_ALL;
        next(query, k, accepted);
    }

    /**
     * Finds the nearest rows behind all that were found since the last {@link #search}.
     *
     * @param query the query of that search.
     * @param k how many are wanted, from 1.
     * @param accepted the set of that search.
     */
    @HotPath
    public void next(float[] query, int k, @Nullable OrdinalSet accepted) {
        found.reset(k);
        int from = 0;
        boolean isOver = false;
        while (from < space.count() && !isOver) {
            int count = accepted == null ? takeAll(from) : take(accepted, from);
            from = count == BLOCK_ROWS ? rows[count - 1] + 1 : space.count();
            offerBlock(query, count);
            isOver = effort.step(count);
        }
        if (found.size() > 0) {
            last = found.keyAt(found.size() - 1);
        }
    }

    private int takeAll(int from) {
        int count = Math.min(BLOCK_ROWS, space.count() - from);
        for (int i = 0; i < count; i++) {
            rows[i] = from + i;
        }
        return count;
    }

    private int take(OrdinalSet accepted, int from) {
        int count = 0;
        int row = accepted.nextSet(from);
        while (row != OrdinalSet.NONE) {
            rows[count++] = row;
            row = count < BLOCK_ROWS ? accepted.nextSet(row + 1) : OrdinalSet.NONE;
        }
        return count;
    }

    private void offerBlock(float[] query, int count) {
        space.distances(query, rows, count, distances);
        float bound = found.bound();
        for (int i = 0; i < count; i++) {
            float distance = factors == null ? distances[i] : distances[i] * factors[rows[i]];
            if (distance <= bound && Beam.key(distance, rows[i]) > last) {
                found.offer(distance, rows[i]);
                bound = found.bound();
            }
        }
    }
}
