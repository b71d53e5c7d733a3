package io.millrace.data.simulate;

import io.millrace.core.random.SplitRandom;

/**
 * Draws from a discrete law in constant time (Walker 1977, in the form of Vose, A linear algorithm
 * for generating random numbers with a given distribution, 1991).
 *
 * <p>Threading: immutable. Allocation: none for a draw.
 */
final class AliasTable {
    private static final int CELL = 3;

    /**
     * For each slot: bits of the threshold, value below it, value above; side by side in memory.
     */
    private final int[] cells;

    private final int slots;

    /**
     * A table.
     *
     * @param values what is drawn.
     * @param weights their weights, not negative, not all zero.
     */
    AliasTable(int[] values, double[] weights) {
        int count = values.length;
        this.slots = count;
        this.cells = new int[Math.multiplyExact(count, CELL)];
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
            setCell(poor, (float) scaled[poor], values[poor], values[rich]);
            scaled[rich] = scaled[rich] + scaled[poor] - 1;
            if (scaled[rich] < 1) {
                small[smallCount++] = rich;
            } else {
                large[largeCount++] = rich;
            }
        }
        while (largeCount > 0) {
            int certain = large[--largeCount];
            setCell(certain, 1, values[certain], values[certain]);
        }
        while (smallCount > 0) {
            int certain = small[--smallCount];
            setCell(certain, 1, values[certain], values[certain]);
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
        int at = CELL * random.nextInt(slots);
        return random.nextFloat() < Float.intBitsToFloat(cells[at]) ? cells[at + 1] : cells[at + 2];
    }

    private void setCell(int slot, float threshold, int below, int above) {
        int at = CELL * slot;
        cells[at] = Float.floatToRawIntBits(threshold);
        cells[at + 1] = below;
        cells[at + 2] = above;
    }
}
