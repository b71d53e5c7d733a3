package io.millrace.index.filter;

import io.millrace.core.HotPath;

/**
 * A piece of a plan: a condition that rows are held against, one at a time or 64 a word.
 *
 * <p>Threading: one thread. Allocation: none after construction, save for {@link #prepare} after a
 * dictionary has grown.
 */
abstract class FilterNode {
    /** Words that are worked on together: their values and bits stay in the first caches. */
    static final int BLOCK_WORDS = 64;

    /** Whether a row meets the condition. */
    @HotPath
    abstract boolean test(int ordinal);

    /**
     * Keeps the rows that meet the condition.
     *
     * @param firstRow row of the lowest bit of the first word, a multiple of 64.
     * @param words rows that are asked about, and then those of them that are left.
     * @param from index of the first word.
     * @param count how many words, at most {@link #BLOCK_WORDS}.
     */
    @HotPath
    abstract void retain(long firstRow, long[] words, int from, int count);

    /** Takes in the values of parameters and what is new in dictionaries. */
    @HotPath
    void prepare() {}

    /** How dear the condition is for a row, in comparisons of one number. */
    abstract int cost();

    /** Whether no row is left, so that there is nothing more to ask. */
    @HotPath
    static boolean isEmpty(long[] words, int from, int count) {
        long any = 0;
        for (int i = from; i < from + count; i++) {
            any |= words[i];
        }
        return any == 0;
    }
}
