package io.millrace.ranker.rerank;

/** What became of a candidate of a slate. */
public enum CandidateOutcome {
    /** It stands in the slate. */
    TAKEN,
    /** Its creator had as many places as one may have. */
    CAPPED,
    /** It is nearly the same as one that stands in the slate. */
    DUPLICATE,
    /** No rule was against it, but others have the places. */
    LEFT,
    /** It was filtered out, or its score is no number. */
    DROPPED
}
