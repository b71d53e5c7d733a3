package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixView;

/**
 * A product whose half over the item was computed before and only has the request's half added.
 *
 * <p>Threading: as the rows. Allocation: none after construction.
 */
final class HalfProduct implements LayerProduct {
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final HalvesPiece piece;
    private final int column;
    private final float[] requestHalf;

    HalfProduct(HalvesPiece piece, int column, float[] requestHalf) {
        this.piece = piece;
        this.column = column;
        this.requestHalf = requestHalf;
    }

    @Override
    @HotPath
    public void into(int rows, Activation activation, MatrixView y) {
        for (int row = 0; row < rows; row++) {
            int at = y.offset() + row * y.rowStride();
            sumInto(row, y.values(), at);
            if (activation == Activation.RELU) {
                ELEMENTS.rectify(y.values(), at, requestHalf.length);
            }
        }
    }

    @Override
    @HotPath
    public void crossInto(int rows, MatrixView base, MatrixView previous, MatrixView y) {
        for (int row = 0; row < rows; row++) {
            int at = y.offset() + row * y.rowStride();
            sumInto(row, y.values(), at);
            ELEMENTS.cross(
                    base.values(),
                    base.offset() + row * base.rowStride(),
                    previous.values(),
                    previous.offset() + row * previous.rowStride(),
                    y.values(),
                    at,
                    requestHalf.length);
        }
    }

    private void sumInto(int row, float[] y, int at) {
        System.arraycopy(requestHalf, 0, y, at, requestHalf.length);
        piece.addInto(row, column, y, at, requestHalf.length);
    }
}
