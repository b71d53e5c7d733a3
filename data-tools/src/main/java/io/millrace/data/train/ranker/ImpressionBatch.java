package io.millrace.data.train.ranker;

/**
 * The impressions of a batch. Impressions of one user that follow each other in time form a group:
 * their user part is gathered once.
 *
 * <p>Threading: filled by one thread, read by many.
 */
final class ImpressionBatch {
    private final long[] events;
    private final int[] groupStarts;
    private final boolean[] anonymousUsers;
    private final boolean[] anonymousItems;
    private int rows;
    private int groups;

    ImpressionBatch(int capacity) {
        this.events = new long[capacity];
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
        events[rows] = event;
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

    boolean isItemAnonymous(int row) {
        return anonymousItems[row];
    }
}
