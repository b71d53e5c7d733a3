package io.millrace.data.train.ranker;

/**
 * The impressions of a batch. Impressions of one user that follow each other in time form a group:
 * their user part is gathered once.
 *
 * <p>Threading: filled by one thread, read by many.
 */
final class ImpressionBatch {
    private final long[] events;
    private final long[] shown;
    private final int[] groupStarts;
    private final boolean[] anonymousUsers;
    private final boolean[] anonymousItems;
    private int rows;
    private int groups;

    ImpressionBatch(int capacity) {
        this.events = new long[capacity];
        this.shown = new long[capacity];
        this.groupStarts = new int[capacity + 1];
        this.anonymousUsers = new boolean[capacity];
        this.anonymousItems = new boolean[capacity];
    }

    void clear() {
        rows = 0;
        groups = 0;
    }

    void beginGroup(boolean isUserAnonymous) {
        anonymousUsers[groups] = isUserAnonymous;
        groupStarts[groups++] = rows;
        groupStarts[groups] = rows;
    }

    void add(long event, boolean isItemAnonymous) {
        add(event, event, isItemAnonymous);
    }

    /** Adds the user and the context of an impression with what was shown by another one. */
    void add(long event, long shownEvent, boolean isItemAnonymous) {
        events[rows] = event;
        shown[rows] = shownEvent;
        anonymousItems[rows] = isItemAnonymous;
        groupStarts[groups] = ++rows;
    }

    int rows() {
        return rows;
    }

    int groups() {
        return groups;
    }

    int groupStart(int group) {
        return groupStarts[group];
    }

    boolean isUserAnonymous(int group) {
        return anonymousUsers[group];
    }

    long event(int row) {
        return events[row];
    }

    /** The impression whose item and rates a row has. */
    long shown(int row) {
        return shown[row];
    }

    /** Whether it is known what came of a row. */
    boolean isReal(int row) {
        return shown[row] == events[row];
    }

    boolean isItemAnonymous(int row) {
        return anonymousItems[row];
    }
}
