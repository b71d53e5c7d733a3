package io.millrace.index.graph;

import io.millrace.core.HotPath;

/**
 * Tells whether what a filter accepts lies elsewhere than a query: whether far more rows are nearer
 * than the last of an answer than there would be, did the filter accept rows by chance. A sample of
 * all rows says so; it tells a hole of a tenth of them in 99 of 100 cases.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class HoleCheck {
    private static final int SAMPLE = 64;

    private final RowSpace space;
    private final Effort effort;
    private final int[] rows = new int[SAMPLE];
    private final float[] distances = new float[SAMPLE];

    /**
     * A check of one thread.
     *
     * @param space the rows.
     * @param effort told of all that is measured.
     */
    public HoleCheck(RowSpace space, Effort effort) {
        this.space = space;
        this.effort = effort;
    }

    /**
     * Whether the query lies in a hole.
     *
     * @param query the query, padded.
     * @param count rows from 0 up to here are sampled; not 0.
     * @param last distance of the last of an answer.
     * @param share how many rows were wanted, as a part of those that are accepted.
     * @return true when more rows are nearer than chance makes likely.
     */
    @HotPath
    public boolean isInHole(float[] query, int count, float last, double share) {
        for (int i = 0; i < SAMPLE; i++) {
            rows[i] = EvenSample.at(i, count);
        }
        space.distances(query, rows, SAMPLE, distances);
        effort.count(SAMPLE);
        int nearer = 0;
        for (float distance : distances) {
            nearer += distance < last ? 1 : 0;
        }
        return nearer > 1 + 2 * share * SAMPLE;
    }
}
