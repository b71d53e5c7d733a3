package io.millrace.server.request;

/** What is asked for. */
public enum RequestKind {
    /** User to items. */
    RECOMMEND(0, "recommend"),
    /** Item to items. */
    SIMILAR(1, "similar"),
    /** Vector to items. */
    SEARCH(2, "search"),
    /** What a user did. */
    FEEDBACK(3, "feedback"),
    /** The caller's candidates to ordered ones. */
    RANK(4, "rank"),
    /** Other features of an item or a user. */
    UPDATE(5, "update"),
    /** An item into the catalogue. */
    UPSERT(6, "upsert"),
    /** An item out of the catalogue. */
    DELETE(7, "delete"),
    /** What is served. */
    INFO(8, "info"),
    /** What columns a rank request may bring. */
    COLUMNS(9, "columns"),
    /** What columns a change may bring. */
    SCOPE_COLUMNS(10, "scope_columns"),
    /** Is anybody there. */
    PING(11, "ping"),
    /** Who asks. */
    AUTH(12, "auth"),
    /** Why items are recommended, or not. */
    EXPLAIN(13, "explain"),
    /** Asks what was counted and timed. */
    STATS(14, "stats"),
    /** A frame that could not be understood. */
    UNKNOWN(15, "unknown");

    private final int index;
    private final String label;

    RequestKind(int index, String label) {
        this.index = index;
        this.label = label;
    }

    /**
     * Place in arrays by kind.
     *
     * @return 0 to {@link #count()} - 1
     */
    public int index() {
        return index;
    }

    /**
     * Name in metrics.
     *
     * @return lower case
     */
    public String label() {
        return label;
    }

    /**
     * Whether it is journaled before it is answered.
     *
     * @return true for what changes items, or the features of anybody
     */
    public boolean isChange() {
        return this == UPDATE || this == UPSERT || this == DELETE;
    }

    /**
     * Whether it asks for items, as nearly all requests do.
     *
     * @return true for what a bundle can be tried with
     */
    public boolean isForItems() {
        return this == RECOMMEND || this == SIMILAR || this == SEARCH || this == RANK;
    }

    /**
     * How many kinds there are.
     *
     * @return the length of an array by kind
     */
    public static int count() {
        return UNKNOWN.index + 1;
    }
}
