package io.millrace.index.filter;

import io.millrace.core.HotPath;

/**
 * A piece of a plan: a condition that rows are held against, one at a time or 64 a word.
 *
 * <p>Threading: one thread. Allocation: none after construction, save for {@link #refresh} after a
 * dictionary has grown.
 */
abstract class FilterNode {
    /** Words that are worked on together: their values and bits stay in the first caches. */
    static final int BLOCK_WORDS = 64;

    /** Whether a row meets the condition. Each term of the predicate reads its value once. */
    @HotPath
    abstract boolean test(int ordinal);

    /**
     * Keeps the rows that meet the condition. Values may be read more than once, so the answer is
     * only good if none of them changed meanwhile, and if dictionaries had not grown since {@link
     * #refresh}.
     *
     * @param firstRow row of the lowest bit of the first word, a multiple of 64.
     * @param words rows that are asked about, and then those of them that are left.
     * @param from index of the first word.
     * @param count how many words, at most {@link #BLOCK_WORDS}.
     */
    @HotPath
    abstract void retain(long firstRow, long[] words, int from, int count);

    /** Does what {@link #retain} does row by row, and is good while values change. */
    @HotPath
    final void retainEach(long firstRow, long[] words, int from, int count) {
        for (int i = 0; i < count; i++) {
            int first = (int) firstRow + i * Long.SIZE;
            long kept = words[from + i];
            for (long left = kept; left != 0; left &= left - 1) {
                int bit = Long.numberOfTrailingZeros(left);
                if (!test(first + bit)) {
                    kept &= ~(1L << bit);
                }
            }
            words[from + i] = kept;
        }
    }

    /** Takes in the values of parameters. */
    @HotPath
    void prepare() {}

    /** Takes in what is new in dictionaries. */
    @HotPath
    void refresh() {}

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
