package io.millrace.index.graph;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Inserts and deletes nodes of a {@link LiveGraph} while others search it.
 *
 * <p>A new node is written whole, row, codes and lists of all levels, before the first link leads
 * to it. A deleted one is first marked, then cut off: the neighbours that it links to and that link
 * back take up some of its links instead at once, chosen as always. Who else links to it is not
 * known. To know would take a second list of links per node, a tenth of the memory; so every change
 * also looks through a few lists ({@link #SWEEP_STEP}), round and round, and mends those that lead
 * to dead nodes. What was dead when a round began is out of reach when it ends, and its slot is
 * used again when no reader can be at it ({@link ReaderEpochs}). So a deletion costs as many
 * repairs as there are links to the node, and a fixed number of looks.
 *
 * <p>At the end of each round, nodes that can't be reached from the entry on level 0 are led to.
 *
 * <p>Threading: one writer. Allocation: a bit a slot each round.
 */
public final class GraphEditor {
    /** Lists looked through per change: at most two in this many slots are held by the dead. */
    private static final int SWEEP_STEP = 128;

    private final LiveGraph live;
    private final LayeredGraph graph;
    private final RowSpace space;
    private final SlotPool pool;
    private final LinkCounts counts;
    private final LinkLists lists;
    private final LayoutSearcher searcher;
    private final int efConstruction;

    /** Links of a new node on level 0. */
    private final int newLinks;

    private final float[] row;
    private final int[] links;
    private final int[] others;
    private final int[] mates;

    /** Slots above level 0, highest first: candidates for the entry. */
    private final int[] upperSlots;

    private int[] deadBefore = new int[64];
    private int deadBeforeCount;
    private int[] deadSince = new int[64];
    private int deadSinceCount;
    private int cursor;
    private int roundEnd;

    /**
     * The writer of a graph.
     *
     * @param live the graph, which has one writer only.
     * @param efConstruction how many candidates are looked at for the links of a node.
     */
    public GraphEditor(LiveGraph live, int efConstruction) {
        this.live = live;
        graph = live.graph();
        space = live.space();
        pool = new SlotPool(live);
        counts = new LinkCounts(live);
        lists = new LinkLists(live, counts);
        this.efConstruction = efConstruction;
        searcher = new LayoutSearcher(live.view(), efConstruction, efConstruction, new Effort());
        // Of plain lists half the places are left to those who choose the node later.
        newLinks = graph.capacity(live.view().layout().isInlined() ? 0 : 1);
        row = new float[space.paddedDimension()];
        links = new int[graph.capacity(0)];
        others = new int[graph.capacity(0)];
        mates = new int[graph.capacity(0)];
        upperSlots = sortedByLevel();
        roundEnd = live.slotsInUse();
    }

    private int[] sortedByLevel() {
        int[] starts = new int[InsertionOrder.HIGHEST_LEVEL + 2];
        for (int slot = 0; slot < live.slots(); slot++) {
            // Level l begins where all higher ones end.
            starts[InsertionOrder.HIGHEST_LEVEL - graph.level(slot) + 1]++;
        }
        for (int i = 1; i < starts.length; i++) {
            starts[i] += starts[i - 1];
        }
        int[] sorted = new int[starts[InsertionOrder.HIGHEST_LEVEL]];
        for (int slot = 0; slot < live.slots(); slot++) {
            int level = graph.level(slot);
            if (level > 0) {
                sorted[starts[InsertionOrder.HIGHEST_LEVEL - level]++] = slot;
            }
        }
        return sorted;
    }

    /**
     * A slot for {@link #insert}.
     *
     * @return the slot, or {@link LayeredGraph#NONE} where all are taken or searched.
     */
    public int reserve() {
        int slot = pool.take();
        if (slot == LayeredGraph.NONE) {
            settle();
            slot = pool.take();
        }
        return slot;
    }

    /**
     * Inserts a node.
     *
     * @param slot where, as {@link #reserve} answered.
     * @param vector its row in stored form, padded; afterwards as the graph keeps it.
     */
    public void insert(int slot, float[] vector) {
        live.births().add(slot);
        space.write(slot, vector);
        // Rounding may have changed it, and it is measured against what is kept.
        space.copyInto(slot, vector);
        lists.startEmpty(slot);
        int entry = live.entry();
        int top = entry == LayeredGraph.NONE ? -1 : graph.level(entry);
        int own = graph.level(slot);
        boolean hasTwin = false;
        if (top >= 0) {
            int start = searcher.descend(vector, entry, top, Math.min(own, top));
            for (int level = Math.min(own, top); level >= 0; level--) {
                Beam found = search(vector, start, level);
                start = found.ordinalAt(0);
                if (level == 0 && areMostDead(found)) {
                    settle();
                    start = searcher.descend(vector, entry, top, 0);
                    found = search(vector, start, 0);
                }
                lists.begin(slot, level);
                lists.addAll(found);
                hasTwin = lists.addAroundTwins(found, links);
                lists.choose(level == 0 ? newLinks : graph.capacity(level));
            }
        }
        live.setState(slot, LiveGraph.ALIVE);
        live.setAliveCount(live.aliveCount() + 1);
        counts.addLinksOf(slot);
        // All of the node comes before any link to it.
        VarHandle.releaseFence();
        for (int level = Math.min(own, top); level >= 0; level--) {
            int count = graph.linksInto(slot, level, links);
            for (int i = 0; i < count; i++) {
                lists.takeUp(links[i], level, slot, hasTwin);
            }
        }
        if (own > top) {
            live.setEntry(slot);
        }
        leadToOrphans();
        sweep(SWEEP_STEP);
    }

    /**
     * Deletes a node; no search that begins from now on answers it.
     *
     * @param slot a node that is alive.
     */
    public void delete(int slot) {
        assert live.isAlive(slot) : slot;
        live.setState(slot, LiveGraph.DEAD);
        live.setAliveCount(live.aliveCount() - 1);
        if (deadSinceCount == deadSince.length) {
            deadSince = Arrays.copyOf(deadSince, 2 * deadSinceCount);
        }
        deadSince[deadSinceCount++] = slot;
        if (live.entry() == slot) {
            live.setEntry(electEntry());
        }
        counts.removeLinksOf(slot);
        for (int level = graph.level(slot); level >= 0; level--) {
            int count = graph.linksInto(slot, level, mates);
            for (int i = 0; i < count; i++) {
                if (live.isAlive(mates[i]) && linksTo(mates[i], level, slot)) {
                    repair(mates[i], level);
                }
            }
        }
        leadToOrphans();
        sweep(SWEEP_STEP);
    }

    /** Ends all repairs: no links to dead nodes are left, and every living node is reachable. */
    public void settle() {
        do {
            sweep(roundEnd - cursor + 1);
        } while (deadBeforeCount + deadSinceCount > 0);
        // What a round began with may have been led to by way of the dead.
        sweep(roundEnd - cursor + 1);
    }

    /**
     * Deleted nodes whose slots are not free for use yet because something may link to them.
     *
     * @return how many.
     */
    public int deadCount() {
        return deadBeforeCount + deadSinceCount;
    }

    /**
     * Slots that nothing links to any more, but that a reader may be at.
     *
     * @return how many.
     */
    public int waitingCount() {
        return pool.waitingCount();
    }

    /**
     * Slots that were used and are nobody's now.
     *
     * @return how many.
     */
    public int freeCount() {
        return pool.freeCount();
    }

    LinkCounts counts() {
        return counts;
    }

    private int electEntry() {
        for (int slot : upperSlots) {
            if (live.isAlive(slot)) {
                return slot;
            }
        }
        for (int slot = 0; slot < live.slotsInUse(); slot++) {
            if (live.isAlive(slot)) {
                return slot;
            }
        }
        return LayeredGraph.NONE;
    }

    private Beam search(float[] vector, int start, int level) {
        return searcher.searchLevel(vector, start, level, efConstruction);
    }

    private boolean areMostDead(Beam found) {
        int dead = 0;
        for (int i = 0; i < found.size(); i++) {
            dead += live.isAlive(found.ordinalAt(i)) ? 0 : 1;
        }
        return 2 * dead > found.size();
    }

    private boolean linksTo(int from, int level, int to) {
        int count = graph.linksInto(from, level, links);
        for (int i = 0; i < count; i++) {
            if (links[i] == to) {
                return true;
            }
        }
        return false;
    }

    /** Has a node that links to dead ones fill their places from among their links. */
    private void repair(int node, int level) {
        lists.begin(node, level);
        lists.addOwn();
        int count = graph.linksInto(node, level, links);
        for (int i = 0; i < count; i++) {
            if (!live.isAlive(links[i])) {
                lists.addLinksOf(links[i], others);
            }
        }
        int floor = Math.min(LinkLists.FLOOR, live.aliveCount() - 1);
        if (level == 0 && lists.candidateCount() < floor) {
            lists.addAll(near(node));
        }
        lists.fillUp(graph.capacity(level));
    }

    private Beam near(int node) {
        space.copyInto(node, row);
        int entry = live.entry();
        return search(row, searcher.descend(row, entry, graph.level(entry), 0), 0);
    }

    /** Leads to the nodes that nobody links to any more. */
    private void leadToOrphans() {
        for (int slot = counts.nextOrphan();
                slot != LayeredGraph.NONE;
                slot = counts.nextOrphan()) {
            if (live.aliveCount() > 1) {
                leadTo(slot, null);
            }
        }
    }

    private void leadTo(int slot, @Nullable Reachability reachability) {
        Beam found = near(slot);
        for (int i = 0; i < found.size(); i++) {
            int from = found.ordinalAt(i);
            if (from != slot
                    && live.isAlive(from)
                    && (reachability == null || reachability.isReached(from))
                    && lists.leadTo(slot, from)) {
                return;
            }
        }
        int entry = live.entry();
        if (entry != slot) {
            lists.leadTo(slot, entry);
        }
    }

    private void sweep(int steps) {
        for (int i = 0; i < steps; i++) {
            if (cursor >= roundEnd) {
                endRound();
                return;
            }
            visit(cursor++);
        }
    }

    private void visit(int slot) {
        byte state = live.state(slot);
        if (state != LiveGraph.ALIVE && state != LiveGraph.DEAD) {
            return;
        }
        for (int level = graph.level(slot); level >= 0; level--) {
            int count = graph.linksInto(slot, level, links);
            boolean isSound = true;
            for (int i = 0; i < count; i++) {
                isSound &= live.isAlive(links[i]);
            }
            if (isSound) {
                continue;
            }
            if (state == LiveGraph.ALIVE) {
                repair(slot, level);
            } else {
                lists.begin(slot, level);
                lists.keepAlive();
            }
        }
        leadToOrphans();
    }

    private void endRound() {
        leadToUnreached();
        pool.retire(deadBefore, deadBeforeCount);
        int[] swapped = deadBefore;
        deadBefore = deadSince;
        deadBeforeCount = deadSinceCount;
        deadSince = swapped;
        deadSinceCount = 0;
        cursor = 0;
        roundEnd = live.slotsInUse();
    }

    private void leadToUnreached() {
        int entry = live.entry();
        if (entry == LayeredGraph.NONE) {
            return;
        }
        Reachability reachability = new Reachability(graph);
        reachability.reachFrom(entry);
        int slot = reachability.nextUnreached(0);
        while (slot != LayeredGraph.NONE && slot < live.slotsInUse()) {
            if (live.isAlive(slot)) {
                leadTo(slot, reachability);
                reachability.reachFrom(slot);
            }
            slot = reachability.nextUnreached(slot + 1);
        }
        leadToOrphans();
    }
}
