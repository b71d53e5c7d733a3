package io.millrace.core.simd;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Which rows of a column hold a value of a range, 64 rows a word: bit b of word w stands for row 64
 * * w + b. Words come in with the rows that are asked about and go out with those of them that are
 * in the range, so conditions are put together by calling one kernel after the other, and words
 * that are zero already cost nothing.
 *
 * <p>Columns lie in memory segments, little-endian, one value a row, and are as long as the words
 * say: the memory of the rows past the last one is read as well, whatever it holds.
 *
 * <p>Threading: stateless. Where another thread writes an aligned value meanwhile, the old one or
 * the new one is read; it may be read more than once, and differ. Allocation: none.
 */
@HotPath
public interface ScanKernels {
    /** How many rows a word stands for. */
    int WORD_ROWS = Long.SIZE;

    /**
     * Which kernels these are.
     *
     * @return a short name, as in {@code "panama-512"}.
     */
    String name();

    /**
     * Keeps the rows whose 64-bit number is in one of some ranges. Time grows with their count.
     *
     * @param column the numbers.
     * @param offset where that of the first word's first row lies, in bytes.
     * @param ranges the least and the largest number of each range in turn, the latter not below
     *     the former.
     * @param rangeCount how many ranges; none keeps no row.
     * @param words the rows.
     * @param from index of the first word.
     * @param count how many words.
     */
    void retainLongs(
            MemorySegment column,
            long offset,
            long[] ranges,
            int rangeCount,
            long[] words,
            int from,
            int count);

    /**
     * Keeps the rows whose 64-bit number shares a bit with a mask.
     *
     * @param column the numbers.
     * @param offset where that of the first word's first row lies, in bytes.
     * @param mask the bits.
     * @param words the rows.
     * @param from index of the first word.
     * @param count how many words.
     */
    void retainSharing(
            MemorySegment column, long offset, long mask, long[] words, int from, int count);

    /**
     * Keeps the rows whose 32-bit number is one of some. Time grows with their count.
     *
     * @param column the numbers.
     * @param offset where that of the first word's first row lies, in bytes.
     * @param wanted the numbers to keep; all of the array.
     * @param words the rows.
     * @param from index of the first word.
     * @param count how many words.
     */
    void retainInts(
            MemorySegment column, long offset, int[] wanted, long[] words, int from, int count);
}
