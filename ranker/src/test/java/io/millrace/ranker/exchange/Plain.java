package io.millrace.ranker.exchange;

import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.pass.DcnRowScorer;

import java.util.function.UnaryOperator;

/** Layers as formulas, in plain loops of double precision over tensors as files hold them. */
final class Plain {
    static final int ROWS = 130;

    private Plain() {}

    /** {@code W x + b}, W one row an output. */
    static double[] dense(float[] w, float[] b, double[] x) {
        double[] y = new double[b.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = b[i];
            for (int j = 0; j < x.length; j++) {
                y[i] += w[i * x.length + j] * x[j];
            }
        }
        return y;
    }

    /** {@code Wᵀ x}, W one column an output. */
    static double[] turned(float[] w, int from, int outputs, double[] x) {
        double[] y = new double[outputs];
        for (int i = 0; i < outputs; i++) {
            for (int j = 0; j < x.length; j++) {
                y[i] += w[from + j * outputs + i] * x[j];
            }
        }
        return y;
    }

    static double[] relu(double[] x) {
        double[] y = x.clone();
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.max(0, y[i]);
        }
        return y;
    }

    /** {@code x₀ ⊙ u + x}. */
    static double[] cross(double[] x0, double[] u, double[] x) {
        double[] y = x.clone();
        for (int i = 0; i < y.length; i++) {
            y[i] += x0[i] * u[i];
        }
        return y;
    }

    static double[] join(double[] a, double[] b) {
        double[] y = new double[a.length + b.length];
        System.arraycopy(a, 0, y, 0, a.length);
        System.arraycopy(b, 0, y, a.length, b.length);
        return y;
    }

    /** Fails unless a network gives what a formula does, on random rows. */
    static void assertSame(UnaryOperator<double[]> formula, DcnNetwork network) {
        int width = network.width();
        float[] rows = new SafetensorsBytes().random("X", ROWS, width).values("X");
        for (int head = 0; head < network.heads(); head++) {
            float[] logits = new float[ROWS];
            new DcnRowScorer(network, 0).logitsInto(rows, ROWS, head, logits);
            for (int row = 0; row < ROWS; row++) {
                double[] x = new double[width];
                for (int i = 0; i < width; i++) {
                    x[i] = rows[row * width + i];
                }
                double expected = formula.apply(x)[head];
                double off = Math.abs(expected - logits[row]);
                if (!(off <= 1e-5 * Math.max(1, Math.abs(expected)))) {
                    throw new AssertionError(
                            "row " + row + ": expected=" + expected + ", actual=" + logits[row]);
                }
            }
        }
    }
}
