package io.millrace.index;

/**
 * What deletions from a {@link MutableHnswIndex} still hold. An update deletes, too: the place of
 * the vector before.
 *
 * @param items how many items there are.
 * @param linked places of deleted items that others may still link to; searches pass through them
 *     in vain. Each change mends some lists, {@link MutableHnswIndex#settle} all of them.
 * @param waiting places that nobody links to any more, but that a search which began before may be
 *     at. They stay as many while a search does not end.
 * @param free places that new items will be put in before others are taken.
 */
public record TombstoneDebt(int items, int linked, int waiting, int free) {
    /**
     * Which part of what searches could pass through, or a search holds, is deleted.
     *
     * @return from 0 to 1; 0 where there is nothing at all.
     */
    public double share() {
        long held = (long) linked + waiting;
        return held == 0 ? 0 : held / (double) (items + held);
    }
}
