package io.millrace.server.request;

import java.util.Locale;

/** Why something was refused as OVERLOADED or SHUTTING_DOWN, so that it can be counted apart. */
public enum Refusal {
    /** As many connections are open as may be. */
    CONNECTIONS(0),
    /** As many requests are in flight as may be. */
    IN_FLIGHT(1),
    /** Too much waits before it for it to be answered by its deadline. */
    DEADLINE(2),
    /** Too many changes wait for the disk. */
    DISK(3),
    /** Another bundle is taking over, and changes wait for that. */
    TAKE_OVER(4),
    /** There is no room for another user or another upserted item. */
    ROOM(5),
    /** The server is stopping. */
    STOPPING(6);

    private static final Refusal[] ALL = values();

    private final int index;
    private final String label;

    Refusal(int index) {
        this.index = index;
        label = name().toLowerCase(Locale.ROOT);
    }

    /**
     * Place in arrays.
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
     * How many reasons there are.
     *
     * @return the length of an array by reason
     */
    public static int count() {
        return ALL.length;
    }
}
