package io.millrace.index.graph;

import java.util.Arrays;

/**
 * Chooses links that lead in different directions (Malkov, Yashunin 2016, algorithm 4): nearest
 * first, a candidate is taken when it is nearer to the node than to any one taken before.
 *
 * <p>That leaves places empty. Where a visit looks at all places anyway ({@link InlinedSearcher}),
 * they are filled with candidates that are not much nearer to one taken before (Subramanya et al.:
 * DiskANN, NeurIPS 2019, section 2.2), in rounds that ask for less and less, and in the end with
 * the nearest of the others; against filling up with the nearest alone, recall at a given number of
 * visits misses a third less. Plain graphs stay sparse, but a few links every node needs: rows
 * whose lengths differ by orders of magnitude would else hang on three links each, and one in six
 * would not be found.
 *
 * <p>Threading: one thread. Allocation: none after construction but for longer lists.
 */
final class LinkSelector {
    /**
     * How many times as near to the node as to a taken one, by squared distance, a candidate must
     * not be, round by round.
     */
    private static final float[] SLACK = {1f, 1.2f, 1.5f};

    private static final float[] NO_SLACK = {1f};

    /** The round behind all others, which takes the nearest of what is left. */
    static final int LAST_ROUND = SLACK.length;

    /** Fewer diverse links than this are made up to it, which spread-out rows rarely need. */
    private static final int LEAST = 8;

    private final RowSpace space;
    private final int[] selected;

    /** In which round each of the selected ones was taken. */
    private final int[] rounds;

    private final float[] slacks;
    private final int least;

    /** Squared distance of each candidate and the nearest selected one it was compared with. */
    private float[] nearest = new float[1024];

    /** How many of the selected ones each candidate was compared with; all when it is out. */
    private int[] compared = new int[1024];

    /**
     * A selector of one thread.
     *
     * @param space the rows.
     * @param capacity the most links that will be asked for.
     * @param isFilling whether no place is to stay empty.
     */
    LinkSelector(RowSpace space, int capacity, boolean isFilling) {
        this.space = space;
        slacks = isFilling ? SLACK : NO_SLACK;
        least = isFilling ? capacity : LEAST;
        selected = new int[capacity];
        rounds = new int[capacity];
    }

    /**
     * Whether a candidate is not taken in a round because of one that was taken before.
     *
     * @param round which round, before the last.
     * @param gap squared distance of both.
     * @param limit squared distance of the candidate and the node.
     */
    static boolean isTooNear(int round, float gap, float limit) {
        return !(SLACK[round] * gap > limit);
    }

    /** What the last selection took, the strictly chosen ones first. */
    int[] selected() {
        return selected;
    }

    /** The rounds in which they were taken; of links that stayed that is not known. */
    int[] rounds() {
        return rounds;
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
        return select(keys, count, node, 0, limit);
    }

    /**
     * Selects among candidates what goes well beside links that stay.
     *
     * @param kept the links that stay, which stand first in what was selected.
     * @param keptCount how many.
     * @param keys candidates as {@link Beam} keys, in rising order, none of them kept.
     * @param count how many.
     * @param node the node that gets the links; itself never taken.
     * @param limit the most links, with those that stay.
     * @return how many there are, with those that stay.
     */
    int selectBeside(int[] kept, int keptCount, long[] keys, int count, int node, int limit) {
        System.arraycopy(kept, 0, selected, 0, keptCount);
        return select(keys, count, node, keptCount, limit);
    }

    private int select(long[] keys, int count, int node, int keptCount, int limit) {
        reset(count);
        float square = space.twiceSquare(node);
        int taken = keptCount;
        int wanted = limit;
        for (int round = 0; round < slacks.length; round++) {
            for (int i = 0; i < count && taken < wanted; i++) {
                int candidate = Beam.ordinal(keys[i]);
                if (candidate == node) {
                    compared[i] = Integer.MAX_VALUE;
                } else if (compared[i] < Integer.MAX_VALUE
                        && isDiverse(i, candidate, keys[i], square, slacks[round], taken)) {
                    compared[i] = Integer.MAX_VALUE;
                    rounds[taken] = round;
                    selected[taken++] = candidate;
                }
            }
            wanted = Math.min(least, limit);
        }
        for (int i = 0; i < count && taken < wanted; i++) {
            if (compared[i] < Integer.MAX_VALUE) {
                rounds[taken] = LAST_ROUND;
                selected[taken++] = Beam.ordinal(keys[i]);
            }
        }
        return taken;
    }

    private void reset(int count) {
        if (nearest.length < count) {
            nearest = new float[2 * count];
            compared = new int[2 * count];
        }
        Arrays.fill(nearest, 0, count, Float.POSITIVE_INFINITY);
        Arrays.fill(compared, 0, count, 0);
    }

    /** Compares with those taken since the last round, until one is too near. */
    private boolean isDiverse(
            int index, int candidate, long key, float square, float slack, int taken) {
        float limit = space.gap(square, Beam.distance(key));
        while (slack * nearest[index] > limit) {
            if (compared[index] == taken) {
                return true;
            }
            float distance = space.distance(candidate, selected[compared[index]]);
            nearest[index] = Math.min(nearest[index], space.gap(square, distance));
            compared[index]++;
        }
        return false;
    }
}
