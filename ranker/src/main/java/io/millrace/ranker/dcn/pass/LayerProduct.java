package io.millrace.ranker.dcn.pass;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.MatrixView;

/**
 * The product {@code x Wᵀ + b} of rows whose place is known from the start.
 *
 * <p>Threading: as the rows. Allocation: none after construction.
 */
interface LayerProduct {
    /** {@code y = activation(x Wᵀ + b)}. */
    @HotPath
    void into(int rows, Activation activation, MatrixView y);

    /** {@code y = base ⊙ (x Wᵀ + b) + previous}. */
    @HotPath
    void crossInto(int rows, MatrixView base, MatrixView previous, MatrixView y);
}
