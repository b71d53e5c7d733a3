package io.millrace.data.clicks;

import io.millrace.ranker.calibration.Calibration;
import io.millrace.ranker.calibration.IsotonicCalibration;
import io.millrace.ranker.calibration.PlattCalibration;

/** How the probabilities of a ranker are calibrated. */
public enum CalibrationMethod {
    /** A logistic curve: two numbers, for few impressions. */
    PLATT {
        @Override
        Calibration fit(float[] probabilities, boolean[] labels) {
            return PlattCalibration.fit(probabilities, labels);
        }
    },
    /** The nearest rising curve, for many. */
    ISOTONIC {
        @Override
        Calibration fit(float[] probabilities, boolean[] labels) {
            return IsotonicCalibration.fit(probabilities, labels);
        }
    };

    @Override
    public String toString() {
        return this == PLATT ? "platt" : "isotonic";
    }

    abstract Calibration fit(float[] probabilities, boolean[] labels);
}
