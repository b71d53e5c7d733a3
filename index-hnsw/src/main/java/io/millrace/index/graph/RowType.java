package io.millrace.index.graph;

import io.millrace.core.simd.CompactKernels;
import io.millrace.core.simd.Kernels;

import org.jspecify.annotations.Nullable;

/** How the numbers of rows are kept; queries are float32 always. */
public enum RowType {
    /** Single precision: nothing is lost. */
    F32,

    /** The upper half of a float32: half the memory, numbers right to one part in 256. */
    BF16,

    /**
     * Bytes with one scale a row: a quarter of the memory and a line for the scale; numbers right
     * to one part in 254 of the row's largest.
     */
    INT8;

    private static final int LINE_BYTES = 64;

    /**
     * Numbers per row of a dimension with its padding.
     *
     * @param dimension numbers per row.
     * @return a multiple of the numbers of a line of 64 bytes.
     */
    public int paddedDimension(int dimension) {
        CompactKernels kernels = kernels();
        int lineNumbers = kernels == null ? LINE_BYTES / Float.BYTES : kernels.lineNumbers();
        return Math.ceilDiv(dimension, lineNumbers) * lineNumbers;
    }

    /**
     * Memory of a row, all that belongs to it included.
     *
     * @param dimension numbers per row.
     * @return a multiple of 64 bytes.
     */
    public long rowBytes(int dimension) {
        CompactKernels kernels = kernels();
        int padded = paddedDimension(dimension);
        return kernels == null ? (long) padded * Float.BYTES : kernels.rowBytes(padded);
    }

    /** What reads and writes such rows; null for float32. */
    @Nullable CompactKernels kernels() {
        return switch (this) {
            case F32 -> null;
            case BF16 -> Kernels.bfloat16();
            case INT8 -> Kernels.int8();
        };
    }
}
