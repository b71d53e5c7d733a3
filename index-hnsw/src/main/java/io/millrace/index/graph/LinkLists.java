package io.millrace.index.graph;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Changes the lists of a {@link LiveGraph} one at a time, while readers read them, and counts how
 * many living nodes link to each one on level 0. A node nobody links to any more is an orphan, to
 * be led to anew by {@link GraphEditor}.
 *
 * <p>Candidates are gathered first ({@link #begin}, {@link #add}), then chosen from by {@link
 * LinkSelector}, with two exceptions: of rows equal to the node's own only one is taken, else a
 * crowd of equal rows would know nobody but itself; and a node that is linked to from here alone
 * keeps its link.
 *
 * <p>Threading: the writer. Allocation: none after construction but for longer lists.
 */
final class LinkLists {
    /** Fewer links than this are made up to it, where there are as many to choose from. */
    static final int FLOOR = 8;

    /** So many equal rows are asked for their links at most. */
    private static final int MOST_ASKED = 16;

    private final LiveGraph live;
    private final LayeredGraph graph;
    private final RowSpace space;
    private final LinkSelector selector;
    private final NeighbourCodes.@Nullable Encoder encoder;
    private final int[] inDegrees;
    private final float[] row;
    private final int[] old;
    private final int[] chosen;
    private final int[] twins;
    private final int[] lone;
    private int node;
    private int level;
    private int oldCount;
    private int[] candidates = new int[1024];
    private float[] distances = new float[1024];
    private long[] keys = new long[1024];
    private int candidateCount;
    private int[] orphans = new int[64];
    private int orphanCount;

    LinkLists(LiveGraph live) {
        this.live = live;
        graph = live.graph();
        space = live.space();
        NodeLayout layout = live.memory().layout();
        selector = new LinkSelector(space, graph.capacity(0), layout.isInlined());
        encoder =
                layout.isInlined()
                        ? new NeighbourCodes(layout, live.memory().records())
                        .new Encoder(graph, space)
                        : null;
        inDegrees = new int[live.slots()];
        row = new float[space.paddedDimension()];
        old = new int[graph.capacity(0)];
        chosen = new int[graph.capacity(0)];
        twins = new int[graph.capacity(0)];
        lone = new int[graph.capacity(0)];
        for (int slot = 0; slot < live.slotsInUse(); slot++) {
            int degree = graph.linksInto(slot, 0, old);
            for (int i = 0; i < degree; i++) {
                inDegrees[old[i]]++;
            }
        }
    }

    /** How many living nodes link to one that is alive. */
    int inDegree(int slot) {
        return inDegrees[slot];
    }

    /** A living node nobody links to, each once, or {@link LayeredGraph#NONE}. */
    int nextOrphan() {
        while (orphanCount > 0) {
            int slot = orphans[--orphanCount];
            if (live.isAlive(slot) && inDegrees[slot] == 0) {
                return slot;
            }
        }
        return LayeredGraph.NONE;
    }

    /** Begins to choose links for a node, none of which it has kept yet. */
    void begin(int ofNode, int onLevel) {
        node = ofNode;
        level = onLevel;
        candidateCount = 0;
        oldCount = graph.linksInto(node, level, old);
    }

    /** Offers the links the node has. */
    void addOwn() {
        for (int i = 0; i < oldCount; i++) {
            add(old[i]);
        }
    }

    /** Offers a candidate; dead ones, the node itself and those that were offered are left out. */
    void add(int candidate) {
        if (candidate == node || !live.isAlive(candidate)) {
            return;
        }
        for (int i = 0; i < candidateCount; i++) {
            if (candidates[i] == candidate) {
                return;
            }
        }
        if (candidateCount == candidates.length) {
            candidates = Arrays.copyOf(candidates, 2 * candidateCount);
            distances = new float[2 * candidateCount];
            keys = new long[2 * candidateCount];
        }
        candidates[candidateCount++] = candidate;
    }

    /** Offers what a node links to. */
    void addLinksOf(int other, int[] buffer) {
        int count = graph.linksInto(other, level, buffer);
        for (int i = 0; i < count; i++) {
            add(buffer[i]);
        }
    }

    /** Offers what a search found. */
    void addAll(Beam found) {
        for (int i = 0; i < found.size(); i++) {
            add(found.ordinalAt(i));
        }
    }

    /**
     * Offers what equal rows among the found ones link to: a crowd of them leaves little room for
     * others. Answers whether the nearest is equal to the node's own row.
     */
    boolean addAroundTwins(Beam found, int[] buffer) {
        int before = node;
        int asked = 0;
        for (int i = 0; i < found.size() && asked < MOST_ASKED; i++) {
            int each = found.ordinalAt(i);
            if (space.isEqual(before, each)) {
                addLinksOf(each, buffer);
                asked++;
            }
            before = each;
        }
        return found.size() > 0 && space.isEqual(node, found.ordinalAt(0));
    }

    int candidateCount() {
        return candidateCount;
    }

    /** Makes the list of a slot that nobody can reach that of a node without links. */
    void startEmpty(int slot) {
        assert inDegrees[slot] == 0 : slot;
        for (int each = graph.level(slot); each >= 0; each--) {
            graph.setLinks(slot, each, chosen, 0);
        }
        if (encoder != null) {
            encoder.encode(slot, 0);
        }
    }

    /** Gives the node the best of what was offered, at most so many. */
    void choose(int limit) {
        replace(select(limit));
    }

    /** The same, but what living links it had stay beside them while there is room. */
    void chooseMore(int limit) {
        int taken = select(limit);
        for (int i = 0; i < oldCount && taken < limit; i++) {
            if (live.isAlive(old[i]) && !contains(chosen, taken, old[i])) {
                chosen[taken++] = old[i];
            }
        }
        replace(taken);
    }

    private int select(int limit) {
        int count = 0;
        int loneCount = 0;
        int twinCount = 0;
        for (int i = 0; i < candidateCount; i++) {
            int candidate = candidates[i];
            if (isLone(candidate) && loneCount < limit / 2) {
                lone[loneCount++] = candidate;
            } else if (!space.isEqual(node, candidate)) {
                candidates[count++] = candidate;
            } else if (twinCount < twins.length) {
                twins[twinCount++] = candidate;
            }
        }
        space.copyInto(node, row);
        space.distances(row, candidates, count, distances);
        for (int i = 0; i < count; i++) {
            keys[i] = Beam.key(distances[i], candidates[i]);
        }
        Arrays.sort(keys, 0, count);
        int firstTwins = Math.min(twinCount, 1);
        int taken = selector.select(keys, count, node, limit - loneCount - firstTwins);
        System.arraycopy(selector.selected(), 0, chosen, 0, taken);
        System.arraycopy(lone, 0, chosen, taken, loneCount);
        taken += loneCount;
        for (int i = 0; i < twinCount; i++) {
            if (i < firstTwins || taken < Math.min(FLOOR, limit)) {
                chosen[taken++] = twins[i];
            }
        }
        return taken;
    }

    /** Leaves of the node's links those that are alive. */
    void keepAlive() {
        int count = 0;
        for (int i = 0; i < oldCount; i++) {
            if (live.isAlive(old[i])) {
                chosen[count++] = old[i];
            }
        }
        replace(count);
    }

    private boolean isLone(int candidate) {
        return level == 0
                && inDegrees[candidate] == 1
                && contains(old, oldCount, candidate)
                && live.isAlive(node);
    }

    /**
     * Makes the list that of the chosen ones. Links that stay keep their places, so that their
     * codes stay, too; those behind the new end first move to a place that gets free.
     */
    private void replace(int count) {
        boolean counts = level == 0 && live.isAlive(node);
        if (counts) {
            for (int i = 0; i < oldCount; i++) {
                if (!contains(chosen, count, old[i])) {
                    release(old[i]);
                }
            }
        }
        int next = 0;
        for (int place = 0; place < count; place++) {
            if (place < oldCount && contains(chosen, count, old[place])) {
                continue;
            }
            while (stays(chosen[next], count)) {
                next++;
            }
            int link = chosen[next++];
            if (counts && !contains(old, oldCount, link)) {
                inDegrees[link]++;
            }
            set(place, link);
        }
        for (int place = count; place < oldCount; place++) {
            graph.setLink(node, level, place, LayeredGraph.NONE);
        }
        if (level == 0 && count < oldCount && encoder != null) {
            encoder.encode(node, count);
        }
    }

    /** Whether a link has a place already that the new list has, too. */
    private boolean stays(int link, int count) {
        return contains(old, Math.min(oldCount, count), link);
    }

    private void set(int place, int link) {
        graph.setLink(node, level, place, link);
        if (level == 0 && encoder != null) {
            encoder.encode(node, place, link);
        }
    }

    /** Notes the links of a node that has become alive. */
    void count(int slot) {
        int degree = graph.linksInto(slot, 0, old);
        for (int i = 0; i < degree; i++) {
            inDegrees[old[i]]++;
        }
        if (inDegrees[slot] == 0) {
            addOrphan(slot);
        }
    }

    /** Takes back what {@link #count} noted. */
    void uncount(int slot) {
        int degree = graph.linksInto(slot, 0, old);
        for (int i = 0; i < degree; i++) {
            release(old[i]);
        }
    }

    private void release(int slot) {
        inDegrees[slot]--;
        if (inDegrees[slot] == 0) {
            addOrphan(slot);
        }
    }

    private void addOrphan(int slot) {
        if (orphanCount == orphans.length) {
            orphans = Arrays.copyOf(orphans, 2 * orphanCount);
        }
        orphans[orphanCount++] = slot;
    }

    /**
     * Has a node link to another: beside its links while there is room, else if it is wanted.
     *
     * @param hasTwin whether some row is equal to the newcomer's; then one of them is enough.
     */
    void takeUp(int taker, int onLevel, int newcomer, boolean hasTwin) {
        begin(taker, onLevel);
        for (int i = 0; i < oldCount; i++) {
            if (old[i] == newcomer || (hasTwin && space.isEqual(old[i], newcomer))) {
                return;
            }
        }
        if (append(newcomer)) {
            return;
        }
        addOwn();
        add(newcomer);
        choose(graph.capacity(level));
    }

    /**
     * Leads to a node of level 0 from another one, whose longest link that others also lead to
     * makes room where there is none, and then goes by way of the new one: u → w becomes u → node →
     * w. Answers whether it could.
     */
    boolean leadTo(int slot, int from) {
        begin(from, 0);
        if (contains(old, oldCount, slot) || append(slot)) {
            return true;
        }
        int place = longest(slot);
        if (place == LayeredGraph.NONE) {
            if (graph.linksInto(slot, 0, chosen) == graph.capacity(0)) {
                return false;
            }
            // Nobody else leads to any of them, but the new one will.
            place = oldCount - 1;
        }
        int cut = old[place];
        replaceAt(place, slot);
        begin(slot, 0);
        if (cut != slot && live.isAlive(cut) && !contains(old, oldCount, cut) && !append(cut)) {
            int own = longest(cut);
            if (own != LayeredGraph.NONE) {
                replaceAt(own, cut);
            }
        }
        return true;
    }

    private boolean append(int link) {
        if (oldCount == graph.capacity(level)) {
            return false;
        }
        set(oldCount, link);
        if (level == 0) {
            inDegrees[link]++;
        }
        return true;
    }

    private void replaceAt(int place, int link) {
        release(old[place]);
        inDegrees[link]++;
        set(place, link);
    }

    /** Place of the longest link that can be given up, or {@link LayeredGraph#NONE}. */
    private int longest(int except) {
        space.copyInto(node, row);
        space.distances(row, old, oldCount, distances);
        int longest = LayeredGraph.NONE;
        for (int i = 0; i < oldCount; i++) {
            boolean canGo = !live.isAlive(old[i]) || inDegrees[old[i]] > 1;
            if (canGo
                    && old[i] != except
                    && (longest == LayeredGraph.NONE || distances[i] > distances[longest])) {
                longest = i;
            }
        }
        return longest;
    }

    private static boolean contains(int[] values, int count, int value) {
        for (int i = 0; i < count; i++) {
            if (values[i] == value) {
                return true;
            }
        }
        return false;
    }
}
