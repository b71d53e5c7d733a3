package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.index.filter.OrdinalFilter;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.IntPredicate;

/**
 * What has changed in a live graph since a search answered its last page, and left its epoch. What
 * the search stood at and is gone is dropped; slots that have another node by now ({@link Births})
 * are forgotten, to be seen anew.
 *
 * <p>Threading: one thread, inside an epoch. Allocation: none after construction.
 */
final class PageChanges {
    private final LiveGraph live;
    private final Births births;
    private final Beam beam;
    private final Spill spill;
    private final VisitedSet visited;

    /** Whether a slot stays as it is for as long as the reader is inside. */
    private final IntPredicate isHeld = this::isHeld;

    /** Whether a slot still has the node that was seen there, and that is accepted. */
    private final IntPredicate isWanted = this::isWanted;

    private @Nullable OrdinalFilter accepted;

    /** How many births the search has taken note of, was told of, and were there by this page. */
    private long bornBefore;

    private long bornTold;
    private long born;
    private int lost;

    /** For a search that keeps what it stands at in these. */
    PageChanges(LiveGraph live, Beam beam, Spill spill, VisitedSet visited) {
        this.live = live;
        this.beam = beam;
        this.spill = spill;
        this.visited = visited;
        births = live.births();
    }

    /** A search begins anew. */
    @HotPath
    void begin() {
        bornBefore = sure(births.count());
    }

    /** Drops what is gone or not accepted any more; whether enough is left to go on from. */
    @HotPath
    boolean catchUp(OrdinalFilter newAccepted) {
        accepted = newAccepted;
        int before = beam.size() + spill.size();
        lost = 0;
        // In this order: a slot that is held can't be given away later, so births tell all that
        // were before. The fence has the epoch noted before any slot is looked at.
        VarHandle.fullFence();
        beam.retain(isHeld);
        spill.retain(isHeld);
        born = births.count();
        bornTold = bornBefore;
        if (!births.remembers(bornBefore)) {
            return false;
        }
        for (long i = bornBefore; i < born; i++) {
            visited.remove(births.slotAt(i));
        }
        if (!births.remembers(bornBefore)) {
            return false;
        }
        beam.retain(isWanted);
        spill.retain(isWanted);
        return 2 * lost <= before;
    }

    /** Whether there are nodes that came since and were not told of. */
    boolean hasBorn() {
        return bornTold < born;
    }

    /** Tells of nodes that came since and are accepted, as many as there is room for. */
    @HotPath
    int bornInto(int[] slots, OrdinalFilter members) {
        int count = 0;
        while (bornTold < born && count < slots.length) {
            int slot = births.slotAt(bornTold++);
            if (members.contains(slot) && visited.add(slot)) {
                slots[count++] = slot;
            }
        }
        // If some were overwritten meanwhile, the next page will see that and begin anew.
        if (bornTold == born && births.remembers(bornBefore)) {
            bornBefore = Math.max(bornBefore, sure(born));
        }
        return count;
    }

    /** Births that are over; the last node may not be there yet. */
    private static long sure(long count) {
        return Math.max(0, count - 1);
    }

    private boolean isHeld(int slot) {
        boolean isHere = live.isHeld(slot);
        lost += isHere ? 0 : 1;
        return isHere;
    }

    private boolean isWanted(int slot) {
        if (!visited.has(slot)) {
            lost++;
            return false;
        }
        if (live.isAlive(slot)) {
            return Objects.requireNonNull(accepted).contains(slot);
        }
        // It is passed through again where somebody links to it.
        visited.remove(slot);
        lost++;
        return false;
    }
}
