package io.millrace.index.graph;

import java.util.Arrays;

/**
 * How many living nodes of a {@link LiveGraph} link to each node on level 0. One that is alive and
 * that nobody links to any more is an orphan, to be led to anew by {@link GraphEditor}.
 *
 * <p>Threading: the writer. Allocation: none after construction but for more orphans.
 */
final class LinkCounts {
    private final LiveGraph live;
    private final int[] counts;
    private final int[] links;
    private int[] orphans = new int[64];
    private int orphanCount;

    LinkCounts(LiveGraph live) {
        this.live = live;
        counts = new int[live.slots()];
        links = new int[live.graph().capacity(0)];
        for (int slot = 0; slot < live.slotsInUse(); slot++) {
            addLinksOf(slot);
        }
        // Those were noted before all links were.
        orphanCount = 0;
    }

    /** How many living nodes link to one. */
    int of(int slot) {
        return counts[slot];
    }

    /** Notes a link to a node. */
    void add(int slot) {
        counts[slot]++;
    }

    /** Takes back what {@link #add} noted. */
    void remove(int slot) {
        counts[slot]--;
        if (counts[slot] == 0) {
            addOrphan(slot);
        }
    }

    /** Notes the links of a node that has become alive. */
    void addLinksOf(int slot) {
        int degree = live.graph().linksInto(slot, 0, links);
        for (int i = 0; i < degree; i++) {
            add(links[i]);
        }
        if (counts[slot] == 0) {
            addOrphan(slot);
        }
    }

    /** Takes back what {@link #addLinksOf} noted. */
    void removeLinksOf(int slot) {
        int degree = live.graph().linksInto(slot, 0, links);
        for (int i = 0; i < degree; i++) {
            remove(links[i]);
        }
    }

    /** A living node nobody links to, or {@link LayeredGraph#NONE} when all were told. */
    int nextOrphan() {
        while (orphanCount > 0) {
            int slot = orphans[--orphanCount];
            if (live.isAlive(slot) && counts[slot] == 0) {
                return slot;
            }
        }
        return LayeredGraph.NONE;
    }

    private void addOrphan(int slot) {
        if (orphanCount == orphans.length) {
            orphans = Arrays.copyOf(orphans, 2 * orphanCount);
        }
        orphans[orphanCount++] = slot;
    }
}
