package io.millrace.data.train.collaborative;

import io.millrace.core.error.MillraceException;

/**
 * How to list the neighbours of items.
 *
 * @param neighbours most neighbours of an item.
 * @param shrinkage what keeps items that few watched from the top of the lists, in users.
 * @param threads how many threads; does not change the result.
 */
public record NeighbourPlan(int neighbours, float shrinkage, int threads) {
    private static final int NEIGHBOURS = 500;
    private static final int MOST_NEIGHBOURS = 10_000;
    private static final float SHRINKAGE = 10;

    /** Validates. */
    public NeighbourPlan {
        if (neighbours < 1 || neighbours > MOST_NEIGHBOURS || !(shrinkage >= 0) || threads < 1) {
            throw MillraceException.usage(
                    "cannot list neighbours: neighbours=%d, limit=1 to %d; shrinkage=%s, least=0;"
                            + " threads=%d, least=1; change them",
                    neighbours, MOST_NEIGHBOURS, shrinkage, threads);
        }
    }

    /**
     * 500 neighbours, shrunk by 10 users.
     *
     * @param threads how many threads.
     * @return the plan.
     */
    public static NeighbourPlan defaults(int threads) {
        return new NeighbourPlan(NEIGHBOURS, SHRINKAGE, threads);
    }
}
