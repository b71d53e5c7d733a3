package io.millrace.index;

/** What a search of the graph reads on its way. */
public enum GraphLayout {
    /** The rows of all neighbours, at full precision. */
    F32,

    /**
     * Codes of the neighbours that stand in the node itself, one bit a dimension; full precision
     * for visited nodes alone. Faster at equal recall from about 64 dimensions on, and larger.
     */
    INLINED
}
