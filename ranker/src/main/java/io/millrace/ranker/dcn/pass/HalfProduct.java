package io.millrace.ranker.dcn.pass;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.ranker.dcn.halves.HalvesPiece;

/**
 * A product whose half over the item was computed before: it has the request's half added, and
 * multiplies only what follows the item's part of a row.
 *
 * <p>Threading: as the rows. Allocation: none after construction.
 */
final class HalfProduct implements LayerProduct {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final MatrixKernels MATRICES = Kernels.matrix();

    private final HalvesPiece piece;
    private final int column;
    private final float[] requestHalf;
    private final MatrixView rest;
    private final MatrixView restWeights;
    private final int restWidth;

    /**
     * A product.
     *
     * @param piece halves of the items
     * @param column where the layer's begin
     * @param requestHalf what all rows share; live
     * @param rest what follows the items' parts, a row for each
     * @param restWeights a row of weights for each of its columns; none where nothing follows
     */
    HalfProduct(
            HalvesPiece piece,
            int column,
            float[] requestHalf,
            MatrixView rest,
            float[] restWeights) {
        this.piece = piece;
        this.column = column;
        this.requestHalf = requestHalf;
        this.rest = rest;
        this.restWeights = MatrixView.of(restWeights, 0, requestHalf.length);
        this.restWidth = restWeights.length / requestHalf.length;
    }

    @Override
    @HotPath
    public void into(int rows, Activation activation, MatrixView y) {
        sumInto(rows, y);
        for (int row = 0; row < rows && activation == Activation.RELU; row++) {
            int at = y.offset() + row * y.rowStride();
            ELEMENTS.rectify(y.values(), at, requestHalf.length);
        }
    }

    @Override
    @HotPath
    public void crossInto(int rows, MatrixView base, MatrixView previous, MatrixView y) {
        sumInto(rows, y);
        for (int row = 0; row < rows; row++) {
            ELEMENTS.cross(
                    base.values(),
                    base.offset() + row * base.rowStride(),
                    previous.values(),
                    previous.offset() + row * previous.rowStride(),
                    y.values(),
                    y.offset() + row * y.rowStride(),
                    requestHalf.length);
        }
    }

    private void sumInto(int rows, MatrixView y) {
        int outputs = requestHalf.length;
        for (int row = 0; row < rows; row++) {
            int at = y.offset() + row * y.rowStride();
            System.arraycopy(requestHalf, 0, y.values(), at, outputs);
            piece.addInto(row, column, y.values(), at, outputs);
        }
        if (restWidth > 0) {
            MATRICES.multiply(rest, restWeights, y, rows, outputs, restWidth, true);
        }
    }
}
