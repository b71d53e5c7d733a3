package io.millrace.index;

import java.util.Locale;

/** What a search of the graph reads on its way. */
public enum GraphLayout {
    /**
     * The rows of all neighbours, as they are kept ({@link io.millrace.index.graph.RowType}): plain
     * HNSW. Where the rows are bytes, commands call it {@code sq8}.
     */
    F32,

    /**
     * Codes of the neighbours that stand in the node itself, a bit or a few a dimension; the rows
     * of visited nodes alone. Faster at equal recall from about 64 dimensions on, and larger.
     */
    INLINED;

    /** From so many dimensions on, codes pay; below, one bit a dimension is too coarse. */
    private static final int LEAST_INLINED_DIMENSION = 64;

    /**
     * The name that users give it.
     *
     * @return lower case.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The layout that is chosen where nobody says another one.
     *
     * @param dimension numbers per vector.
     * @return the layout.
     */
    public static GraphLayout forDimension(int dimension) {
        return dimension >= LEAST_INLINED_DIMENSION ? INLINED : F32;
    }
}
