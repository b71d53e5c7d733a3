package io.millrace.core.simd;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

/** Checks made once at the edge of a matrix kernel, so that its loops need none. */
final class MatrixChecks {
    private MatrixChecks() {}

    static void checkPacked(
            MatrixView x, int rows, PackedMatrix w, float @Nullable [] bias, MatrixView y) {
        x.requireBlock(rows, w.inputs());
        y.requireBlock(rows, w.outputs());
        checkUnitColumns(y);
        if (bias != null && bias.length < w.outputs()) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "bias too short: length=%d, outputs=%d",
                    bias.length,
                    w.outputs());
        }
    }

    static void checkCross(
            MatrixView x,
            int rows,
            PackedMatrix w,
            float[] bias,
            MatrixView base,
            MatrixView previous,
            MatrixView y) {
        checkPacked(x, rows, w, bias, y);
        base.requireBlock(rows, w.outputs());
        previous.requireBlock(rows, w.outputs());
        checkUnitColumns(base);
        checkUnitColumns(previous);
    }

    static void checkProduct(
            MatrixView a, MatrixView b, MatrixView c, int rows, int columns, int depth) {
        a.requireBlock(rows, depth);
        b.requireBlock(depth, columns);
        c.requireBlock(rows, columns);
        checkUnitColumns(b);
        checkUnitColumns(c);
    }

    private static void checkUnitColumns(MatrixView view) {
        if (view.columnStride() != 1) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "matrix must be row-major here: column stride=%d, needed=1",
                    view.columnStride());
        }
    }
}
