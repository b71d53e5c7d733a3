package io.millrace.ranker.features;

/** What a feature's value is, and so how it is laid out in a row. */
public enum FeatureKind {
    /** One id of a vocabulary; one slot. */
    CATEGORICAL,
    /** One real number, NaN where it is missing; one slot of float bits. */
    NUMERIC,
    /**
     * A few ids without order, such as tags; one slot for the count, then {@code maxValues} slots.
     */
    TAGS,
    /** Tags that weigh differently in their mean: see {@link WeightedTags} for the slots. */
    WEIGHTED_TAGS,
    /** Ids in the order of time, oldest first, such as the watch history; laid out like tags. */
    SEQUENCE
}
