package io.millrace.data.train.optimise;

import io.millrace.data.train.checkpoint.TrainingState;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Mean losses of the parts of a training, one after the other.
 *
 * <p>Threading: one thread.
 */
public final class LossCurve {
    private final double[] sums;
    private final long[] counts;

    /**
     * Nothing lost yet.
     *
     * @param parts how many.
     */
    public LossCurve(int parts) {
        this.sums = new double[parts];
        this.counts = new long[parts];
    }

    /**
     * Adds what a batch lost.
     *
     * @param part which part of the training it was of.
     * @param sum sum of losses.
     * @param count how many.
     */
    public void add(int part, double sum, int count) {
        sums[part] += sum;
        counts[part] += count;
    }

    /**
     * Mean loss of a part.
     *
     * @param part which.
     * @return the mean; not a number where nothing was lost.
     */
    public double mean(int part) {
        return sums[part] / counts[part];
    }

    /**
     * Mean losses of all parts that there was anything in.
     *
     * @return in their order.
     */
    public List<Double> means() {
        List<Double> means = new ArrayList<>();
        for (int part = 0; part < sums.length; part++) {
            if (counts[part] > 0) {
                means.add(mean(part));
            }
        }
        return means;
    }

    /**
     * All that is to be kept of it.
     *
     * @param state told of each part.
     */
    public void walk(TrainingState state) {
        state.part("losses", MemorySegment.ofArray(sums));
        state.part("loss.counts", MemorySegment.ofArray(counts));
    }
}
