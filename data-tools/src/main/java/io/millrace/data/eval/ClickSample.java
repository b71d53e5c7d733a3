package io.millrace.data.eval;

import io.millrace.data.dataset.InteractionTable;

/**
 * The impressions click models are measured on: all held out, or evenly spread ones of them.
 *
 * <p>Threading: immutable; the arrays are not to be written.
 */
final class ClickSample {
    private final long[] events;
    private final int[] users;
    private final boolean[] labels;

    ClickSample(long[] events, int[] users, boolean[] labels) {
        this.events = events;
        this.users = users;
        this.labels = labels;
    }

    /** At most a number of impressions, evenly spread over time. */
    static ClickSample of(InteractionTable table, int limit) {
        int count = (int) Math.min(table.count(), limit);
        long[] events = new long[count];
        int[] users = new int[count];
        boolean[] labels = new boolean[count];
        for (int i = 0; i < count; i++) {
            events[i] = i * table.count() / count;
            users[i] = table.user(events[i]);
            labels[i] = table.isClick(events[i]);
        }
        return new ClickSample(events, users, labels);
    }

    int count() {
        return labels.length;
    }

    /** Index of an impression in the table it was taken from. */
    long event(int index) {
        return events[index];
    }

    /** Row of the user of every impression. */
    int[] users() {
        return users;
    }

    /** Whether every impression was clicked. */
    boolean[] labels() {
        return labels;
    }
}
