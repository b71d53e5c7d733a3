package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.memory.DirectMemory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A graph that changes while it is searched, with room for more nodes than it has. A place for a
 * node is a slot. The level of a slot is fixed, by its number, as ordinals have theirs in a graph
 * that is built: so the tables of the upper levels need no change ever, and a slot that is used
 * again has lists on the same levels as before.
 *
 * <p>What readers may rely on, whatever the writer is at ({@link GraphEditor}):
 *
 * <ul>
 *   <li>Every link they read is the number of a node whose row, id and lists were written whole
 *       before the link was, and stay while they are inside an epoch. They come to a node only by
 *       the number they have read, and neither compilers nor processors guess addresses, so they
 *       see what was written before that number.
 *   <li>A list is read link by link. Halfway through a change they see some old and some new links,
 *       one maybe twice; never fewer than the shorter of both lists has.
 *   <li>The code of a neighbour may be that of the link before, or half of it. Then an estimate is
 *       wrong, and one node is visited in vain or missed; distances that are answered are exact.
 *   <li>A node that is not {@link #isAlive} leads on but must not be answered.
 * </ul>
 *
 * <p>Threading: one writer, any number of readers, each inside its own {@link ReaderEpochs.Reader}.
 * Ownership: owns its memory; close it after the last search.
 */
public final class LiveGraph implements AutoCloseable {
    static final byte FREE = 0;
    static final byte ALIVE = 1;

    /** Deleted, but some node may still link to it. */
    static final byte DEAD = 2;

    /** Nobody links to it, but some reader may still be at it. */
    static final byte LEFT = 3;

    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(byte[].class);
    private static final int LEAST_SPARE = 1024;
    private static final int SPARE_PART = 16;

    private final GraphMemory memory;
    private final LayeredGraph graph;
    private final RowSpace space;
    private final ReaderEpochs epochs = new ReaderEpochs();
    private final byte[] states;
    private final int capacity;
    private volatile int entry;
    private volatile int aliveCount;
    private volatile int slotsInUse;

    /**
     * Copies a graph.
     *
     * @param source the graph.
     * @param isDot whether distance is minus the dot product.
     * @param capacity the most nodes that will be alive, at least as many as there are.
     * @param seed decides the levels of further nodes.
     */
    public LiveGraph(GraphMemory source, boolean isDot, int capacity, long seed) {
        this.capacity = capacity;
        // Deleted nodes keep their slots for some time.
        int spare = Math.max(LEAST_SPARE, capacity / SPARE_PART);
        int slots = (int) Math.min(Integer.MAX_VALUE - 8L, (long) capacity + spare);
        memory = copy(source, slots, seed);
        graph = memory.graph();
        space = memory.space(isDot);
        states = new byte[slots];
        Arrays.fill(states, 0, source.count(), ALIVE);
        aliveCount = source.count();
        slotsInUse = source.count();
        entry = source.entry();
    }

    private static GraphMemory copy(GraphMemory source, int slots, long seed) {
        NodeLayout layout = source.layout();
        LayeredGraph from = source.graph();
        // Pages are taken from the system when they are first written to.
        DirectMemory records = DirectMemory.allocate(slots * layout.strideBytes());
        DirectMemory starts = DirectMemory.allocate((slots + 1L) * Integer.BYTES);
        int lists = 0;
        for (int slot = 0; slot < slots; slot++) {
            starts.segment().set(LayeredGraph.INT, (long) slot * Integer.BYTES, lists);
            lists +=
                    slot < source.count()
                            ? from.level(slot)
                            : InsertionOrder.levelOf(slot, layout.maxConnections(), seed);
        }
        starts.segment().set(LayeredGraph.INT, (long) slots * Integer.BYTES, lists);
        long listBytes = (long) layout.maxConnections() * Integer.BYTES;
        DirectMemory upper = DirectMemory.allocate(lists * listBytes);
        MemorySegment.copy(
                source.records(), 0, records.segment(), 0, source.count() * layout.strideBytes());
        MemorySegment.copy(
                source.upperLists(), 0, upper.segment(), 0, source.upperLists().byteSize());
        return new GraphMemory(
                layout,
                slots,
                LayeredGraph.NONE,
                records.segment(),
                starts.segment(),
                upper.segment(),
                () -> {
                    records.close();
                    starts.close();
                    upper.close();
                });
    }

    /**
     * The most nodes that can be alive.
     *
     * @return from 0.
     */
    public int capacity() {
        return capacity;
    }

    /**
     * How many nodes are alive.
     *
     * @return at most the capacity.
     */
    public int aliveCount() {
        return aliveCount;
    }

    /**
     * Slots that were ever in use; those behind them were never written.
     *
     * @return at most {@link #slots}.
     */
    public int slotsInUse() {
        return slotsInUse;
    }

    /**
     * How many slots there are, in use or not.
     *
     * @return more than the capacity.
     */
    public int slots() {
        return states.length;
    }

    /**
     * Where searches begin.
     *
     * @return a node of the highest level, or {@link LayeredGraph#NONE} where none is alive.
     */
    public int entry() {
        return entry;
    }

    /**
     * Whether a node may be answered.
     *
     * @param slot which one.
     * @return false once it was deleted.
     */
    @HotPath
    public boolean isAlive(int slot) {
        return state(slot) == ALIVE;
    }

    /**
     * The links; of slots that are not in use they mean nothing.
     *
     * @return the graph, whose entry is not that of this one.
     */
    public LayeredGraph graph() {
        return graph;
    }

    /**
     * The rows.
     *
     * @return a row a slot.
     */
    public RowSpace space() {
        return space;
    }

    /**
     * When readers entered.
     *
     * @return the epochs.
     */
    public ReaderEpochs epochs() {
        return epochs;
    }

    /**
     * Memory of the slots in use.
     *
     * @return bytes.
     */
    public long bytesInUse() {
        int slots = slotsInUse;
        int lists = memory.upperStarts().get(LayeredGraph.INT, (long) slots * Integer.BYTES);
        long listBytes = (long) memory.layout().maxConnections() * Integer.BYTES;
        return slots * (memory.layout().strideBytes() + Integer.BYTES) + lists * listBytes;
    }

    @Override
    public void close() {
        memory.close();
    }

    GraphMemory memory() {
        return memory;
    }

    @HotPath
    byte state(int slot) {
        return (byte) STATE.getAcquire(states, slot);
    }

    void setState(int slot, byte state) {
        STATE.setRelease(states, slot, state);
    }

    void setEntry(int slot) {
        entry = slot;
    }

    void setAliveCount(int count) {
        aliveCount = count;
    }

    void setSlotsInUse(int count) {
        slotsInUse = count;
    }
}
