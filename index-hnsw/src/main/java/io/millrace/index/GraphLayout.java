package io.millrace.index;

/** What a search of the graph reads on its way. */
public enum GraphLayout {
    /**
     * The rows of all neighbours, as they are kept ({@link io.millrace.index.graph.RowType}): plain
     * HNSW. Where the rows are bytes, commands call it {@code sq8}.
     */
    F32,

    /**
     * Codes of the neighbours that stand in the node itself, one bit a dimension; the rows of
     * visited nodes alone. Faster at equal recall from about 64 dimensions on, and larger.
     */
    INLINED
}
