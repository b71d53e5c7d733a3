package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.calibration.Calibration;
import io.millrace.ranker.dcn.pass.DcnBatch;

/**
 * Makes values of what a batch has computed, piece by piece.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class HeadSum {
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final HeadValue value;
    private final float[] probabilities;

    HeadSum(HeadValue value) {
        this.value = value;
        this.probabilities = new float[value.isOneProbability() ? 0 : DcnBatch.ROWS];
    }

    /** Takes the rows of the last run of a batch; all pieces need {@link #finish} in the end. */
    @HotPath
    void addPiece(DcnBatch batch, int rows, float[] out, int at) {
        if (value.isOneProbability()) {
            batch.logitsInto(value.head(0), rows, out, at);
            return;
        }
        for (int term = 0; term < value.terms(); term++) {
            batch.logitsInto(value.head(term), rows, probabilities, 0);
            ELEMENTS.sigmoids(probabilities, 0, rows);
            Calibration calibration = value.calibration(term);
            float weight = value.weight(term);
            for (int row = 0; row < rows; row++) {
                float probability = probabilities[row];
                if (calibration != null) {
                    probability = calibration.apply(probability);
                }
                float before = term == 0 ? 0 : out[at + row];
                out[at + row] = before + weight * probability;
            }
        }
    }

    /** Turns what was taken of all pieces into values. */
    @HotPath
    void finish(float[] out, int count) {
        if (value.isOneProbability()) {
            ELEMENTS.sigmoids(out, 0, count);
        }
    }
}
