package io.millrace.core.simd;

import org.jspecify.annotations.Nullable;

/**
 * The plain loops that say what {@link MatrixKernels} compute, for machines without vectors and as
 * oracle.
 */
final class ScalarMatrixKernels implements MatrixKernels {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void multiplyPacked(
            MatrixView x,
            int rows,
            PackedMatrix w,
            float @Nullable [] bias,
            Activation activation,
            MatrixView y) {
        MatrixChecks.checkPacked(x, rows, w, bias, y);
        for (int row = 0; row < rows; row++) {
            int to = y.offset() + row * y.rowStride();
            for (int output = 0; output < w.outputs(); output++) {
                float sum = chain(x, row, w, output, bias == null ? 0f : bias[output]);
                y.values()[to + output] = activation == Activation.RELU && sum < 0 ? 0f : sum;
            }
        }
    }

    @Override
    public void crossPacked(
            MatrixView x,
            int rows,
            PackedMatrix w,
            float[] bias,
            MatrixView base,
            MatrixView previous,
            MatrixView y) {
        MatrixChecks.checkCross(x, rows, w, bias, base, previous, y);
        for (int row = 0; row < rows; row++) {
            int baseRow = base.offset() + row * base.rowStride();
            int previousRow = previous.offset() + row * previous.rowStride();
            int to = y.offset() + row * y.rowStride();
            for (int output = 0; output < w.outputs(); output++) {
                float sum = chain(x, row, w, output, bias[output]);
                y.values()[to + output] =
                        Math.fma(
                                base.values()[baseRow + output],
                                sum,
                                previous.values()[previousRow + output]);
            }
        }
    }

    @Override
    public void multiply(
            MatrixView a,
            MatrixView b,
            MatrixView c,
            int rows,
            int columns,
            int depth,
            boolean accumulate) {
        MatrixChecks.checkProduct(a, b, c, rows, columns, depth);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int to = c.offset() + row * c.rowStride() + column;
                float sum = accumulate ? c.values()[to] : 0f;
                int from = a.offset() + row * a.rowStride();
                for (int k = 0; k < depth; k++) {
                    sum =
                            Math.fma(
                                    a.values()[from + k * a.columnStride()],
                                    b.values()[b.offset() + k * b.rowStride() + column],
                                    sum);
                }
                c.values()[to] = sum;
            }
        }
    }

    private static float chain(MatrixView x, int row, PackedMatrix w, int output, float start) {
        int panel = output / PackedMatrix.PANEL_WIDTH * PackedMatrix.PANEL_WIDTH;
        int width = w.lineWidth(panel);
        int at = w.panelOffset(panel) + output - panel;
        int from = x.offset() + row * x.rowStride();
        float sum = start;
        for (int input = 0; input < w.inputs(); input++) {
            sum =
                    Math.fma(
                            x.values()[from + input * x.columnStride()],
                            w.panels()[at + input * width],
                            sum);
        }
        return sum;
    }
}
