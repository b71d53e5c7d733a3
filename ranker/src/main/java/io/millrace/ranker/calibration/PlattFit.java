package io.millrace.ranker.calibration;

/**
 * Finds slope and intercept by Newton's steps, each halved until the loss falls enough (Lin, Lin
 * and Weng, A note on Platt's probabilistic outputs for support vector machines, Machine Learning
 * 68, 2007, algorithm 1). The loss is convex, so there is one minimum.
 *
 * <p>Threading: one thread.
 */
final class PlattFit {
    private static final int MOST_STEPS = 100;
    private static final int MOST_HALVINGS = 40;
    private static final double SMALL_GRADIENT = 1e-9;
    private static final double RIDGE = 1e-12;
    private static final double LEAST_DECREASE = 1e-4;

    private final double[] logits;
    private final double[] targets;
    private double slope = 1;
    private double intercept;

    PlattFit(double[] logits, boolean[] labels) {
        this.logits = logits;
        this.targets = new double[labels.length];
        int positives = 0;
        for (boolean label : labels) {
            positives += label ? 1 : 0;
        }
        double high = (positives + 1.0) / (positives + 2.0);
        double low = 1 / (labels.length - positives + 2.0);
        for (int i = 0; i < targets.length; i++) {
            targets[i] = labels[i] ? high : low;
        }
    }

    PlattCalibration minimum() {
        int step = 0;
        while (step < MOST_STEPS && advance()) {
            step++;
        }
        return new PlattCalibration(slope, intercept);
    }

    /** Takes a step, false where there is no gradient left to follow. */
    private boolean advance() {
        double slopeGradient = 0;
        double interceptGradient = 0;
        double slopeCurve = RIDGE;
        double mixedCurve = 0;
        double interceptCurve = RIDGE;
        for (int i = 0; i < logits.length; i++) {
            double probability = PlattCalibration.sigmoid(slope * logits[i] + intercept);
            double error = probability - targets[i];
            double weight = probability * (1 - probability);
            slopeGradient += error * logits[i];
            interceptGradient += error;
            slopeCurve += weight * logits[i] * logits[i];
            mixedCurve += weight * logits[i];
            interceptCurve += weight;
        }
        double small = SMALL_GRADIENT * logits.length;
        if (Math.abs(slopeGradient) < small && Math.abs(interceptGradient) < small) {
            return false;
        }
        double determinant = slopeCurve * interceptCurve - mixedCurve * mixedCurve;
        double slopeStep =
                (mixedCurve * interceptGradient - interceptCurve * slopeGradient) / determinant;
        double interceptStep =
                (mixedCurve * slopeGradient - slopeCurve * interceptGradient) / determinant;
        double descent = slopeGradient * slopeStep + interceptGradient * interceptStep;
        return walk(slopeStep, interceptStep, descent);
    }

    /** Goes as far along a direction as the loss falls, false when it falls nowhere. */
    private boolean walk(double slopeStep, double interceptStep, double descent) {
        double loss = loss(slope, intercept);
        double size = 1;
        for (int halving = 0; halving < MOST_HALVINGS; halving++) {
            double nextSlope = slope + size * slopeStep;
            double nextIntercept = intercept + size * interceptStep;
            if (loss(nextSlope, nextIntercept) <= loss + LEAST_DECREASE * size * descent) {
                slope = nextSlope;
                intercept = nextIntercept;
                return true;
            }
            size /= 2;
        }
        return false;
    }

    private double loss(double atSlope, double atIntercept) {
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            double logit = atSlope * logits[i] + atIntercept;
            sum += Math.max(logit, 0) - targets[i] * logit + Math.log1p(Math.exp(-Math.abs(logit)));
        }
        return sum;
    }
}
