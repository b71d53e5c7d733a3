package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.index.filter.OrdinalFilter;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Walks level 0 among accepted nodes only, and can go on where it ended.
 *
 * <p>With a set of accepted nodes a step looks at the accepted neighbours of a node and, through
 * the neighbours that are not accepted, at theirs, as far as it takes to find a list full (Patel et
 * al.: ACORN, SIGMOD 2024, section 5.2). It begins at members spread over the set, because the set
 * may lie where no walk from the entry point would come by.
 *
 * <p>When asked for more, what was answered leaves the beam, what had no room in it comes back from
 * a spill, and the walk goes on. When it ends without having come to all rows of the set, the
 * others are scanned, so that no answer is shorter than it must be.
 *
 * <p>Of a graph that changes, readers leave their epoch between two pages and hold up nothing
 * ({@link #nextOfLive}). When one comes back it drops what it stood at and is gone, takes up the
 * nodes that are new instead, and goes on from the others.
 *
 * <p>Distances are exact in every layout: codes would estimate rows that are not accepted, too.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class ResumableSearcher {
    /** Half a megabyte of candidates: at 32 links a node those of 2,000 visited nodes at least. */
    private static final int MAX_SPILL = 1 << 16;

    private final LayeredGraph graph;
    private final RowSpace space;
    private final Effort effort;
    private final @Nullable PageChanges changes;
    private final GraphSearcher descent;
    private final Beam beam;
    private final Spill spill;
    private final VisitedSet visited;
    private final int listCapacity;
    private final int[] links;
    private final int[] secondLinks;
    private final int[] fresh;
    private final float[] distances;

    private float[] query = {};
    private @Nullable OrdinalFilter accepted;
    private int ef;
    private int scanned;
    private boolean isResumable;
    private int hidden = LayeredGraph.NONE;

    /**
     * A searcher of one thread.
     *
     * @param view the graph.
     * @param live the same where it changes, else null.
     * @param maxEf the largest ef it will be given.
     * @param effort told of all that is measured.
     */
    public ResumableSearcher(GraphView view, @Nullable LiveGraph live, int maxEf, Effort effort) {
        graph = view.graph();
        space = view.space();
        this.effort = effort;
        descent = new GraphSearcher(graph, space, 1, 1, effort);
        beam = new Beam(maxEf);
        spill = new Spill(Math.max(1, Math.min(graph.count(), MAX_SPILL)));
        visited = new VisitedSet(graph.count());
        changes = live == null ? null : new PageChanges(live, beam, spill, visited);
        listCapacity = graph.capacity(0);
        links = new int[listCapacity];
        secondLinks = new int[listCapacity];
        // A list that is not quite full, and one more.
        fresh = new int[2 * listCapacity];
        distances = new float[2 * listCapacity];
    }

    /**
     * What was found and not taken yet.
     *
     * @return the beam, nearest first.
     */
    public Beam beam() {
        return beam;
    }

    /**
     * Passes over a node from now on, as if it were not there.
     *
     * @param node a node of level 0 alone and not the entry, or {@link LayeredGraph#NONE}.
     */
    public void hide(int node) {
        hidden = node;
    }

    /** Whether the last search came by a node, accepted or not. */
    boolean hasSeen(int node) {
        return visited.has(node);
    }

    /**
     * Whether rows were lost because the spill was full.
     *
     * @return true when not all rows can be answered any more.
     */
    public boolean hasLost() {
        return spill.hasLost();
    }

    /**
     * Finds accepted nodes near a query, which then stand in {@link #beam()}.
     *
     * @param newQuery the query, padded; must stay as it is while the search is resumed.
     * @param k how many are wanted.
     * @param newEf how many candidates are kept on the way, at least k.
     * @param newAccepted which nodes are accepted, or null for all.
     * @param resumable whether {@link #next} will be called.
     */
    @HotPath
    public void search(
            float[] newQuery,
            int k,
            int newEf,
            @Nullable OrdinalFilter newAccepted,
            boolean resumable) {
        query = newQuery;
        ef = newEf;
        accepted = newAccepted;
        isResumable = resumable;
        scanned = 0;
        if (changes != null) {
            changes.begin();
        }
        beam.reset(ef);
        spill.clear();
        visited.clear();
        if (hidden != LayeredGraph.NONE) {
            visited.add(hidden);
        }
        int entry = graph.entry();
        if (entry == LayeredGraph.NONE) {
            return;
        }
        int start = descent.descend(query, entry, graph.level(entry), 0);
        seed(start);
        follow(k);
    }

    /**
     * Goes on where the search ended.
     *
     * @param taken how many candidates of {@link #beam()}, from the nearest, were answered.
     * @param k how many are wanted now.
     */
    @HotPath
    public void next(int taken, int k) {
        beam.dropFirst(taken);
        refill();
        follow(k);
    }

    /** The nearest of those that had no room take that of those that have left. */
    private void refill() {
        while (beam.size() < ef && !spill.isEmpty()) {
            beam.displace(spill.pop());
        }
    }

    /**
     * Goes on in a graph that has changed since, in another epoch. What was answered must not be
     * accepted any more.
     *
     * @param k how many are wanted now.
     */
    @HotPath
    public void nextOfLive(int k) {
        OrdinalFilter members = Objects.requireNonNull(accepted);
        PageChanges own = Objects.requireNonNull(changes);
        if (!own.catchUp(members)) {
            search(query, k, ef, members, true);
            return;
        }
        // Before others come, which may be farther than those that had no room.
        refill();
        while (own.hasBorn()) {
            measure(own.bornInto(fresh, members));
        }
        follow(k);
    }

    /** Puts the nodes into the beam that the walk begins at. */
    private void seed(int start) {
        if (accepted == null) {
            visited.add(start);
            fresh[0] = start;
            measure(1);
            return;
        }
        int count = gatherAccepted(start, accepted);
        if (accepted.contains(start) && visited.add(start)) {
            fresh[count++] = start;
        }
        measure(count);
        seedAll(accepted);
    }

    /** Begins at members all over the set as well. */
    private void seedAll(OrdinalFilter members) {
        int size = members.size();
        int count = 0;
        int last = OrdinalFilter.NONE;
        for (int i = 0; i < ef; i++) {
            // Where the set has a gap, the next member behind those that were taken.
            int from = Math.max((int) ((long) i * size / ef), last + 1);
            last = members.nextSet(from);
            if (last == OrdinalFilter.NONE) {
                break;
            }
            if (visited.add(last)) {
                fresh[count++] = last;
            }
            if (count == listCapacity) {
                measure(count);
                count = 0;
            }
        }
        measure(count);
    }

    /** Goes from candidate to candidate until none is left, or the time is over. */
    private void follow(int k) {
        int node = effort.isOver() ? LayeredGraph.NONE : beam.follow();
        while (node != LayeredGraph.NONE) {
            node = visit(node) ? LayeredGraph.NONE : beam.follow();
        }
        if (beam.size() < k && !effort.isOver()) {
            scanUnseen();
        }
    }

    /** Measures what can be seen from a node; whether time is over. */
    private boolean visit(int node) {
        int count = accepted == null ? gather(node) : gatherAccepted(node, accepted);
        return measure(count);
    }

    private int gather(int node) {
        int linkCount = graph.linksInto(node, 0, links);
        int count = 0;
        for (int i = 0; i < linkCount; i++) {
            if (visited.add(links[i])) {
                fresh[count++] = links[i];
            }
        }
        return count;
    }

    private int gatherAccepted(int node, OrdinalFilter members) {
        int linkCount = graph.linksInto(node, 0, links);
        int count = 0;
        int bridges = 0;
        for (int i = 0; i < linkCount; i++) {
            int link = links[i];
            // Bridges are passed once: who is behind them is seen then.
            if (visited.has(link)) {
                continue;
            }
            if (members.contains(link)) {
                visited.add(link);
                fresh[count++] = link;
            } else {
                links[bridges++] = link;
            }
        }
        for (int i = 0; i < bridges && count < listCapacity; i++) {
            visited.add(links[i]);
            int secondCount = graph.linksInto(links[i], 0, secondLinks);
            for (int j = 0; j < secondCount; j++) {
                int link = secondLinks[j];
                if (members.contains(link) && visited.add(link)) {
                    fresh[count++] = link;
                }
            }
        }
        return count;
    }

    /** Looks at all accepted rows that no walk came to. */
    private void scanUnseen() {
        boolean isOver = false;
        while (scanned < graph.count() && !isOver) {
            int count = 0;
            while (count < fresh.length && scanned < graph.count()) {
                boolean isWanted = accepted == null || accepted.contains(scanned);
                if (isWanted && visited.add(scanned)) {
                    fresh[count++] = scanned;
                }
                scanned++;
            }
            isOver = measure(count);
        }
    }

    /** Offers the fresh nodes to the beam; whether time is over. */
    private boolean measure(int count) {
        space.distances(query, fresh, count, distances);
        for (int i = 0; i < count; i++) {
            if (isResumable) {
                long left = beam.displace(Beam.key(distances[i], fresh[i]));
                if (left != Beam.NO_KEY) {
                    spill.push(left);
                }
            } else {
                beam.offer(distances[i], fresh[i]);
            }
        }
        return effort.step(count);
    }
}
