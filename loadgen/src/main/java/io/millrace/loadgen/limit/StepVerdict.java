package io.millrace.loadgen.limit;

/** What was found of a rate: whether all holds, or what does not, the first in this order. */
public enum StepVerdict {
    /** All holds. */
    HOLDS("holds"),
    /** A connection was lost, or answers made no sense. */
    BROKEN("broken answers"),
    /** The generator fell behind its plan: the figures tell of its machine, too. */
    NOT_KEPT("generator too slow"),
    /** Too many requests were refused, failed or timed out. */
    UNANSWERED("unanswered"),
    /** The 99th percentile is above its limit. */
    SLOW("too slow"),
    /** Recall is below its limit. */
    POOR_RECALL("recall too low"),
    /** NDCG fell by more than its limit. */
    POOR_NDCG("ndcg too low");

    private final String label;

    StepVerdict(String label) {
        this.label = label;
    }

    /**
     * For people and figures.
     *
     * @return lower case words.
     */
    public String label() {
        return label;
    }
}
