package io.millrace.data.train.ranker;

import io.millrace.data.train.checkpoint.TrainingState;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Scores beside what came of them, and how good they are.
 *
 * <p>Threading: one thread.
 */
final class Scores {
    private static final int SIGN = 31;

    /** The score, in an order that sorts as a whole number, above the outcome in the last bit. */
    private long[] entries;

    private int count;
    private double lossSum;

    Scores(int capacity) {
        this.entries = new long[Math.max(1, capacity)];
    }

    void clear() {
        count = 0;
        lossSum = 0;
    }

    void add(float logit, boolean outcome) {
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, count * 2);
        }
        int bits = Float.floatToIntBits(logit + 0f);
        int ordered = bits ^ ((bits >> SIGN) & Integer.MAX_VALUE);
        entries[count++] = (long) ordered << 1 | (outcome ? 1 : 0);
        lossSum += logLoss(logit, outcome);
    }

    /** Minus the logarithm of the probability that a logit gives to what came. */
    static double logLoss(double logit, boolean outcome) {
        return Math.max(logit, 0) - (outcome ? logit : 0) + Math.log1p(Math.exp(-Math.abs(logit)));
    }

    int count() {
        return count;
    }

    /** All that is to be kept of them. */
    void walk(TrainingState state) {
        double[] sums = {count, lossSum};
        state.part("scores", MemorySegment.ofArray(sums));
        count = (int) sums[0];
        lossSum = sums[1];
        if (count > entries.length) {
            entries = Arrays.copyOf(entries, count);
        }
        state.part(
                "score.entries",
                MemorySegment.ofArray(entries).asSlice(0, (long) count * Long.BYTES));
    }

    double logLoss() {
        return lossSum / count;
    }

    /**
     * The chance that a good one is scored above a bad one, ties counted half; NaN where there are
     * not both.
     */
    double auc() {
        long[] sorted = Arrays.copyOf(entries, count);
        Arrays.sort(sorted);
        double wins = 0;
        long goods = 0;
        long bads = 0;
        int i = 0;
        while (i < count) {
            long tiedGoods = 0;
            long tiedBads = 0;
            long score = sorted[i] >> 1;
            for (; i < count && sorted[i] >> 1 == score; i++) {
                tiedGoods += sorted[i] & 1;
                tiedBads += 1 - (sorted[i] & 1);
            }
            wins += tiedGoods * (bads + 0.5 * tiedBads);
            goods += tiedGoods;
            bads += tiedBads;
        }
        return goods == 0 || bads == 0 ? Double.NaN : wins / ((double) goods * bads);
    }
}
