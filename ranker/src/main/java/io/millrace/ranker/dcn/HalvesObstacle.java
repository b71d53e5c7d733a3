package io.millrace.ranker.dcn;

/** Why a ranker has no item halves. */
public enum HalvesObstacle {
    /** It is linear. */
    NO_LAYER("no layer takes the input"),
    /** What it sees of a user hangs on the item. */
    ATTENTION("the ranker attends to sequences of the user"),
    /** What it sees of an item hangs on the moment. */
    RATES("the ranker takes rates, which change from request to request");

    private final String reason;

    HalvesObstacle(String reason) {
        this.reason = reason;
    }

    /**
     * The reason in words.
     *
     * @return for people.
     */
    public String reason() {
        return reason;
    }
}
