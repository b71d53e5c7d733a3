package io.millrace.jmh;

import java.util.stream.DoubleStream;

/** The median of what several rounds measured. */
public final class Median {
    private Median() {}

    /**
     * The middle one, or the mean of the two in the middle.
     *
     * @param values at least one, in any order.
     * @return their median.
     */
    public static double of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
