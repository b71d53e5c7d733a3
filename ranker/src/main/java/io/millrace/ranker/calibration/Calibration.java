package io.millrace.ranker.calibration;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

/**
 * Maps the probabilities of a model to those with which what they foretell comes. It never turns an
 * order around, though {@link IsotonicCalibration} may make different ones equal.
 *
 * <p>Threading: immutable. Allocation: none when applied.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "method")
@JsonSubTypes({
    @JsonSubTypes.Type(value = PlattCalibration.class, name = "platt"),
    @JsonSubTypes.Type(value = IsotonicCalibration.class, name = "isotonic")
})
public sealed interface Calibration permits PlattCalibration, IsotonicCalibration {
    /**
     * Calibrates one probability.
     *
     * @param probability of the model, 0 to 1.
     * @return the calibrated one, 0 to 1.
     */
    @HotPath
    float apply(float probability);

    /**
     * Makes sure that a calibration can be fitted.
     *
     * @param probabilities of the model.
     * @param labels what came of each.
     * @throws MillraceException when they differ in number, a probability is none, or all labels
     *     are the same.
     */
    static void validate(float[] probabilities, boolean[] labels) {
        int positives = 0;
        for (boolean label : labels) {
            positives += label ? 1 : 0;
        }
        if (probabilities.length != labels.length || positives == 0 || positives == labels.length) {
            throw MillraceException.badInput(
                    "cannot calibrate: probabilities=%d, labels=%d, positives=%d; there must be as"
                            + " many labels, both clicks and others",
                    probabilities.length, labels.length, positives);
        }
        for (float probability : probabilities) {
            if (!(probability >= 0) || !(probability <= 1)) {
                throw MillraceException.badInput(
                        "cannot calibrate: probability=%s; train the model again", probability);
            }
        }
    }
}
