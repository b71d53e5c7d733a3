package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.jspecify.annotations.Nullable;

/**
 * {@link MatrixKernels} with the Vector API. The result is computed in tiles of 6 rows by 4 vectors
 * whose sums stay in registers while the inner dimension goes by: 10 loads feed 24 multiply-adds.
 * Machines with 16 registers of 256 bits take 2 vectors instead of 4. What is left at the lower
 * edge goes row by row, at the right edge in narrower strips, of which the last is masked.
 *
 * <p>All vectors are of one shape. The JDK's vector methods are shared by all shapes and compiled
 * with what their call sites have seen: where two shapes went through, vectors came to be objects,
 * in some processes and not in others.
 */
final class PanamaMatrixKernels implements MatrixKernels {
    private static final VectorSpecies<Float> SPECIES = PanamaTiles.SPECIES;
    private static final int LANES = PanamaTiles.LANES;
    private static final int TILE_ROWS = 6;
    private static final int CROSS_ROWS = 8 * TILE_ROWS;
    private static final boolean HAS_MANY_REGISTERS = SPECIES.vectorBitSize() != 256;
    private static final float[] ZEROS = new float[4 * LANES];

    @Override
    public String name() {
        return "panama-" + SPECIES.vectorBitSize();
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
        boolean relu = activation == Activation.RELU;
        for (int panel = 0; panel < w.outputs(); panel += PackedMatrix.PANEL_WIDTH) {
            multiplyPanel(x, 0, rows, w, panel, bias, relu, y);
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
        // Some rows at a time, so that a product is still in the first cache when it is used.
        for (int row = 0; row < rows; row += CROSS_ROWS) {
            int count = Math.min(CROSS_ROWS, rows - row);
            for (int panel = 0; panel < w.outputs(); panel += PackedMatrix.PANEL_WIDTH) {
                int width = Math.min(PackedMatrix.PANEL_WIDTH, w.outputs() - panel);
                multiplyPanel(x, row, count, w, panel, bias, false, y);
                for (int i = row; i < row + count; i++) {
                    crossRow(i, panel, width, base, previous, y);
                }
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
        float[] start = accumulate ? c.values() : ZEROS;
        int startFrom = accumulate ? c.offset() : 0;
        int startRow = accumulate ? c.rowStride() : 0;
        int column = 0;
        while (column < columns) {
            int width = stripWidth(columns - column);
            multiplyStrip(
                    width,
                    rows,
                    a.values(),
                    a.offset(),
                    a.rowStride(),
                    a.columnStride(),
                    b.values(),
                    b.offset() + column,
                    b.rowStride(),
                    depth,
                    start,
                    startFrom + (accumulate ? column : 0),
                    startRow,
                    false,
                    c.values(),
                    c.offset() + column,
                    c.rowStride());
            column += width;
        }
    }

    private static void multiplyPanel(
            MatrixView x,
            int row,
            int rows,
            PackedMatrix w,
            int panel,
            float @Nullable [] bias,
            boolean relu,
            MatrixView y) {
        float[] start = bias == null ? ZEROS : bias;
        int end = Math.min(w.outputs(), panel + PackedMatrix.PANEL_WIDTH);
        int column = panel;
        while (column < end) {
            int width = stripWidth(end - column);
            multiplyStrip(
                    width,
                    rows,
                    x.values(),
                    x.offset() + row * x.rowStride(),
                    x.rowStride(),
                    x.columnStride(),
                    w.panels(),
                    w.panelOffset(panel) + column - panel,
                    w.lineWidth(panel),
                    w.inputs(),
                    start,
                    bias == null ? 0 : column,
                    0,
                    relu,
                    y.values(),
                    y.offset() + row * y.rowStride() + column,
                    y.rowStride());
            column += width;
        }
    }

    /** How wide the next strip is, where so many columns are left. */
    private static int stripWidth(int columns) {
        if (HAS_MANY_REGISTERS && columns >= 4 * LANES) {
            return 4 * LANES;
        }
        if (columns >= 2 * LANES) {
            return 2 * LANES;
        }
        return Math.min(columns, LANES);
    }

    /** All rows of a strip of columns. */
    private static void multiplyStrip(
            int width,
            int rows,
            float[] a,
            int aFrom,
            int aRow,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            float[] start,
            int startFrom,
            int startRow,
            boolean relu,
            float[] c,
            int cFrom,
            int cRow) {
        // Constant strides let the compiler take the bounds checks out of the innermost loop: 5 %
        // (MatrixKernelBenchmark.multiplyPacked).
        boolean isPacked = aStep == 1 && bStep == PackedMatrix.PANEL_WIDTH;
        boolean isVectorThere = bFrom + (depth - 1) * bStep + LANES <= b.length;
        int row = 0;
        for (; row + TILE_ROWS <= rows; row += TILE_ROWS) {
            int ai = aFrom + row * aRow;
            int si = startFrom + row * startRow;
            int ci = cFrom + row * cRow;
            if (width == 4 * LANES) {
                if (isPacked) {
                    PanamaTiles.packed6x4(
                            a, ai, aRow, b, bFrom, depth, start, si, startRow, relu, c, ci, cRow);
                } else {
                    PanamaTiles.plain6x4(
                            a, ai, aRow, aStep, b, bFrom, bStep, depth, start, si, startRow, relu,
                            c, ci, cRow);
                }
            } else if (width == 2 * LANES) {
                PanamaTiles.plain6x2(
                        a, ai, aRow, aStep, b, bFrom, bStep, depth, start, si, startRow, relu, c,
                        ci, cRow);
            } else if (width == LANES) {
                PanamaTiles.plain6x1(
                        a, ai, aRow, aStep, b, bFrom, bStep, depth, start, si, startRow, relu, c,
                        ci, cRow);
            } else if (isVectorThere && ci + 5 * cRow + LANES <= c.length) {
                for (int i = 0; i < TILE_ROWS; i++) {
                    copy(start, si + i * startRow, c, ci + i * cRow, width);
                }
                PanamaTiles.rest6x1(
                        a, ai, aRow, aStep, b, bFrom, bStep, depth, relu, c, ci, cRow, width);
            } else {
                for (int i = 0; i < width; i++) {
                    PanamaTiles.scalar6x1(
                            a, ai, aRow, aStep, b, bFrom + i, bStep, depth, start, si + i, startRow,
                            relu, c, ci + i, cRow);
                }
            }
        }
        for (; row < rows; row++) {
            int ai = aFrom + row * aRow;
            int si = startFrom + row * startRow;
            int ci = cFrom + row * cRow;
            if (width == 4 * LANES) {
                PanamaTiles.plain1x4(a, ai, aStep, b, bFrom, bStep, depth, start, si, relu, c, ci);
            } else if (width == 2 * LANES) {
                PanamaTiles.plain1x2(a, ai, aStep, b, bFrom, bStep, depth, start, si, relu, c, ci);
            } else if (width == LANES) {
                PanamaTiles.plain1x1(a, ai, aStep, b, bFrom, bStep, depth, start, si, relu, c, ci);
            } else if (isVectorThere && ci + LANES <= c.length) {
                copy(start, si, c, ci, width);
                PanamaTiles.rest1x1(a, ai, aStep, b, bFrom, bStep, depth, relu, c, ci, width);
            } else {
                for (int i = 0; i < width; i++) {
                    PanamaTiles.scalar1x1(
                            a, ai, aStep, b, bFrom + i, bStep, depth, start, si + i, relu, c,
                            ci + i);
                }
            }
        }
    }

    /** Sums of a narrow strip start from {@code c}: their vectors may reach beyond the bias. */
    private static void copy(float[] from, int fromIndex, float[] to, int toIndex, int count) {
        for (int i = 0; i < count; i++) {
            to[toIndex + i] = from[fromIndex + i];
        }
    }

    private static void crossRow(
            int row, int column, int count, MatrixView base, MatrixView previous, MatrixView y) {
        int baseFrom = base.offset() + row * base.rowStride() + column;
        int previousFrom = previous.offset() + row * previous.rowStride() + column;
        int to = y.offset() + row * y.rowStride() + column;
        float[] values = y.values();
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, base.values(), baseFrom + i)
                    .fma(
                            FloatVector.fromArray(SPECIES, values, to + i),
                            FloatVector.fromArray(SPECIES, previous.values(), previousFrom + i))
                    .intoArray(values, to + i);
        }
        for (; i < count; i++) {
            values[to + i] =
                    Math.fma(
                            base.values()[baseFrom + i],
                            values[to + i],
                            previous.values()[previousFrom + i]);
        }
    }
}
