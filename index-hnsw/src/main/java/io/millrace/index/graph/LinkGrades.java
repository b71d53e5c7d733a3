package io.millrace.index.graph;

/**
 * In which round of {@link LinkSelector} each link of a list of level 0 was taken, by its place in
 * the list: two bits a link. Of most lists that were changed in another way than by a choice it is
 * not known; those that were all taken in the first round count as such, too.
 *
 * <p>Threading: the writer. Allocation: none after construction.
 */
final class LinkGrades {
    private static final int BITS = 2;
    private static final int PLACES = Long.SIZE / BITS;
    private static final long MASK = (1L << BITS) - 1;

    /** Words of the first places of all lists, then those of the next ones. */
    private final long[][] words;

    /** Nothing is known of any list. */
    LinkGrades(int slots, int capacity) {
        words = new long[(capacity + PLACES - 1) / PLACES][slots];
    }

    /** Whether the grades of a list are known. */
    boolean areKnown(int slot) {
        long all = 0;
        for (long[] word : words) {
            all |= word[slot];
        }
        return all != 0;
    }

    /** The grade of a link, from 0 to {@link LinkSelector#LAST_ROUND}. */
    int of(int slot, int place) {
        return (int) ((words[place / PLACES][slot] >>> shift(place)) & MASK);
    }

    /** Notes the grade of a link; once all of a list are noted they are known. */
    void set(int slot, int place, int grade) {
        long[] word = words[place / PLACES];
        word[slot] = (word[slot] & ~(MASK << shift(place))) | ((long) grade << shift(place));
    }

    /** Forgets the grades of a list. */
    void forget(int slot) {
        for (long[] word : words) {
            word[slot] = 0;
        }
    }

    private static int shift(int place) {
        return place % PLACES * BITS;
    }
}
