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
 * the new one is read. Allocation: none.
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
     * Keeps the rows whose 64-bit number is at least {@code least} and at most {@code most}.
     *
     * @param column the numbers.
     * @param offset where that of the first word's first row lies, in bytes.
     * @param least least number of the range.
     * @param most largest number of the range, not below {@code least}.
     * @param words the rows.
     * @param from index of the first word.
     * @param count how many words.
     */
    void retainLongs(
            MemorySegment column,
            long offset,
            long least,
            long most,
            long[] words,
            int from,
            int count);

    /**
     * Keeps the rows whose 32-bit number is the one asked for.
     *
     * @param column the numbers.
     * @param offset where that of the first word's first row lies, in bytes.
     * @param wanted the number.
     * @param words the rows.
     * @param from index of the first word.
     * @param count how many words.
     */
    void retainInts(
            MemorySegment column, long offset, int wanted, long[] words, int from, int count);
}
