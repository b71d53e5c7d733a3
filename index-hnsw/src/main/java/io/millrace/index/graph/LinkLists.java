package io.millrace.index.graph;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;

/**
 * Changes the lists of a {@link LiveGraph} one at a time, while readers read them, and tells {@link
 * LinkCounts}.
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
    private final LinkCounts counts;
    private final LinkSelector selector;
    private final NeighbourCodes.@Nullable Encoder encoder;

    /** Of an inlined layout, whose lists are always full. */
    private final @Nullable LinkExchange exchange;

    private final float[] row;
    private final int[] old;
    private final int[] chosen;

    /** In which round each of the chosen ones was taken. */
    private final int[] rounds;

    private final int[] twins;
    private final int[] lone;
    private final int[] kept;
    private int node;
    private int level;
    private int oldCount;
    private int[] candidates = new int[1024];
    private float[] distances = new float[1024];
    private long[] keys = new long[1024];
    private int candidateCount;
    private int keyCount;
    private int twinCount;
    private int loneCount;

    LinkLists(LiveGraph live, LinkCounts counts) {
        this.live = live;
        this.counts = counts;
        graph = live.graph();
        space = live.space();
        boolean isInlined = live.view().layout().isInlined();
        selector = new LinkSelector(space, graph.capacity(0), isInlined);
        encoder = isInlined ? live.view().encoder() : null;
        exchange = isInlined ? new LinkExchange(live, counts) : null;
        row = new float[space.paddedDimension()];
        old = new int[graph.capacity(0)];
        chosen = new int[graph.capacity(0)];
        rounds = new int[graph.capacity(0)];
        twins = new int[graph.capacity(0)];
        lone = new int[graph.capacity(0)];
        kept = new int[graph.capacity(0)];
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
        assert counts.of(slot) == 0 : slot;
        for (int each = graph.level(slot); each >= 0; each--) {
            graph.setLinks(slot, each, chosen, 0);
        }
        if (exchange != null) {
            exchange.forget(slot);
        }
        if (encoder != null) {
            encoder.encode(graph, slot, 0);
        }
    }

    /** Gives the node the best of what was offered, at most so many. */
    void choose(int limit) {
        int count = select(limit);
        replace(count);
        noteRounds(count, true);
    }

    /**
     * Leaves the node its living links and gives the other places, up to a limit, to the best of
     * what was offered: a choice among all would look at several times as many pairs of rows.
     */
    void fillUp(int limit) {
        int keptCount = living(kept);
        int count = 0;
        for (int i = 0; i < candidateCount; i++) {
            if (!contains(kept, keptCount, candidates[i])) {
                candidates[count++] = candidates[i];
            }
        }
        candidateCount = count;
        sortOut(0);
        boolean wantsTwin = twinCount > 0 && !hasTwin(keptCount);
        int places = limit - (wantsTwin ? 1 : 0);
        int taken = selector.selectBeside(kept, keptCount, keys, keyCount, node, places);
        System.arraycopy(selector.selected(), 0, chosen, 0, taken);
        System.arraycopy(selector.rounds(), 0, rounds, 0, taken);
        boolean areKnown = level == 0 && exchange != null && exchange.knows(node);
        if (areKnown) {
            Objects.requireNonNull(exchange).roundsOfLiving(node, old, oldCount, rounds);
        }
        int all = addTwins(taken, wantsTwin ? 1 : 0, limit);
        replace(all);
        noteRounds(all, areKnown);
    }

    /** Notes in which rounds the links were taken; equal rows were taken in none. */
    private void noteRounds(int count, boolean areKnown) {
        if (exchange == null || level > 0) {
            return;
        }
        if (areKnown && twinCount == 0) {
            exchange.note(node, chosen, rounds, count);
        } else {
            exchange.forget(node);
        }
    }

    private int living(int[] target) {
        int count = 0;
        for (int i = 0; i < oldCount; i++) {
            if (live.isAlive(old[i])) {
                target[count++] = old[i];
            }
        }
        return count;
    }

    private boolean hasTwin(int keptCount) {
        for (int i = 0; i < keptCount; i++) {
            if (space.isEqual(node, kept[i])) {
                return true;
            }
        }
        return false;
    }

    private int select(int limit) {
        sortOut(limit / 2);
        int firstTwins = Math.min(twinCount, 1);
        int taken = selector.select(keys, keyCount, node, limit - loneCount - firstTwins);
        System.arraycopy(selector.selected(), 0, chosen, 0, taken);
        System.arraycopy(selector.rounds(), 0, rounds, 0, taken);
        System.arraycopy(lone, 0, chosen, taken, loneCount);
        Arrays.fill(rounds, taken, taken + loneCount, LinkSelector.LAST_ROUND);
        return addTwins(taken + loneCount, firstTwins, limit);
    }

    /** Sorts candidates by distance, equal rows and links that nobody else has apart. */
    private void sortOut(int mostLone) {
        loneCount = 0;
        twinCount = 0;
        keyCount = 0;
        space.copyInto(node, row);
        space.distances(row, candidates, candidateCount, distances);
        for (int i = 0; i < candidateCount; i++) {
            int candidate = candidates[i];
            if (loneCount < mostLone && isLone(candidate)) {
                lone[loneCount++] = candidate;
            } else if (!space.isEqual(node, candidate, distances[i])) {
                keys[keyCount++] = Beam.key(distances[i], candidate);
            } else if (twinCount < twins.length) {
                twins[twinCount++] = candidate;
            }
        }
        Arrays.sort(keys, 0, keyCount);
    }

    /** Adds equal rows to the chosen ones, more than the first only up to the floor. */
    private int addTwins(int chosenCount, int first, int limit) {
        int count = chosenCount;
        for (int i = 0; i < twinCount; i++) {
            if (i < first || count < Math.min(FLOOR, limit)) {
                chosen[count++] = twins[i];
            }
        }
        return count;
    }

    /** Leaves of the node's links those that are alive. */
    void keepAlive() {
        replace(living(chosen));
    }

    private boolean isLone(int candidate) {
        return level == 0
                && counts.of(candidate) == 1
                && contains(old, oldCount, candidate)
                && live.isAlive(node);
    }

    /**
     * Makes the list that of the chosen ones. Links that stay keep their places, so that their
     * codes stay, too; those behind the new end first move to a place that gets free.
     */
    private void replace(int count) {
        boolean isCounted = level == 0 && live.isAlive(node);
        if (isCounted) {
            for (int i = 0; i < oldCount; i++) {
                if (!contains(chosen, count, old[i])) {
                    counts.remove(old[i]);
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
            if (isCounted && !contains(old, oldCount, link)) {
                counts.add(link);
            }
            set(place, link);
        }
        for (int place = count; place < oldCount; place++) {
            graph.setLink(node, level, place, LayeredGraph.NONE);
        }
        if (level == 0 && count < oldCount && encoder != null) {
            encoder.encode(graph, node, count);
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
        if (append(newcomer) || exchanges(newcomer)) {
            return;
        }
        addOwn();
        add(newcomer);
        choose(graph.capacity(level));
    }

    /** Gives a newcomer a place of a full list, if it is wanted; false where it takes a choice. */
    private boolean exchanges(int newcomer) {
        boolean canTell = level == 0 && exchange != null && exchange.knows(node);
        if (!canTell || space.isEqual(node, newcomer)) {
            return false;
        }
        int place = Objects.requireNonNull(exchange).placeFor(node, old, oldCount, newcomer);
        if (place != LinkExchange.NOT_WANTED) {
            putAt(place, newcomer);
        }
        return true;
    }

    /** Whether a link of level 0 can be given up: it leads to the dead, or others lead there. */
    private boolean canGo(int link) {
        return !live.isAlive(link) || counts.of(link) > 1;
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
            counts.add(link);
            noteRounds(0, false);
        }
        return true;
    }

    private void replaceAt(int place, int link) {
        putAt(place, link);
        noteRounds(0, false);
    }

    private void putAt(int place, int link) {
        counts.remove(old[place]);
        counts.add(link);
        set(place, link);
    }

    /** Place of the longest link that can be given up, or {@link LayeredGraph#NONE}. */
    private int longest(int except) {
        space.copyInto(node, row);
        space.distances(row, old, oldCount, distances);
        int longest = LayeredGraph.NONE;
        for (int i = 0; i < oldCount; i++) {
            if (canGo(old[i])
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
