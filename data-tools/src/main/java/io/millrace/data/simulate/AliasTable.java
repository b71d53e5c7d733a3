package io.millrace.data.simulate;

import io.millrace.core.random.SplitRandom;

/**
 * Draws from a discrete law in constant time (Walker 1977, in the form of Vose, A linear algorithm
 * for generating random numbers with a given distribution, 1991).
 *
 * <p>Threading: immutable. Allocation: none for a draw.
 */
final class AliasTable {
    private final int[] values;
    private final int[] aliases;
    private final float[] thresholds;

    /**
     * A table.
     *
     * @param values what is drawn.
     * @param weights their weights, not negative, not all zero.
     */
    AliasTable(int[] values, double[] weights) {
        int count = values.length;
        this.values = values;
        this.aliases = new int[count];
        this.thresholds = new float[count];
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double[] scaled = new double[count];
        int[] small = new int[count];
        int[] large = new int[count];
        int smallCount = 0;
        int largeCount = 0;
        for (int i = 0; i < count; i++) {
            scaled[i] = weights[i] * count / sum;
            if (scaled[i] < 1) {
                small[smallCount++] = i;
            } else {
                large[largeCount++] = i;
            }
        }
        while (smallCount > 0 && largeCount > 0) {
            int poor = small[--smallCount];
            int rich = large[--largeCount];
            thresholds[poor] = (float) scaled[poor];
            aliases[poor] = rich;
            scaled[rich] = scaled[rich] + scaled[poor] - 1;
            if (scaled[rich] < 1) {
                small[smallCount++] = rich;
            } else {
                large[largeCount++] = rich;
            }
        }
        while (largeCount > 0) {
            thresholds[large[--largeCount]] = 1;
        }
        while (smallCount > 0) {
            thresholds[small[--smallCount]] = 1;
        }
    }

    /** Weights of Zipf's law: the value of rank r, from 0, weighs 1 / (r + 1)^exponent. */
    static AliasTable zipf(int count, double exponent) {
        int[] values = new int[count];
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
            weights[i] = StrictMath.pow(i + 1.0, -exponent);
        }
        return new AliasTable(values, weights);
    }

    int draw(SplitRandom random) {
        int slot = random.nextInt(values.length);
        return values[random.nextFloat() < thresholds[slot] ? slot : aliases[slot]];
    }
}
