package io.millrace.ranker.dcn.halves;

import io.millrace.core.HotPath;
import io.millrace.core.simd.CompactKernels;

/**
 * The halves of those items that the rows of a batch stand for.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
@HotPath
public interface HalvesPiece {
    /** A piece of at most so many rows. */
    static HalvesPiece of(DcnItemHalves halves, int rows) {
        CompactKernels kernels = halves.layout().kernels();
        return kernels == null ? new PlainPiece(halves) : new DecodedPiece(halves, kernels, rows);
    }

    /** Says which items the rows stand for: so many of these, from the first on. */
    void begin(int[] items, int from, int rows);

    /** Copies numbers of a row's halves. */
    void copyInto(int row, int column, float[] target, int at, int length);

    /** Adds numbers of a row's halves. */
    void addInto(int row, int column, float[] target, int at, int length);
}
