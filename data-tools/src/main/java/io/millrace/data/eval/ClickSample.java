package io.millrace.data.eval;

import io.millrace.data.dataset.InteractionTable;

/**
 * The impressions click models are measured on: all held out, or evenly spread ones of them.
 *
 * <p>Threading: immutable; the arrays are not to be written.
 */
public final class ClickSample {
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
        return of(table, 0, table.count(), limit);
    }

    /**
     * At most a number of some impressions, evenly spread over time.
     *
     * @param table the impressions.
     * @param from first that may be taken.
     * @param to end of those that may be.
     * @param limit the most that are taken.
     * @return the sample.
     */
    public static ClickSample of(InteractionTable table, long from, long to, int limit) {
        int count = (int) Math.min(to - from, limit);
        long[] events = new long[count];
        int[] users = new int[count];
        boolean[] labels = new boolean[count];
        for (int i = 0; i < count; i++) {
            events[i] = from + i * (to - from) / count;
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

    /**
     * Whether every impression was clicked.
     *
     * @return one for each impression.
     */
    public boolean[] labels() {
        return labels;
    }
}
