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
    /** What is served. */
    INFO(5, "info"),
    /** What columns a rank request may bring. */
    COLUMNS(6, "columns"),
    /** Is anybody there. */
    PING(7, "ping"),
    /** A frame that could not be understood. */
    UNKNOWN(8, "unknown");

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
     * How many kinds there are.
     *
     * @return the length of an array by kind
     */
    public static int count() {
        return UNKNOWN.index + 1;
    }
}
