package io.millrace.server.living;

import io.millrace.core.HotPath;
import io.millrace.core.thread.LowPriority;
import io.millrace.index.HnswIndex;
import io.millrace.index.MutableHnswIndex;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A graph of upserted items, for when they are too many to look at each. Its ids are their slots. A
 * change never waits for it: the slot of an item that changes is loose ({@link
 * UpsertedItems#looseSlots}), and when there are more of those than searches are to look at, a
 * thread of its own brings them into the graph. Only then is a slot no longer loose, so whoever
 * reads which slots are loose and then searches the graph for the others misses nobody.
 *
 * <p>Threading: one thread changes the graph, any number search it. Ownership: owns the graph.
 */
public final class UpsertedGraph implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UpsertedGraph.class);
    private static final int PAUSE_MS = 20;

    private final HnswIndex like;
    private final UpsertedItems items;
    private final int mostLoose;
    private final ScheduledExecutorService thread;
    private volatile boolean isClosing;

    /** Null as long as few were upserted. */
    private volatile @Nullable MutableHnswIndex graph;

    /** Loose slots that were left so, since a graph does not take their vectors. */
    private int unfit;

    private String lastTrouble = "";

    /**
     * No graph yet.
     *
     * @param like the index of the other items, of whose form it is
     * @param items have the vectors
     * @param mostLoose how many of them searches look at one by one
     */
    public UpsertedGraph(HnswIndex like, UpsertedItems items, int mostLoose) {
        this.like = like;
        this.items = items;
        this.mostLoose = mostLoose;
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        task ->
                                Thread.ofPlatform()
                                        .name("millrace-upserts-0")
                                        .daemon()
                                        .unstarted(task));
    }

    /**
     * The graph.
     *
     * @return null as long as there was no need of it; then always the same
     */
    @HotPath
    public @Nullable MutableHnswIndex graph() {
        return graph;
    }

    /**
     * How many items it has.
     *
     * @return those whose slots are loose may be among them
     */
    public int size() {
        MutableHnswIndex now = graph;
        return now == null ? 0 : now.size();
    }

    /** Absorbs now, and again whenever there is something to be absorbed. */
    public void start() {
        // It shares a lock with the thread that makes changes, which must not wait for it.
        LowPriority.atUsualPriority(this::schedule);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // It ends with the executor.
    private void schedule() {
        thread.scheduleWithFixedDelay(this::absorbOrTell, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void absorbOrTell() {
        try {
            absorb();
            lastTrouble = "";
        } catch (RuntimeException e) { // A schedule that throws is not run again.
            String trouble = e.toString();
            if (!trouble.equals(lastTrouble)) {
                LOG.warn("upserted items are not brought into their graph, to be tried again", e);
            }
            lastTrouble = trouble;
        }
    }

    /** Brings all loose slots into the graph, if they are more than searches are to look at. */
    synchronized void absorb() {
        if (items.looseCount() - unfit <= mostLoose) {
            return;
        }
        MutableHnswIndex into = graph;
        if (into == null) {
            into = MutableHnswIndex.emptyLike(like, items.room());
            graph = into;
        }
        int leftLoose = 0;
        for (int slot = 0; slot < items.count() && !isClosing; slot++) {
            if (items.isLoose(slot) && !absorb(slot, into)) {
                leftLoose++;
            }
        }
        unfit = leftLoose;
    }

    private boolean absorb(int slot, MutableHnswIndex into) {
        float[] vector = items.vectorAt(slot);
        if (vector == null) {
            if (into.contains(slot)) {
                into.delete(slot);
            }
        } else if (into.accepts(vector)) {
            into.upsert(slot, vector);
        } else {
            // What the graph has of it stays: a search may have begun before the slot was loose.
            return false;
        }
        items.fasten(slot, vector);
        return true;
    }

    /** Stops when the item that is on its way is in. */
    @Override
    public void close() {
        isClosing = true;
        thread.close();
        MutableHnswIndex last = graph;
        if (last != null) {
            last.close();
        }
    }
}
