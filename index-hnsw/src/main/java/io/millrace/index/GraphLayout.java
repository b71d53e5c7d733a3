package io.millrace.index;

/** What a search of the graph reads on its way. */
public enum GraphLayout {
    /** The rows of all neighbours, at the precision they are kept with. */
    F32,

    /**
     * Codes of the neighbours that stand in the node itself, one bit a dimension; the rows of
     * visited nodes alone. Faster at equal recall from about 64 dimensions on, and larger.
     */
    INLINED
}
