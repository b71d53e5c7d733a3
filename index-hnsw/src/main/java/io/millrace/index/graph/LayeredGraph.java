package io.millrace.index.graph;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The links of a layered graph, off heap. Every node is on level 0, where its list stands in its
 * record (see {@link NodeLayout}). A node of level l has one more list for each of the levels 1 to
 * l; these lists stand one after another in a table of their own, and {@code upperStarts} tells the
 * number of each node's first one. Lists have a fixed capacity and end at the first -1.
 *
 * <pre>
 *   upperStarts: 0 0 2 2 3     four nodes; node 1 is of level 2, node 3 of level 1
 *   upperLists:  [1 on level 1] [1 on level 2] [3 on level 1], maxConnections int32 each
 * </pre>
 *
 * <p>Threading: while it is built, each list is written by one thread at a time and read by others
 * only after a barrier; a finished graph is immutable, one that changes a {@link LiveGraph}'s.
 */
public final class LayeredGraph {
    /** Ends a list that is not full; also the entry point of a graph without nodes. */
    public static final int NONE = -1;

    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int count;
    private final int maxConnections;
    private final int places;
    private final long linksOffset;
    private final long strideBytes;
    private final MemorySegment records;
    private final MemorySegment upperStarts;
    private final MemorySegment upperLists;
    private volatile int entry;

    /**
     * A graph over memory that holds it.
     *
     * @param layout layout of the node records.
     * @param count how many nodes.
     * @param entry where searches begin, a node of the top level, or {@link #NONE}.
     * @param records the node records.
     * @param upperStarts count + 1 int32.
     * @param upperLists the lists of the upper levels.
     */
    public LayeredGraph(
            NodeLayout layout,
            int count,
            int entry,
            MemorySegment records,
            MemorySegment upperStarts,
            MemorySegment upperLists) {
        this.count = count;
        this.maxConnections = layout.maxConnections();
        this.places = layout.slots();
        this.linksOffset = layout.linksOffset();
        this.strideBytes = layout.strideBytes();
        this.entry = entry;
        this.records = records;
        this.upperStarts = upperStarts;
        this.upperLists = upperLists;
    }

    /**
     * How many nodes there are.
     *
     * @return from 0.
     */
    public int count() {
        return count;
    }

    /**
     * Where searches begin.
     *
     * @return a node of the top level, or {@link #NONE} where there are no nodes.
     */
    public int entry() {
        return entry;
    }

    /**
     * The highest level.
     *
     * @return from 0.
     */
    public int topLevel() {
        int top = entry;
        return top == NONE ? 0 : level(top);
    }

    /**
     * The highest level a node is on.
     *
     * @param node which node.
     * @return from 0.
     */
    public int level(int node) {
        return upperStart(node + 1) - upperStart(node);
    }

    /**
     * How many links a list can hold.
     *
     * @param level on which level.
     * @return the most links.
     */
    public int capacity(int level) {
        return level == 0 ? 2 * maxConnections : maxConnections;
    }

    /**
     * Copies the links of a node.
     *
     * @param node which node.
     * @param level on which level.
     * @param target where they go; holds at least {@link #capacity}.
     * @return how many there are.
     */
    @HotPath
    public int linksInto(int node, int level, int[] target) {
        MemorySegment lists = lists(level);
        long offset = listOffset(node, level);
        int capacity = capacity(level);
        for (int i = 0; i < capacity; i++) {
            int link = lists.get(INT, offset + (long) i * Integer.BYTES);
            if (link == NONE) {
                return i;
            }
            target[i] = link;
        }
        return capacity;
    }

    /**
     * How many places a record has for links of level 0: as many as a list can hold, or some more.
     *
     * @return the same for all nodes.
     */
    public int places() {
        return places;
    }

    /**
     * Copies all places for links of a node on level 0. Searches by codes look at all at once, and
     * so at those behind the last link.
     *
     * @param node which node.
     * @param target where they go, {@link #NONE} among them; holds at least {@link #places}.
     */
    public void placesInto(int node, int[] target) {
        long offset = listOffset(node, 0);
        MemorySegment.copy(records, INT, offset, target, 0, places);
    }

    /** Has searches begin elsewhere from now on. */
    void setEntry(int node) {
        entry = node;
    }

    MemorySegment lists(int level) {
        return level == 0 ? records : upperLists;
    }

    long listOffset(int node, int level) {
        return level == 0
                ? node * strideBytes + linksOffset
                : (upperStart(node) - 1L + level) * maxConnections * Integer.BYTES;
    }

    /** Replaces a list. */
    void setLinks(int node, int level, int[] links, int linkCount) {
        int capacity = capacity(level);
        for (int i = 0; i < capacity; i++) {
            setLink(node, level, i, i < linkCount ? links[i] : NONE);
        }
    }

    void setLink(int node, int level, int index, int link) {
        lists(level).set(INT, listOffset(node, level) + (long) index * Integer.BYTES, link);
    }

    private int upperStart(int node) {
        return upperStarts.get(INT, (long) node * Integer.BYTES);
    }
}
