package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.index.filter.OrdinalFilter;

/**
 * Finds accepted rows that lie elsewhere than the query: perhaps around a hole, on all sides, far
 * from each other, so that a walk may end in one of many corners. The walk is a wide one, and then
 * tried by a sample of accepted rows, drawn without a look at the graph: none of them may be among
 * the nearest that was not seen.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class FarSearcher {
    /** How much wider the walk is than one near the query. */
    public static final int WIDENING = 8;

    /** The nearer half of the walk's candidates is tried; its end is ragged. */
    private static final int TRIED = WIDENING / 2;

    /**
     * So many rows of the sample should be among those. A walk that misses the part m of them
     * passes with a chance of about e^(-12 m), so that passing walks miss 3 in 100 on average at
     * most (m e^(-12 m) is largest at 1/12).
     */
    private static final int EXPECTED = 12;

    private static final int BLOCK_ROWS = 32;

    private final RowSpace space;
    private final ResumableSearcher searcher;
    private final Effort effort;
    private final int[] rows = new int[BLOCK_ROWS];
    private final float[] distances = new float[BLOCK_ROWS];

    /**
     * A searcher of one thread.
     *
     * @param space the rows.
     * @param searcher made for searches so much wider; what it found before is gone.
     * @param effort told of all that is measured.
     */
    public FarSearcher(RowSpace space, ResumableSearcher searcher, Effort effort) {
        this.space = space;
        this.searcher = searcher;
        this.effort = effort;
    }

    /**
     * What the last search found.
     *
     * @return nearest first.
     */
    public Beam found() {
        return searcher.beam();
    }

    /**
     * Finds accepted nodes, which then stand in {@link #found()}.
     *
     * @param query the query, padded.
     * @param k how many are wanted.
     * @param ef how many candidates a walk near the query would keep, at least k.
     * @param members which nodes are accepted.
     * @return whether little was missed; false as well where time was over before it was known.
     */
    @HotPath
    public boolean search(float[] query, int k, int ef, OrdinalFilter members) {
        searcher.search(query, k, WIDENING * ef, members, false);
        return !effort.isOver() && isTried(query, ef, members);
    }

    private boolean isTried(float[] query, int ef, OrdinalFilter members) {
        Beam found = searcher.beam();
        int tried = Math.min(TRIED * ef, found.size());
        if (tried == 0) {
            return false;
        }
        float edge = found.distanceAt(tried - 1);
        int size = members.size();
        int draws = (int) Math.min(size, (long) EXPECTED * size / tried);
        int drawn = 0;
        while (drawn < draws) {
            int count = 0;
            while (drawn < draws && count < BLOCK_ROWS) {
                int row = EvenSample.at(drawn++, size);
                if (members.contains(row) && !searcher.hasSeen(row)) {
                    rows[count++] = row;
                }
            }
            space.distances(query, rows, count, distances);
            if (effort.step(count) || isAnyNearer(count, edge)) {
                return false;
            }
        }
        return true;
    }

    private boolean isAnyNearer(int count, float edge) {
        for (int i = 0; i < count; i++) {
            if (distances[i] < edge) {
                return true;
            }
        }
        return false;
    }
}
