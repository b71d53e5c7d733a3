package io.millrace.index.graph;

import org.jspecify.annotations.Nullable;

/**
 * A graph and its rows as searches read them. Of one memory there may be several, but a graph that
 * changes has one only, since its entry does ({@link LiveGraph}).
 *
 * <p>Threading: as the graph. Ownership: of the hubs alone; the graph's memory must outlive it.
 *
 * @param layout layout of the node records.
 * @param graph the links.
 * @param space the rows.
 * @param hubs where searches by codes begin, or null to descend the upper levels.
 */
public record GraphView(NodeLayout layout, LayeredGraph graph, RowSpace space, @Nullable Hubs hubs)
        implements AutoCloseable {
    /** A view whose searches descend the upper levels, as those of a graph that changes must. */
    GraphView(NodeLayout layout, LayeredGraph graph, RowSpace space) {
        this(layout, graph, space, null);
    }

    /**
     * The same graph, which will not change any more, with a faster way in where its layout has
     * one.
     *
     * @return a view that is to be closed.
     */
    public GraphView withHubs() {
        return new GraphView(layout, graph, space, layout.isInlined() ? Hubs.of(this) : null);
    }

    /**
     * Memory of the hubs.
     *
     * @return bytes, 0 where there are none.
     */
    public long hubBytes() {
        return hubs == null ? 0 : hubs.bytes();
    }

    @Override
    public void close() {
        if (hubs != null) {
            hubs.close();
        }
    }

    /** Codes of the neighbours, of an inlined layout. */
    NeighbourCodes codes() {
        return new NeighbourCodes(layout, space.segment());
    }

    /** What writes them, for one thread. */
    NeighbourCodes.Encoder encoder() {
        return codes().new Encoder(space);
    }
}
