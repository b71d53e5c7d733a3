package io.millrace.ranker.calibration;

import java.util.Arrays;

/**
 * Impressions in the order of their scores, pooled until the share of clicks does not fall from one
 * pool to the next.
 *
 * <p>Threading: one thread.
 */
final class Pools {
    private final double[] scoreSums;
    private final double[] clicks;
    private final double[] weights;
    private int count;

    private Pools(int capacity) {
        this.scoreSums = new double[capacity];
        this.clicks = new double[capacity];
        this.weights = new double[capacity];
    }

    static Pools of(float[] scores, boolean[] labels) {
        // Positive floats sort as their bits; the label travels in the lowest bit.
        long[] keys = new long[labels.length];
        for (int i = 0; i < keys.length; i++) {
            long bits = Float.floatToIntBits(scores[i] + 0f);
            keys[i] = bits << 1 | (labels[i] ? 1 : 0);
        }
        Arrays.sort(keys);
        Pools pools = new Pools(keys.length);
        int at = 0;
        while (at < keys.length) {
            long score = keys[at] >> 1;
            int from = at;
            double hits = 0;
            for (; at < keys.length && keys[at] >> 1 == score; at++) {
                hits += keys[at] & 1;
            }
            pools.add(Float.intBitsToFloat((int) score), hits, at - from);
        }
        return pools;
    }

    private void add(float score, double hits, int weight) {
        scoreSums[count] = (double) score * weight;
        clicks[count] = hits;
        weights[count] = weight;
        count++;
        while (count > 1 && share(count - 2) >= share(count - 1)) {
            count--;
            scoreSums[count - 1] += scoreSums[count];
            clicks[count - 1] += clicks[count];
            weights[count - 1] += weights[count];
        }
    }

    /** Mean score of each pool. */
    float[] scores() {
        float[] result = new float[count];
        for (int i = 0; i < count; i++) {
            result[i] = (float) (scoreSums[i] / weights[i]);
        }
        return result;
    }

    /** Share of clicks of each pool, a little away from 0 and 1. */
    float[] shares() {
        double total = Arrays.stream(weights, 0, count).sum();
        double margin = 1 / (total + 2);
        float[] result = new float[count];
        for (int i = 0; i < count; i++) {
            result[i] = (float) Math.clamp(share(i), margin, 1 - margin);
        }
        return result;
    }

    private double share(int pool) {
        return clicks[pool] / weights[pool];
    }
}
