package io.millrace.core.simd;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

/**
 * A matrix inside a caller's array: element (row, column) lies at {@code offset + row * rowStride +
 * column * columnStride}. How many rows and columns take part is said with each operation, so one
 * view made at start-up serves batches of any size.
 *
 * <p>Threading: immutable; the array is the caller's.
 */
public final class MatrixView {
    private final float[] values;
    private final int offset;
    private final int rowStride;
    private final int columnStride;

    private MatrixView(float[] values, int offset, int rowStride, int columnStride) {
        if (offset < 0 || offset > values.length || rowStride < 0 || columnStride < 0) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "bad matrix view: offset=%d, row stride=%d, column stride=%d, values=%d",
                    offset,
                    rowStride,
                    columnStride,
                    values.length);
        }
        this.values = values;
        this.offset = offset;
        this.rowStride = rowStride;
        this.columnStride = columnStride;
    }

    /**
     * A row-major matrix.
     *
     * @param values the array.
     * @param offset index of element (0, 0).
     * @param rowStride elements from a row to the next.
     * @return the view.
     */
    public static MatrixView of(float[] values, int offset, int rowStride) {
        return new MatrixView(values, offset, rowStride, 1);
    }

    /**
     * The same matrix with rows and columns exchanged.
     *
     * @return the transposed view.
     */
    public MatrixView transposed() {
        return new MatrixView(values, offset, columnStride, rowStride);
    }

    /**
     * The lower right part of this matrix.
     *
     * @param row its first row.
     * @param column its first column.
     * @return the view that begins there.
     */
    public MatrixView from(int row, int column) {
        return new MatrixView(
                values, offset + row * rowStride + column * columnStride, rowStride, columnStride);
    }

    /**
     * The array.
     *
     * @return the caller's array.
     */
    public float[] values() {
        return values;
    }

    /**
     * Where the matrix begins.
     *
     * @return index of element (0, 0).
     */
    public int offset() {
        return offset;
    }

    /**
     * Elements from a row to the next.
     *
     * @return the stride.
     */
    public int rowStride() {
        return rowStride;
    }

    /**
     * Elements from a column to the next.
     *
     * @return the stride, 1 unless transposed.
     */
    public int columnStride() {
        return columnStride;
    }

    /** Checks once, at the edge of a kernel, that a block lies inside the array. */
    void requireBlock(int rows, int columns) {
        if (rows < 0 || columns < 0) {
            throw outside(rows, columns);
        }
        if (rows > 0 && columns > 0) {
            long last = offset + (rows - 1L) * rowStride + (columns - 1L) * columnStride;
            if (last >= values.length) {
                throw outside(rows, columns);
            }
        }
    }

    private MillraceException outside(int rows, int columns) {
        return MillraceException.of(
                ErrorCode.INTERNAL,
                "matrix block outside of its array: rows=%d, columns=%d, offset=%d, row stride=%d,"
                        + " column stride=%d, values=%d",
                rows,
                columns,
                offset,
                rowStride,
                columnStride,
                values.length);
    }
}
