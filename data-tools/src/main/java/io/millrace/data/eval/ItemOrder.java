package io.millrace.data.eval;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.train.collaborative.WatchCounts;

import java.util.Arrays;

/**
 * One order of all items for everybody, by popularity: the baseline of retrieval.
 *
 * <p>Threading: immutable. Allocation: the answers.
 */
final class ItemOrder {
    private final int[] order;
    private final int[] positions;

    private ItemOrder(int[] order) {
        this.order = order;
        this.positions = new int[order.length];
        for (int position = 0; position < order.length; position++) {
            positions[order[position]] = position;
        }
    }

    /** By how many users have an item in their watch history. */
    static ItemOrder byHistories(Dataset dataset) {
        return byCounts(historyCounts(dataset), dataset);
    }

    /** By histories and clicks in the training impressions together. */
    static ItemOrder byHistoriesAndClicks(Dataset dataset) {
        long[] counts = historyCounts(dataset);
        InteractionTable train = dataset.train();
        for (long i = 0; i < train.count(); i++) {
            counts[train.item(i)] += train.isClick(i) ? 1 : 0;
        }
        return byCounts(counts, dataset);
    }

    /** Most first; equal counts by smaller id. */
    static ItemOrder byCounts(long[] counts, long[] itemIds) {
        Integer[] boxed = new Integer[counts.length];
        Arrays.setAll(boxed, i -> i);
        Arrays.parallelSort(
                boxed,
                (a, b) ->
                        counts[a] == counts[b]
                                ? Long.compare(itemIds[a], itemIds[b])
                                : Long.compare(counts[b], counts[a]));
        return new ItemOrder(Arrays.stream(boxed).mapToInt(Integer::intValue).toArray());
    }

    /** Rank of each target, from 0, among the items that are not seen. */
    int[] ranks(int[] targets, int[] seen) {
        int[] ranks = new int[targets.length];
        for (int i = 0; i < targets.length; i++) {
            int position = positions[targets[i]];
            int rank = position;
            for (int ordinal : seen) {
                rank -= positions[ordinal] < position ? 1 : 0;
            }
            ranks[i] = rank;
        }
        return ranks;
    }

    /** The first items that are not seen. */
    int[] firstUnseen(int[] sortedSeen, int count) {
        int[] first = new int[Math.min(count, order.length - sortedSeen.length)];
        int found = 0;
        for (int i = 0; found < first.length; i++) {
            if (Arrays.binarySearch(sortedSeen, order[i]) < 0) {
                first[found++] = order[i];
            }
        }
        return first;
    }

    private static ItemOrder byCounts(long[] counts, Dataset dataset) {
        long[] ids = new long[counts.length];
        Arrays.setAll(ids, dataset.items()::id);
        return byCounts(counts, ids);
    }

    private static long[] historyCounts(Dataset dataset) {
        return WatchCounts.of(dataset, Integer.MAX_VALUE).toArray();
    }
}
