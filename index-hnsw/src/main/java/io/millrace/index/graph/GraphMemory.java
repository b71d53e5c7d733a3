package io.millrace.index.graph;

import io.millrace.core.memory.DirectMemory;

import java.lang.foreign.MemorySegment;

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

    /** Memory for a graph that is to be built: rows of zeros, no links. */
    static GraphMemory allocate(NodeLayout layout, int count, InsertionOrder order) {
        long lists = 0;
        for (int node = 0; node < count; node++) {
            lists += order.level(node);
        }
        long listBytes = (long) layout.maxConnections() * Integer.BYTES;
        DirectMemory records = DirectMemory.allocate(count * layout.strideBytes());
        DirectMemory upperStarts = DirectMemory.allocate((count + 1L) * Integer.BYTES);
        DirectMemory upperLists = DirectMemory.allocate(lists * listBytes);
        int start = 0;
        for (int node = 0; node < count; node++) {
            upperStarts.segment().set(LayeredGraph.INT, (long) node * Integer.BYTES, start);
            start += order.level(node);
        }
        upperStarts.segment().set(LayeredGraph.INT, (long) count * Integer.BYTES, start);
        upperLists.segment().fill((byte) LayeredGraph.NONE);
        return new GraphMemory(
                layout,
                count,
                count == 0 ? LayeredGraph.NONE : order.nodes()[0],
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
