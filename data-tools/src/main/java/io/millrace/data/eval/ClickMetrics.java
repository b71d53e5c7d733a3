package io.millrace.data.eval;

import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.data.dataset.Label;

import java.util.Arrays;

/**
 * How well probabilities tell impressions that were clicked, or watched for long, from the others.
 *
 * @param auc chance that a clicked impression scores above one that was not, ties half; NaN where
 *     only one label occurs.
 * @param logLoss mean of -ln p(label).
 * @param gauc AUC of each user with both labels, weighted by the user's impressions; NaN where
 *     there is no such user.
 * @param ece expected calibration error over 15 bins of equal mass: mean distance between the
 *     probabilities of a bin and its share of clicks.
 */
public record ClickMetrics(double auc, double logLoss, double gauc, double ece) {
    /** Probabilities are kept this far from 0 and 1. */
    public static final double CLIP = 1e-6;

    private static final long POSITIVE = 1;

    /**
     * Measures probabilities.
     *
     * @param sample the impressions.
     * @param probabilities one for each of them.
     * @return the metrics.
     */
    public static ClickMetrics of(ClickSample sample, float[] probabilities) {
        checkFinite(sample, probabilities);
        return new ClickMetrics(
                auc(probabilities, sample.labels()),
                logLoss(probabilities, sample.labels()),
                gauc(probabilities, sample.labels(), sample.users()),
                CalibrationError.expected(probabilities, sample.labels()));
    }

    /**
     * Adds these to the figures of a command.
     *
     * @param figures where to.
     * @param prefix what the keys begin with, as in {@code "baseline.constant."}.
     * @param label what was foretold.
     */
    void addTo(Figures figures, String prefix, Label label) {
        String keys = prefix + label.key();
        figures.put(keys + ".auc", auc)
                .put(keys + ".logloss", logLoss)
                .put(keys + ".gauc", gauc)
                .put(keys + ".ece", ece);
    }

    static double auc(float[] scores, boolean[] labels) {
        long[] keys = new long[scores.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key(scores[i], labels[i]);
        }
        Arrays.parallelSort(keys);
        return sortedAuc(keys, 0, keys.length);
    }

    static double logLoss(float[] probabilities, boolean[] labels) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double p = Math.clamp(probabilities[i], CLIP, 1 - CLIP);
            sum -= Math.log(labels[i] ? p : 1 - p);
        }
        return sum / labels.length;
    }

    static double gauc(float[] scores, boolean[] labels, int[] users) {
        int[] starts = startsByUser(users);
        long[] keys = new long[users.length];
        int[] next = starts.clone();
        for (int i = 0; i < users.length; i++) {
            keys[next[users[i]]++] = key(scores[i], labels[i]);
        }
        double sum = 0;
        long weight = 0;
        for (int user = 0; user + 1 < starts.length; user++) {
            int from = starts[user];
            int to = starts[user + 1];
            Arrays.sort(keys, from, to);
            double auc = sortedAuc(keys, from, to);
            if (!Double.isNaN(auc)) {
                sum += auc * (to - from);
                weight += to - from;
            }
        }
        return sum / weight;
    }

    private static int[] startsByUser(int[] users) {
        int largest = -1;
        for (int user : users) {
            largest = Math.max(largest, user);
        }
        int[] starts = new int[largest + 2];
        for (int user : users) {
            starts[user + 1]++;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
        return starts;
    }

    /** Orders by score; the label travels in the lowest bit. */
    private static long key(float score, boolean label) {
        // Adding 0 makes -0 the same score as 0.
        int bits = Float.floatToIntBits(score + 0f);
        int ordered = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        return (long) ordered << Integer.SIZE | (label ? POSITIVE : 0);
    }

    private static double sortedAuc(long[] keys, int from, int to) {
        double wins = 0;
        long positives = 0;
        long negatives = 0;
        int at = from;
        while (at < to) {
            long score = keys[at] >> Integer.SIZE;
            long tiedPositives = 0;
            long tied = 0;
            for (; at < to && keys[at] >> Integer.SIZE == score; at++) {
                tiedPositives += keys[at] & POSITIVE;
                tied++;
            }
            long tiedNegatives = tied - tiedPositives;
            wins += tiedPositives * (negatives + 0.5 * tiedNegatives);
            positives += tiedPositives;
            negatives += tiedNegatives;
        }
        return wins / ((double) positives * negatives);
    }

    private static void checkFinite(ClickSample sample, float[] probabilities) {
        if (probabilities.length != sample.count()) {
            throw MillraceException.badInput(
                    "scores and impressions differ in number: scores=%d, impressions=%d",
                    probabilities.length, sample.count());
        }
        for (int i = 0; i < probabilities.length; i++) {
            if (!Float.isFinite(probabilities[i])) {
                throw MillraceException.badInput(
                        "a score is not finite: impression=%d, score=%s; train the model again",
                        i, probabilities[i]);
            }
        }
    }
}
