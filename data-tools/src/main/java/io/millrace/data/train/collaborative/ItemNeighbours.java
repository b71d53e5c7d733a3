package io.millrace.data.train.collaborative;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.retrieval.ItemLists;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * For every item a list of those the same users watched, nearest first, by cosine {@code c / (√(n
 * m) + s)}: c users watched both, n and m the one and the other, and s keeps items that few watched
 * from the top (Sarwar, Karypis, Konstan, Riedl, Item-Based Collaborative Filtering Recommendation
 * Algorithms, WWW 2001, section 3.1; Deshpande and Karypis, TOIS 2004, section 4).
 *
 * <p>Threading: the threads of the plan.
 */
public final class ItemNeighbours {
    private final int[][] items;
    private final float[][] similarities;

    private ItemNeighbours(int itemCount) {
        this.items = new int[itemCount][];
        this.similarities = new float[itemCount][];
    }

    /**
     * Counts what was watched together.
     *
     * @param dataset whose histories are counted.
     * @param plan how.
     * @param progress told of the items.
     * @return the lists.
     */
    public static ItemLists of(Dataset dataset, NeighbourPlan plan, ProgressListener progress) {
        WatchMatrix byUser = WatchMatrix.plain(dataset);
        WatchMatrix byItem = byUser.transposed(dataset.items().count());
        int itemCount = byItem.rows();
        ItemNeighbours neighbours = new ItemNeighbours(itemCount);
        try (ForkJoinPool pool = new ForkJoinPool(plan.threads());
                ProgressListener.Stage stage = progress.start("list neighbours", itemCount)) {
            pool.submit(() -> neighbours.fill(byUser, byItem, plan, stage)).join();
        }
        return ItemLists.of(itemCount, neighbours.items, neighbours.similarities);
    }

    private void fill(
            WatchMatrix byUser,
            WatchMatrix byItem,
            NeighbourPlan plan,
            ProgressListener.Stage stage) {
        int blocks = Math.ceilDiv(byItem.rows(), Counter.BLOCK);
        IntStream.range(0, blocks)
                .parallel()
                .forEach(
                        block -> {
                            Counter counter = new Counter(byUser, byItem, plan.shrinkage());
                            int from = block * Counter.BLOCK;
                            int to = Math.min(byItem.rows(), from + Counter.BLOCK);
                            for (int item = from; item < to; item++) {
                                keep(item, counter.nearestFirst(item), plan.neighbours());
                            }
                            stage.advance(to - from);
                        });
    }

    private void keep(int item, long[] nearestFirst, int most) {
        int count = Math.min(most, nearestFirst.length);
        items[item] = new int[count];
        similarities[item] = new float[count];
        for (int i = 0; i < count; i++) {
            items[item][i] = Counter.item(nearestFirst[i]);
            similarities[item][i] = Counter.similarity(nearestFirst[i]);
        }
    }

    /** Counts the neighbours of one item after the other. */
    private static final class Counter {
        static final int BLOCK = 256;

        private final WatchMatrix byUser;
        private final WatchMatrix byItem;
        private final float shrinkage;
        private final int[] together;
        private final int[] met;

        Counter(WatchMatrix byUser, WatchMatrix byItem, float shrinkage) {
            this.byUser = byUser;
            this.byItem = byItem;
            this.shrinkage = shrinkage;
            this.together = new int[byItem.rows()];
            this.met = new int[byItem.rows()];
        }

        /**
         * All neighbours of an item, similarity and ordinal in one number; ties by lower ordinal.
         */
        long[] nearestFirst(int item) {
            int metCount = countTogether(item);
            long[] neighbours = new long[metCount];
            for (int i = 0; i < metCount; i++) {
                int other = met[i];
                double both = (double) byItem.count(item) * byItem.count(other);
                float similarity = (float) (together[other] / (Math.sqrt(both) + shrinkage));
                together[other] = 0;
                // Bits of positive numbers are in the order of the numbers; the sign sorts down.
                neighbours[i] = -((long) Float.floatToIntBits(similarity) << 32) | other;
            }
            Arrays.sort(neighbours);
            return neighbours;
        }

        private int countTogether(int item) {
            int count = 0;
            for (int i = byItem.starts()[item]; i < byItem.starts()[item + 1]; i++) {
                int user = byItem.columns()[i];
                for (int j = byUser.starts()[user]; j < byUser.starts()[user + 1]; j++) {
                    int other = byUser.columns()[j];
                    if (other != item && together[other]++ == 0) {
                        met[count++] = other;
                    }
                }
            }
            return count;
        }

        static int item(long neighbour) {
            return (int) neighbour;
        }

        static float similarity(long neighbour) {
            return Float.intBitsToFloat((int) -(neighbour >> 32));
        }
    }
}
