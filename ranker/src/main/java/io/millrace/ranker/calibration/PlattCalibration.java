package io.millrace.ranker.calibration;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

/**
 * A logistic curve over the logit of the model: {@code sigmoid(slope · logit(p) + intercept)}.
 *
 * @param slope above 0, so that the order stays.
 * @param intercept added to the logit.
 */
public record PlattCalibration(double slope, double intercept) implements Calibration {
    private static final double CLIP = 1e-6;

    /** Validates. */
    public PlattCalibration {
        if (!(slope > 0) || !Double.isFinite(slope) || !Double.isFinite(intercept)) {
            throw MillraceException.badInput(
                    "bad calibration: slope=%s, intercept=%s; the scores say nothing of the labels,"
                            + " train the model again",
                    slope, intercept);
        }
    }

    /**
     * Fits the curve of the least log loss, against targets that are drawn in from 0 and 1 so that
     * few impressions cannot make it certain (Platt, Probabilistic outputs for support vector
     * machines, 1999).
     *
     * @param probabilities of the model.
     * @param labels what came of each.
     * @return the curve.
     * @throws MillraceException when there is nothing to fit, or the best curve would turn the
     *     order around.
     */
    public static PlattCalibration fit(float[] probabilities, boolean[] labels) {
        Calibration.validate(probabilities, labels);
        double[] logits = new double[labels.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = logit(probabilities[i]);
        }
        return new PlattFit(logits, labels).minimum();
    }

    @Override
    @HotPath
    public float apply(float probability) {
        return (float) sigmoid(slope * logit(probability) + intercept);
    }

    /** Probabilities are kept from 0 and 1, where the logit has no end. */
    private static double logit(float probability) {
        double clipped = Math.clamp(probability, CLIP, 1 - CLIP);
        return Math.log(clipped / (1 - clipped));
    }

    static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }
}
