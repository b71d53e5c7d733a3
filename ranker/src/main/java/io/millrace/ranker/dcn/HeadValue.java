package io.millrace.ranker.dcn;

import io.millrace.ranker.calibration.Calibration;
import io.millrace.ranker.calibration.HeadCalibrations;

import org.jspecify.annotations.Nullable;

/**
 * What a candidate is worth by the heads of one ranker: the sum of their probabilities, calibrated
 * where that is known, each times its weight. Made by {@link ValueFormula#of(RankerHeads,
 * HeadCalibrations)}.
 *
 * <p>Threading: immutable.
 */
public final class HeadValue {
    /** The probability of a click, uncalibrated. */
    public static final HeadValue CLICK = ValueFormula.CLICK.of(RankerHeads.USUAL);

    private final int[] heads;
    private final float[] weights;
    private final @Nullable Calibration[] calibrations;

    HeadValue(int[] heads, float[] weights, @Nullable Calibration[] calibrations) {
        this.heads = heads;
        this.weights = weights;
        this.calibrations = calibrations;
    }

    /**
     * Whether it is one probability as it is, so that there is nothing to add or to weigh.
     *
     * @return true where there is one head, of weight 1 and uncalibrated.
     */
    boolean isOneProbability() {
        return heads.length == 1 && weights[0] == 1 && calibrations[0] == null;
    }

    int terms() {
        return heads.length;
    }

    int head(int term) {
        return heads[term];
    }

    float weight(int term) {
        return weights[term];
    }

    @Nullable Calibration calibration(int term) {
        return calibrations[term];
    }
}
