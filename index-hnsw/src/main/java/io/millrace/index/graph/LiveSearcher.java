package io.millrace.index.graph;

import io.millrace.core.HotPath;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Searches a {@link LiveGraph}. Deleted nodes are passed through; where they crowd out the answer,
 * the search is made once more and wider, and where that does not fill it either, all rows are
 * looked at: an answer is short only when fewer rows lived all the while.
 *
 * <p>Threading: one thread, beside the writer. Allocation: none after construction.
 */
public final class LiveSearcher {
    /** Room for deleted ones among what is found, and for a few that the caller leaves out. */
    private static final int SPARE = 8;

    private final LiveGraph live;
    private final LayeredGraph graph;
    private final RowSpace space;
    private final ReaderEpochs.Reader epoch;
    private final GraphSearcher plain;
    private final @Nullable InlinedSearcher inlined;
    private final Beam nearest;
    private final int[] slots;
    private final float[] distances;
    private final int widest;
    private int count;

    /**
     * A searcher of one thread.
     *
     * @param live the graph.
     * @param maxEf the largest ef it will be given.
     * @param maxK the most results.
     */
    public LiveSearcher(LiveGraph live, int maxEf, int maxK) {
        this.live = live;
        graph = live.graph();
        space = live.space();
        epoch = live.epochs().newReader();
        widest = 2 * Math.max(maxEf, maxK) + SPARE;
        boolean isInlined = live.memory().layout().isInlined();
        plain = new GraphSearcher(graph, space, isInlined ? 1 : widest);
        inlined =
                isInlined
                        ? new InlinedSearcher(
                                live.memory(), space.isDot(), widest, widest, new Effort())
                        : null;
        nearest = new Beam(maxK + SPARE);
        slots = new int[maxK + SPARE];
        distances = new float[maxK + SPARE];
    }

    /** Comes in, before {@link #search}; what it finds stays what it is until {@link #leave}. */
    @HotPath
    public void enter() {
        epoch.enter();
    }

    /** Goes out, after the last look at what was found. */
    @HotPath
    public void leave() {
        epoch.leave();
    }

    /**
     * Finds nodes that are alive, nearest first.
     *
     * @param query the query in its stored form.
     * @param k how many are wanted.
     * @param ef how many candidates are kept on the way, at least k.
     * @return how many were found, a few more than k where there are; fewer than k only where fewer
     *     rows lived all the while.
     */
    @HotPath
    public int search(float[] query, int k, int ef) {
        int entry = live.entry();
        count = 0;
        if (entry == LayeredGraph.NONE) {
            return 0;
        }
        int wanted = Math.min(k, live.aliveCount());
        int start = plain.descend(query, entry, graph.level(entry), 0);
        int room = k + SPARE;
        collect(near(query, start, room, Math.max(ef, room)), room);
        if (count < wanted) {
            collect(near(query, start, widest, widest), room);
        }
        if (count < wanted) {
            lookAtAll(query, room);
        }
        return count;
    }

    private Beam near(float[] query, int start, int k, int ef) {
        if (inlined != null) {
            InlinedSearcher searcher = Objects.requireNonNull(inlined);
            searcher.searchFrom(query, start, k, ef, null);
            return searcher.found();
        }
        plain.searchLevel(query, start, 0, ef, null);
        return plain.beam();
    }

    private void collect(Beam beam, int room) {
        count = 0;
        for (int i = 0; i < beam.size() && count < room; i++) {
            int slot = beam.ordinalAt(i);
            if (live.isAlive(slot)) {
                slots[count] = slot;
                distances[count++] = beam.distanceAt(i);
            }
        }
    }

    private void lookAtAll(float[] query, int room) {
        nearest.reset(room);
        int end = live.slotsInUse();
        for (int slot = 0; slot < end; slot++) {
            if (live.isAlive(slot)) {
                nearest.offer(space.distance(query, slot), slot);
            }
        }
        count = 0;
        for (int i = 0; i < nearest.size(); i++) {
            slots[count] = nearest.ordinalAt(i);
            distances[count++] = nearest.distanceAt(i);
        }
    }

    /**
     * Where a node that was found stands.
     *
     * @param rank 0 is the nearest.
     * @return its slot.
     */
    public int slotAt(int rank) {
        return slots[rank];
    }

    /**
     * How far a node that was found is.
     *
     * @param rank 0 is the nearest.
     * @return its distance.
     */
    public float distanceAt(int rank) {
        return distances[rank];
    }
}
