package io.millrace.data.eval;

import java.util.Arrays;

/** Formulas of ranked lists; ranks count from 0. */
final class RankMetrics {
    /** Length of the list that is shown. */
    static final int TEN = 10;

    private static final double[] DISCOUNTS = discounts();

    private RankMetrics() {}

    /** Part of the targets whose rank is below k. */
    static double recall(int[] ranks, int k) {
        int found = 0;
        for (int rank : ranks) {
            found += rank < k ? 1 : 0;
        }
        return (double) found / ranks.length;
    }

    /** NDCG@10 of targets that are all worth the same. */
    static double ndcg(int[] ranks) {
        double sum = 0;
        for (int rank : ranks) {
            sum += rank < TEN ? DISCOUNTS[rank] : 0;
        }
        return sum / sumOfDiscounts(ranks.length);
    }

    /** What a gain at a rank counts. */
    static double discount(int rank) {
        return DISCOUNTS[rank];
    }

    /** Discounted sum of a list whose gains are all 1, of at most ten. */
    static double sumOfDiscounts(int count) {
        double sum = 0;
        for (int rank = 0; rank < Math.min(count, TEN); rank++) {
            sum += DISCOUNTS[rank];
        }
        return sum;
    }

    private static double[] discounts() {
        double[] discounts = new double[TEN];
        Arrays.setAll(discounts, rank -> Math.log(2) / Math.log(rank + 2));
        return discounts;
    }
}
