package io.millrace.data.eval;

import java.util.Arrays;

/**
 * How far probabilities are from the shares with which what they foretell came: {@code Σ n_b / n ·
 * |mean probability of b - share of clicks of b|} over bins b of about the same number of
 * impressions (Guo et al., On calibration of modern neural networks, ICML 2017, with the bins of
 * Nixon et al., Measuring calibration in deep learning, 2019).
 *
 * <p>Impressions of equal probability stay in one bin, the one that the first of them belongs to;
 * so one probability for all has the distance to the overall share.
 */
final class CalibrationError {
    /** As many bins as Guo et al. */
    static final int BINS = 15;

    private CalibrationError() {}

    static double expected(float[] probabilities, boolean[] labels) {
        int count = labels.length;
        // Bits of floats that are not negative sort as they do; the label travels below them.
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = (long) Float.floatToIntBits(probabilities[i] + 0f) << 1 | (labels[i] ? 1 : 0);
        }
        Arrays.parallelSort(keys);
        double distance = 0;
        double excess = 0;
        int bin = 0;
        for (int i = 0; i < count; i++) {
            boolean isTied = i > 0 && keys[i] >> 1 == keys[i - 1] >> 1;
            int own = (int) ((long) i * BINS / count);
            if (!isTied && own != bin) {
                distance += Math.abs(excess);
                excess = 0;
                bin = own;
            }
            excess += Float.intBitsToFloat((int) (keys[i] >> 1)) - (keys[i] & 1);
        }
        return (distance + Math.abs(excess)) / count;
    }
}
