package io.millrace.index.graph;

import io.millrace.core.memory.DirectMemory;

import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;

/**
 * The memory of one graph: node records and the tables of the upper levels, as they also lie in a
 * file.
 *
 * <p>Ownership: closing it frees the memory, or the file it is mapped from.
 *
 * @param layout layout of the node records.
 * @param count how many nodes.
 * @param entry where searches begin, or {@link LayeredGraph#NONE}.
 * @param records the node records.
 * @param upperStarts for each node the number of its first list on the upper levels, and one more.
 * @param upperLists the lists of the upper levels.
 * @param owner what frees the memory.
 */
public record GraphMemory(
        NodeLayout layout,
        int count,
        int entry,
        MemorySegment records,
        MemorySegment upperStarts,
        MemorySegment upperLists,
        Runnable owner)
        implements AutoCloseable {

    /** Memory for a graph that is to be filled: rows of zeros, no links on the upper levels. */
    static GraphMemory allocate(
            NodeLayout layout, int count, int entry, IntUnaryOperator levelOfNode) {
        long lists = 0;
        for (int node = 0; node < count; node++) {
            lists += levelOfNode.applyAsInt(node);
        }
        long listBytes = (long) layout.maxConnections() * Integer.BYTES;
        GraphMemory memory = allocate(layout, count, entry, lists * listBytes);
        int start = 0;
        for (int node = 0; node < count; node++) {
            memory.upperStarts.set(LayeredGraph.INT, (long) node * Integer.BYTES, start);
            start += levelOfNode.applyAsInt(node);
        }
        memory.upperStarts.set(LayeredGraph.INT, (long) count * Integer.BYTES, start);
        memory.upperLists.fill((byte) LayeredGraph.NONE);
        return memory;
    }

    /**
     * Memory of a graph without nodes.
     *
     * @param layout layout of the node records there might be.
     * @return the memory, to be closed by the caller.
     */
    public static GraphMemory empty(NodeLayout layout) {
        return allocate(layout, 0, LayeredGraph.NONE, 0L);
    }

    private static GraphMemory allocate(
            NodeLayout layout, int count, int entry, long upperListBytes) {
        // Pages are taken from the system when they are first written to.
        DirectMemory records = DirectMemory.allocate(count * layout.strideBytes());
        DirectMemory upperStarts = DirectMemory.allocate((count + 1L) * Integer.BYTES);
        DirectMemory upperLists = DirectMemory.allocate(upperListBytes);
        return new GraphMemory(
                layout,
                count,
                entry,
                records.segment(),
                upperStarts.segment(),
                upperLists.segment(),
                () -> {
                    records.close();
                    upperStarts.close();
                    upperLists.close();
                });
    }

    /**
     * The same graph in memory of its own.
     *
     * @return a copy, to be closed by the caller.
     */
    public GraphMemory copy() {
        GraphMemory copy = allocate(layout, count, entry, upperLists.byteSize());
        copy.records.copyFrom(records);
        copy.upperStarts.copyFrom(upperStarts);
        copy.upperLists.copyFrom(upperLists);
        return copy;
    }

    /**
     * What the lists of the upper levels will take.
     *
     * @param count how many nodes.
     * @param maxConnections links of a node on each upper level.
     * @param seed seed of the build, which decides levels.
     * @return bytes.
     */
    public static long upperListBytes(int count, int maxConnections, long seed) {
        return InsertionOrder.upperLists(count, maxConnections, seed)
                * maxConnections
                * Integer.BYTES;
    }

    /**
     * What the hubs of an inlined graph will take.
     *
     * @param layout layout of the node records.
     * @param count how many nodes.
     * @param seed seed of the build, which decides levels.
     * @return bytes, 0 for other layouts.
     */
    public static long hubBytes(NodeLayout layout, int count, long seed) {
        if (!layout.isInlined()) {
            return 0;
        }
        return Hubs.bytes(
                layout, InsertionOrder.highNodes(count, layout.maxConnections(), seed, Hubs.MOST));
    }

    /**
     * The links.
     *
     * @return the graph over this memory.
     */
    public LayeredGraph graph() {
        return new LayeredGraph(layout, count, entry, records, upperStarts, upperLists);
    }

    /**
     * The rows.
     *
     * @param isDot whether distance is minus the dot product.
     * @return the rows over this memory.
     */
    public RowSpace space(boolean isDot) {
        return new RowSpace(records, layout.strideBytes(), count, layout.row(), isDot);
    }

    /**
     * Links and rows.
     *
     * @param isDot whether distance is minus the dot product.
     * @return what searches read.
     */
    public GraphView view(boolean isDot) {
        return new GraphView(layout, graph(), space(isDot));
    }

    /**
     * How much memory the graph and its rows take.
     *
     * @return bytes.
     */
    public long bytes() {
        return records.byteSize() + upperStarts.byteSize() + upperLists.byteSize();
    }

    @Override
    public void close() {
        owner.run();
    }
}
