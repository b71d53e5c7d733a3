package io.millrace.ranker.calibration;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

import java.util.Arrays;
import java.util.List;

/**
 * The rising curve that is nearest to the labels in squared error, by the pool-adjacent-violators
 * algorithm (Ayer et al., An empirical distribution function for sampling with incomplete
 * information, 1955; for classifiers: Zadrozny and Elkan, Transforming classifier scores into
 * accurate multiclass probability estimates, KDD 2002). Each pool is the point of its mean score
 * and its share of clicks; between two points the curve is straight, beyond the outermost flat.
 *
 * <p>No pool says 0 or 1: of n impressions, shares stay 1 / (n + 2) away from both.
 */
public final class IsotonicCalibration implements Calibration {
    private final float[] scores;
    private final float[] probabilities;

    /**
     * A curve.
     *
     * @param scores of the points, rising.
     * @param probabilities of the points, not falling.
     */
    @JsonCreator
    public IsotonicCalibration(
            @JsonProperty(value = "scores", required = true) List<Float> scores,
            @JsonProperty(value = "probabilities", required = true) List<Float> probabilities) {
        this(toArray(scores), toArray(probabilities));
    }

    private IsotonicCalibration(float[] scores, float[] probabilities) {
        boolean isGood = scores.length > 0 && scores.length == probabilities.length;
        for (int i = 0; isGood && i < scores.length; i++) {
            isGood =
                    Float.isFinite(scores[i])
                            && probabilities[i] >= 0
                            && probabilities[i] <= 1
                            && (i == 0
                                    || (scores[i] > scores[i - 1]
                                            && probabilities[i] >= probabilities[i - 1]));
        }
        if (!isGood) {
            throw MillraceException.badInput(
                    "bad calibration: scores=%d, probabilities=%d; there must be as many of both,"
                        + " scores finite and rising, probabilities within 0 and 1 and not falling",
                    scores.length, probabilities.length);
        }
        this.scores = scores;
        this.probabilities = probabilities;
    }

    /**
     * Fits.
     *
     * @param probabilities of the model.
     * @param labels what came of each.
     * @return the curve.
     * @throws MillraceException when there is nothing to fit.
     */
    public static IsotonicCalibration fit(float[] probabilities, boolean[] labels) {
        Calibration.validate(probabilities, labels);
        Pools pools = Pools.of(probabilities, labels);
        return new IsotonicCalibration(pools.scores(), pools.shares());
    }

    /**
     * Scores of the points.
     *
     * @return rising.
     */
    @JsonProperty
    public List<Float> scores() {
        return toList(scores);
    }

    /**
     * Probabilities of the points.
     *
     * @return not falling.
     */
    @JsonProperty
    public List<Float> probabilities() {
        return toList(probabilities);
    }

    @Override
    @HotPath
    public float apply(float probability) {
        int at = Arrays.binarySearch(scores, probability);
        if (at >= 0) {
            return probabilities[at];
        }
        int above = -at - 1;
        if (above == 0) {
            return probabilities[0];
        }
        if (above == scores.length) {
            return probabilities[above - 1];
        }
        float share = (probability - scores[above - 1]) / (scores[above] - scores[above - 1]);
        return Math.fma(
                share, probabilities[above] - probabilities[above - 1], probabilities[above - 1]);
    }

    private static float[] toArray(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }

    private static List<Float> toList(float[] values) {
        Float[] boxed = new Float[values.length];
        Arrays.setAll(boxed, i -> values[i]);
        return List.of(boxed);
    }
}
