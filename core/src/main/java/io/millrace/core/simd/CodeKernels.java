package io.millrace.core.simd;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Distances from codes of a few bits per dimension (Gao, Long: RaBitQ: Quantizing High-Dimensional
 * Vectors with a Theoretical Error Bound for Approximate Nearest Neighbor Search, SIGMOD 2024,
 * section 3.3; more bits: Gao et al.: Practical and Asymptotically Optimal Quantization of
 * High-Dimensional Vectors in Euclidean Space for Approximate Nearest Neighbor Search, 2024). A
 * code of b bits stands for a vector of whole-number levels 0 to 2^b - 1, less their middle:
 *
 * <pre>
 *   value = level - (2^b - 1) / 2        with one bit: -1/2 or 1/2
 * </pre>
 *
 * <p>Codes stand in groups of {@link #GROUP}, bit plane by bit plane and word by word:
 *
 * <pre>
 *   lowest bits:  word 0 of code 0, 1, ... 15 | word 1 of code 0, 1, ... 15 | ...      int32 each
 *   next bits:    the same
 * </pre>
 *
 * <p>A query is held against them as whole numbers of {@link #PLANES} bits in two's complement, one
 * plane of bits after another, so that a product is a few ands and counts of bits.
 *
 * <p>Threading: any thread. Allocation: none.
 */
@HotPath
public interface CodeKernels {
    /** How many codes stand together. */
    int GROUP = 16;

    /** Bits of a number of the query. */
    int PLANES = 4;

    /** The most bits of a code per dimension. */
    int LARGEST_BITS = 4;

    /** How many codes one call of {@link #estimates} can look at. */
    int LARGEST_BLOCK = Long.SIZE;

    /** Where {@link #encode} leaves the squared length of the difference. */
    int SQUARE = 0;

    /** Where {@link #encode} leaves the product of the difference and the code's values. */
    int PRODUCT = 1;

    /** Where {@link #encode} leaves the product of the row itself and the code's values. */
    int OWN_PRODUCT = 2;

    /** Where {@link #encode} leaves the squared length of the code's values. */
    int CODE_SQUARE = 3;

    /** How many sums {@link #encode} leaves. */
    int SUMS = 4;

    /**
     * Name of the implementation.
     *
     * @return as in {@code panama-512}.
     */
    String name();

    /**
     * Transforms numbers by the Hadamard matrix of their count, not scaled: done twice it
     * multiplies them by the count.
     *
     * @param x the numbers, changed in place.
     * @param from index of the first one.
     * @param length how many, a power of two from 32.
     */
    void hadamard(float[] x, int from, int length);

    /**
     * Cuts a query to planes of bits.
     *
     * @param query 32 numbers per word.
     * @param inverseStep what numbers are multiplied with before they are rounded; must bring all
     *     of them into -7 to 7.
     * @param words how many words.
     * @param planes where the bits go, {@link #PLANES} int32 per word, lowest bit first.
     * @return the sum of the whole numbers.
     */
    int planes(float[] query, float inverseStep, int words, int[] planes);

    /**
     * Estimates of some groups of codes: {@code out[i] = own + base[i] + factor[i] * (scale * s[i]
     * + shift)}, where s is the sum of the query's numbers times the levels of code i.
     *
     * @param records memory that holds codes, bases and factors.
     * @param codes offset of the first group in bytes; groups follow each other.
     * @param bases offset of the bases in bytes, one float32 per code.
     * @param factors offset of the factors in bytes, one float32 per code.
     * @param words int32 per code and plane.
     * @param bits planes per code.
     * @param groups how many groups, at most {@link #LARGEST_BLOCK} codes.
     * @param planes the query, {@link #PLANES} int32 per word, lowest bit first.
     * @param scale what sums are multiplied with.
     * @param shift what is added to them then.
     * @param own what is added to all estimates.
     * @param bound only estimates below it are of interest.
     * @param out where estimates go, {@link #GROUP} per group.
     * @return bit i is set where estimate i is below the bound.
     */
    long estimates(
            MemorySegment records,
            long codes,
            long bases,
            long factors,
            int words,
            int bits,
            int groups,
            int[] planes,
            float scale,
            float shift,
            float own,
            float bound,
            float[] out);

    /**
     * Writes the code of the difference of two rows. Levels are {@code floor(difference *
     * inverseStep + 2^(bits-1))}, cut to 0 and 2^bits - 1.
     *
     * @param own the row that differences are taken from, 32 numbers per word.
     * @param other the other row.
     * @param words int32 per code and plane.
     * @param bits planes of the code.
     * @param inverseStep levels per unit.
     * @param records memory that holds the code.
     * @param code offset of the code's first word.
     * @param sums where {@link #SUMS} sums over all dimensions go.
     */
    void encode(
            float[] own,
            float[] other,
            int words,
            int bits,
            float inverseStep,
            MemorySegment records,
            long code,
            float[] sums);
}
