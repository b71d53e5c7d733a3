package io.millrace.data.train.tower;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.collaborative.WatchCounts;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.HistoryInput;
import io.millrace.ranker.tower.TwoTowerModel;

/**
 * What is taken off the logit of each item in the loss, so that the towers need not learn it: the
 * logarithm of how often the item is drawn as a negative, and its trend. Cosines learn to make up
 * for both: for the first they come to tell how likely an item is, not how much likelier than
 * usual; for the second how likely it is at the ends of the histories, where serving begins, and
 * not on the average of them (the logit adjustment for another prior of Menon et al., Long-tail
 * learning via logit adjustment, ICLR 2021).
 */
final class LogitCorrections {
    /** Watches at the end of each history that tell what is on the rise. */
    private static final int LAST = 1;

    /** Watches added to those found and to those expected, so that a few tell little. */
    private static final double PRIOR_WATCHES = 3;

    private LogitCorrections() {}

    /**
     * Counts.
     *
     * @param trendWeight multiple of the trend.
     * @return by the item's id in the table of items.
     */
    static float[] of(Dataset dataset, TwoTowerModel model, float trendWeight) {
        float[] corrections = logFrequencies(dataset.users(), model);
        WatchCounts all = WatchCounts.of(dataset, Integer.MAX_VALUE);
        float[] trend = WatchCounts.of(dataset, LAST).trendAgainst(all, PRIOR_WATCHES);
        for (int ordinal = 0; ordinal < trend.length; ordinal++) {
            corrections[ordinal + FeatureField.FIRST] += trendWeight * trend[ordinal];
        }
        return corrections;
    }

    private static float[] logFrequencies(RowTable users, TwoTowerModel model) {
        int[] counts = positives(users, model.history(), model.items().rows());
        long positives = 0;
        for (int count : counts) {
            positives += count;
        }
        float[] logarithms = new float[counts.length];
        for (int id = 0; id < counts.length; id++) {
            logarithms[id] =
                    (float) Math.log(Math.max(1, counts[id]) / (double) Math.max(1, positives));
        }
        return logarithms;
    }

    /**
     * How often an item is a positive, and a negative for others: whatever stands behind the first
     * of a history is one.
     *
     * @return by the item's id in the table of items.
     */
    static int[] positives(RowTable users, HistoryInput history, int ids) {
        int[] counts = new int[ids];
        for (int user = 0; user < users.count(); user++) {
            long offset = users.offset(user);
            int length = history.length(users.segment(), offset);
            for (int i = 1; i < length; i++) {
                counts[history.item(users.segment(), offset, i)]++;
            }
        }
        return counts;
    }
}
