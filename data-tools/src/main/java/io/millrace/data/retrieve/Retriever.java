package io.millrace.data.retrieve;

import java.util.Locale;

/** A way to find the items a user may want. */
public enum Retriever {
    /** The query tower of a bundle, with the vectors of its item tower. */
    TWO_TOWER,

    /** Factors by implicit alternating least squares, the user folded in from the history. */
    IALS,

    /** Items that the same users watched as those in the history. */
    ITEM_KNN,

    /** What most users watched last, for everybody the same. */
    POPULAR,

    /** Towers, factors and the trend together. */
    BLEND;

    /**
     * The name that users give it.
     *
     * @return lower case, as in {@code two-tower}.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
