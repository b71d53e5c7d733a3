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
    /** What is served. */
    INFO(4, "info"),
    /** Is anybody there. */
    PING(5, "ping"),
    /** A frame that could not be understood. */
    UNKNOWN(6, "unknown");

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
