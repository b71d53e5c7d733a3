package io.millrace.ranker.rerank;

/** Why an item stands in its place of a slate. */
public enum SlotReason {
    /** No candidate left was more relevant. */
    RELEVANCE,
    /** More relevant ones were left, but too much like what stands above. */
    DIVERSITY,
    /** Too few were left under the creator cap. */
    CREATOR_CAP_RELAXED,
    /** Too few were left that are not nearly the same as one above. */
    DUPLICATE_RELAXED;

    /**
     * Whether a rule was given up to fill the place.
     *
     * @return true for the last two.
     */
    public boolean isRelaxed() {
        return this == CREATOR_CAP_RELAXED || this == DUPLICATE_RELAXED;
    }
}
