package io.millrace.index.graph;

import io.millrace.core.simd.CompactKernels;
import io.millrace.core.simd.Kernels;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/**
 * How the numbers of rows are kept; queries are float32 always. Links, codes and scores are those
 * of the rows as they are kept.
 */
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

    /**
     * The name that users give it.
     *
     * @return lower case.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
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
