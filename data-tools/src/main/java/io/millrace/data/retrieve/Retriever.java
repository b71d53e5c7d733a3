package io.millrace.data.retrieve;

import io.millrace.core.bundle.BundleManifest;

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
     * What a bundle takes its candidates from.
     *
     * @param manifest what the bundle says of itself.
     * @return the way.
     */
    public static Retriever of(BundleManifest manifest) {
        if (manifest.hasNeighbours()) {
            return ITEM_KNN;
        }
        if (manifest.hasPopular()) {
            return POPULAR;
        }
        if (manifest.hasBlend()) {
            return BLEND;
        }
        return manifest.hasFactors() ? IALS : TWO_TOWER;
    }

    /**
     * Whether the index of a bundle that retrieves so holds the vectors of the towers, and no
     * others.
     *
     * @return true for the towers and for lists, which need no index.
     */
    public boolean hasIndexOfTowers() {
        return this == TWO_TOWER || this == ITEM_KNN || this == POPULAR;
    }

    /**
     * The name that users give it.
     *
     * @return lower case, as in {@code two-tower}.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
