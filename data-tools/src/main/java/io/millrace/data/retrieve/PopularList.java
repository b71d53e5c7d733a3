package io.millrace.data.retrieve;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.collaborative.WatchCounts;
import io.millrace.ranker.retrieval.ItemLists;

import java.util.Arrays;

/**
 * What most users watched last, as one list for everybody.
 *
 * <p>How the length was chosen: docs/decisions/0018-retrievers-beside-the-towers.md.
 */
public final class PopularList {
    /** Watches at the end of each history that tell what is popular. */
    public static final int LAST = 10;

    private PopularList() {}

    /**
     * Counts.
     *
     * @param dataset whose histories tell it.
     * @return one list of all items that anybody watched so late, the most popular first, ties by
     *     lower ordinal; the scores are how many did.
     */
    public static ItemLists of(Dataset dataset) {
        long[] counts = WatchCounts.of(dataset, LAST).toArray();
        long[] byCount = new long[counts.length];
        int watched = 0;
        for (int item = 0; item < counts.length; item++) {
            if (counts[item] > 0) {
                byCount[watched++] = (-counts[item] << Integer.SIZE) | item;
            }
        }
        Arrays.sort(byCount, 0, watched);
        int[] items = new int[watched];
        float[] scores = new float[watched];
        for (int i = 0; i < watched; i++) {
            items[i] = (int) byCount[i];
            scores[i] = counts[items[i]];
        }
        return ItemLists.of(counts.length, new int[][] {items}, new float[][] {scores});
    }
}
