package io.millrace.ranker.dcn.halves;

import io.millrace.core.HotPath;
import io.millrace.core.simd.CompactKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

import java.lang.foreign.MemorySegment;

/**
 * Halves of fewer bits. Each is decoded once, as every layer on the input takes some of it; the
 * rows of a piece stay in the second cache until then.
 */
@HotPath
final class DecodedPiece implements HalvesPiece {
    private static final VectorKernels VECTORS = Kernels.vector();

    private final CompactKernels kernels;
    private final MemorySegment halves;
    private final long rowBytes;
    private final float[][] decoded;

    DecodedPiece(DcnItemHalves halves, CompactKernels kernels, int rows) {
        this.kernels = kernels;
        this.halves = halves.segment();
        this.rowBytes = halves.layout().rowBytes();
        this.decoded = new float[rows][halves.layout().numbers()];
    }

    @Override
    public void begin(int[] items, int from, int rows) {
        for (int row = 0; row < rows; row++) {
            float[] numbers = decoded[row];
            kernels.decode(halves, items[from + row] * rowBytes, numbers, numbers.length);
        }
    }

    @Override
    public void copyInto(int row, int column, float[] target, int at, int length) {
        System.arraycopy(decoded[row], column, target, at, length);
    }

    @Override
    public void addInto(int row, int column, float[] target, int at, int length) {
        VECTORS.addScaled(1, decoded[row], column, target, at, length);
    }
}
