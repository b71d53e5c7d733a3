package io.millrace.index.graph;

/**
 * A graph and its rows as searches read them. Of one memory there may be several, but a graph that
 * changes has one only, since its entry does ({@link LiveGraph}).
 *
 * <p>Threading: as the graph. Ownership: none; the memory must outlive it.
 *
 * @param layout layout of the node records.
 * @param graph the links.
 * @param space the rows.
 */
public record GraphView(NodeLayout layout, LayeredGraph graph, RowSpace space) {
    /** Codes of the neighbours, of an inlined layout. */
    NeighbourCodes codes() {
        return new NeighbourCodes(layout, space.segment());
    }
}
