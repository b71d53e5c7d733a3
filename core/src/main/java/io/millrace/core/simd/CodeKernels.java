package io.millrace.core.simd;

import java.lang.foreign.MemorySegment;

/**
 * Distances from codes of one bit per dimension (Gao, Long: RaBitQ: Quantizing High-Dimensional
 * Vectors with a Theoretical Error Bound for Approximate Nearest Neighbor Search, SIGMOD 2024,
 * section 3.3). Codes stand in groups of {@link #GROUP}, word by word:
 *
 * <pre>
 *   word 0 of code 0, 1, ... 15 | word 1 of code 0, 1, ... 15 | ...      int32 each
 * </pre>
 *
 * <p>A query is held against them as whole numbers of {@link #PLANES} bits in two's complement, one
 * plane of bits after another, so that a product is a few ands and counts of bits.
 *
 * <p>Threading: any thread. Allocation: none.
 */
public interface CodeKernels {
    /** How many codes stand together. */
    int GROUP = 16;

    /** Bits of a number of the query. */
    int PLANES = 4;

    /**
     * Name of the implementation.
     *
     * @return as in {@code panama-512}.
     */
    String name();

    /**
     * Estimates of some groups of codes: {@code out[i] = base[i] + factor[i] * (scale * s[i] +
     * shift)}, where s is the sum of the query's numbers at the bits that are set in code i.
     *
     * @param records memory that holds codes, bases and factors.
     * @param codes offset of the first group in bytes; groups follow each other.
     * @param bases offset of the bases in bytes, one float32 per code.
     * @param factors offset of the factors in bytes, one float32 per code.
     * @param words int32 per code.
     * @param groups how many groups.
     * @param planes the query, {@link #PLANES} int32 per word, lowest bit first.
     * @param scale what sums are multiplied with.
     * @param shift what is added to them then.
     * @param out where estimates go, {@link #GROUP} per group.
     */
    void estimates(
            MemorySegment records,
            long codes,
            long bases,
            long factors,
            int words,
            int groups,
            int[] planes,
            float scale,
            float shift,
            float[] out);
}
