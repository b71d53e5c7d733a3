package io.millrace.index.graph;

/**
 * Chooses links that lead in different directions (Malkov, Yashunin 2016, algorithm 4): nearest
 * first, a candidate is taken when it is nearer to the node than to any one taken before. Where
 * that leaves very few, the nearest of the others are taken too: rows whose lengths differ by
 * orders of magnitude would else hang on three links each, and one in six would not be found.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class LinkSelector {
    private final RowSpace space;
    private final int[] selected;
    private final int least;

    LinkSelector(RowSpace space, int capacity, int least) {
        this.space = space;
        this.least = least;
        selected = new int[capacity];
    }

    /** What the last selection took, nearest first. */
    int[] selected() {
        return selected;
    }

    /**
     * Selects among candidates.
     *
     * @param keys candidates as {@link Beam} keys, in rising order.
     * @param count how many.
     * @param node the node that gets the links; itself never taken.
     * @param limit the most links to take.
     * @return how many were taken.
     */
    int select(long[] keys, int count, int node, int limit) {
        int taken = 0;
        for (int i = 0; i < count && taken < limit; i++) {
            int candidate = Beam.ordinal(keys[i]);
            if (candidate != node && isDiverse(candidate, Beam.distance(keys[i]), taken)) {
                selected[taken++] = candidate;
            }
        }
        return taken < least ? fill(keys, count, node, taken, Math.min(least, limit)) : taken;
    }

    /** Takes the nearest ones that are left. */
    private int fill(long[] keys, int count, int node, int taken, int wanted) {
        int diverse = taken;
        for (int i = 0; i < count && taken < wanted; i++) {
            int candidate = Beam.ordinal(keys[i]);
            if (candidate != node && !isAmong(candidate, diverse)) {
                selected[taken++] = candidate;
            }
        }
        return taken;
    }

    private boolean isAmong(int candidate, int count) {
        for (int i = 0; i < count; i++) {
            if (selected[i] == candidate) {
                return true;
            }
        }
        return false;
    }

    private boolean isDiverse(int candidate, float distance, int taken) {
        for (int i = 0; i < taken; i++) {
            if (space.distance(candidate, selected[i]) <= distance) {
                return false;
            }
        }
        return true;
    }
}
