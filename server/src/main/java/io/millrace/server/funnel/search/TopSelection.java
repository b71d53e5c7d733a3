package io.millrace.server.funnel.search;

import io.millrace.core.HotPath;

/**
 * Picks the best few of many by score, best first, ties by lower ordinal.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class TopSelection {
    private final int[] ordinals;
    private final float[] scores;
    private int wanted;
    private int count;

    public TopSelection(int maxK) {
        ordinals = new int[maxK];
        scores = new float[maxK];
    }

    /** Picks the best {@code k} of {@code many} and returns how many there are. */
    public int select(int[] manyOrdinals, float[] manyScores, int many, int k) {
        begin(k);
        for (int i = 0; i < many; i++) {
            offer(manyOrdinals[i], manyScores[i]);
        }
        return end();
    }

    /** Picks from now on the best {@code k} of what is offered. */
    void begin(int k) {
        wanted = k;
        count = 0;
    }

    void offer(int ordinal, float score) {
        if (count < wanted) {
            siftUp(count++, ordinal, score);
        } else if (count > 0 && isWorse(ordinals[0], scores[0], ordinal, score)) {
            siftDown(ordinal, score, count);
        }
    }

    /** Ends what was begun, and returns how many there are. */
    int end() {
        sort();
        return count;
    }

    /** Takes the worst from the top of the heap, again and again, to the end. */
    private void sort() {
        for (int end = count - 1; end > 0; end--) {
            int worstOrdinal = ordinals[0];
            float worstScore = scores[0];
            siftDown(ordinals[end], scores[end], end);
            ordinals[end] = worstOrdinal;
            scores[end] = worstScore;
        }
    }

    /** A heap with the worst on top. */
    private void siftUp(int from, int ordinal, float score) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isWorse(ordinal, score, ordinals[parent], scores[parent])) {
                break;
            }
            ordinals[at] = ordinals[parent];
            scores[at] = scores[parent];
            at = parent;
        }
        ordinals[at] = ordinal;
        scores[at] = score;
    }

    private void siftDown(int ordinal, float score, int size) {
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            int right = child + 1;
            if (right < size
                    && isWorse(ordinals[right], scores[right], ordinals[child], scores[child])) {
                child = right;
            }
            if (!isWorse(ordinals[child], scores[child], ordinal, score)) {
                break;
            }
            ordinals[at] = ordinals[child];
            scores[at] = scores[child];
            at = child;
        }
        ordinals[at] = ordinal;
        scores[at] = score;
    }

    private static boolean isWorse(int ordinal, float score, int than, float thanScore) {
        return score < thanScore || (score == thanScore && ordinal > than);
    }

    public int ordinal(int index) {
        return ordinals[index];
    }

    public float score(int index) {
        return scores[index];
    }
}
