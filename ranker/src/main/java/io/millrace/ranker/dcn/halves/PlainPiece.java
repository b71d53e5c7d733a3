package io.millrace.ranker.dcn.halves;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;

import java.lang.foreign.MemorySegment;

/** Halves in float32, read where they lie. */
@HotPath
final class PlainPiece implements HalvesPiece {
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final MemorySegment halves;
    private final long rowBytes;
    private int[] items = new int[0];
    private int from;

    PlainPiece(DcnItemHalves halves) {
        this.halves = halves.segment();
        this.rowBytes = halves.layout().rowBytes();
    }

    @Override
    public void begin(int[] newItems, int newFrom, int rows) {
        items = newItems;
        from = newFrom;
    }

    @Override
    public void copyInto(int row, int column, float[] target, int at, int length) {
        ELEMENTS.copyRow(halves, offset(row, column), target, at, length);
    }

    @Override
    public void addInto(int row, int column, float[] target, int at, int length) {
        ELEMENTS.addRow(1, halves, offset(row, column), target, at, length);
    }

    private long offset(int row, int column) {
        return items[from + row] * rowBytes + (long) Float.BYTES * column;
    }
}
