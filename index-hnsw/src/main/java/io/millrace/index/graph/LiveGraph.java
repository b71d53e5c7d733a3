package io.millrace.index.graph;

import io.millrace.core.HotPath;

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
    private final GraphView view;
    private final LayeredGraph graph;
    private final ReaderEpochs epochs = new ReaderEpochs();
    private final Births births = new Births();
    private final byte[] states;
    private final int capacity;
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
        view = memory.view(isDot);
        graph = view.graph();
        states = new byte[slots];
        Arrays.fill(states, 0, source.count(), ALIVE);
        aliveCount = source.count();
        slotsInUse = source.count();
        graph.setEntry(source.entry());
    }

    private static GraphMemory copy(GraphMemory source, int slots, long seed) {
        NodeLayout layout = source.layout();
        LayeredGraph from = source.graph();
        GraphMemory copy =
                GraphMemory.allocate(
                        layout,
                        slots,
                        LayeredGraph.NONE,
                        slot ->
                                slot < source.count()
                                        ? from.level(slot)
                                        : InsertionOrder.levelOf(
                                                slot, layout.maxConnections(), seed));
        MemorySegment.copy(
                source.records(), 0, copy.records(), 0, source.count() * layout.strideBytes());
        MemorySegment.copy(
                source.upperLists(), 0, copy.upperLists(), 0, source.upperLists().byteSize());
        return copy;
    }

    /**
     * Copies what is alive; ordinals are those of the slots, without gaps. The writer calls it,
     * after {@link GraphEditor#settle}, so that nobody links to the dead.
     *
     * @return the copy, to be closed by the caller.
     */
    public GraphMemory compactCopy() {
        int end = slotsInUse;
        int[] ordinals = new int[end];
        int[] slots = new int[aliveCount];
        int count = 0;
        for (int slot = 0; slot < end; slot++) {
            ordinals[slot] = isAlive(slot) ? count : LayeredGraph.NONE;
            if (isAlive(slot)) {
                slots[count++] = slot;
            }
        }
        int entry = entry() == LayeredGraph.NONE ? LayeredGraph.NONE : ordinals[entry()];
        NodeLayout layout = memory.layout();
        GraphMemory copy =
                GraphMemory.allocate(layout, count, entry, ordinal -> graph.level(slots[ordinal]));
        long stride = layout.strideBytes();
        LayeredGraph target = copy.graph();
        int[] links = new int[graph.capacity(0)];
        for (int ordinal = 0; ordinal < count; ordinal++) {
            int slot = slots[ordinal];
            MemorySegment.copy(
                    memory.records(), slot * stride, copy.records(), ordinal * stride, stride);
            for (int level = graph.level(slot); level >= 0; level--) {
                int degree = graph.linksInto(slot, level, links);
                for (int i = 0; i < degree; i++) {
                    assert isAlive(links[i]) : "dead link of " + slot;
                    links[i] = ordinals[links[i]];
                }
                target.setLinks(ordinal, level, links, degree);
            }
        }
        return copy;
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
        return graph.entry();
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
     * @return the graph.
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
        return view.space();
    }

    /**
     * Links and rows.
     *
     * @return what searches read.
     */
    public GraphView view() {
        return view;
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

    Births births() {
        return births;
    }

    GraphMemory memory() {
        return memory;
    }

    /** Whether a slot stays as it is as long as a reader that is inside already does not leave. */
    @HotPath
    boolean isHeld(int slot) {
        byte state = state(slot);
        return state == ALIVE || state == DEAD;
    }

    @HotPath
    byte state(int slot) {
        return (byte) STATE.getAcquire(states, slot);
    }

    void setState(int slot, byte state) {
        STATE.setRelease(states, slot, state);
    }

    void setEntry(int slot) {
        graph.setEntry(slot);
    }

    void setAliveCount(int count) {
        aliveCount = count;
    }

    void setSlotsInUse(int count) {
        slotsInUse = count;
    }
}
