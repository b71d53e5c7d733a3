package io.millrace.data.eval;

import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;

import java.util.Arrays;
import java.util.List;

/**
 * The impressions click models are measured on: all held out, or evenly spread ones of them, and
 * what came of each by one label.
 *
 * <p>Threading: immutable; the arrays are not to be written.
 */
public final class ClickSample {
    private final long[] events;
    private final int[] users;
    private final Label label;
    private final boolean[] labels;
    private final boolean[] longViews;

    /** A sample whose long views are its clicks. */
    ClickSample(long[] events, int[] users, boolean[] labels) {
        this(events, users, Label.CLICK, labels, labels);
    }

    private ClickSample(
            long[] events, int[] users, Label label, boolean[] labels, boolean[] longViews) {
        this.events = events;
        this.users = users;
        this.label = label;
        this.labels = labels;
        this.longViews = longViews;
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
        boolean[] clicks = new boolean[count];
        boolean[] longViews = new boolean[count];
        for (int i = 0; i < count; i++) {
            events[i] = from + i * (to - from) / count;
            users[i] = table.user(events[i]);
            clicks[i] = table.isClick(events[i]);
            longViews[i] = table.isLongView(events[i]);
        }
        return new ClickSample(events, users, Label.CLICK, clicks, longViews);
    }

    /** This sample of clicks, and the same of long views where those are not the clicks. */
    List<ClickSample> ofEachLabel() {
        if (Arrays.equals(labels, longViews)) {
            return List.of(this);
        }
        return List.of(this, new ClickSample(events, users, Label.LONG_VIEW, longViews, longViews));
    }

    /** What {@link #labels} says of each impression. */
    Label label() {
        return label;
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
     * Whether the label came of every impression: the click, unless it is said otherwise.
     *
     * @return one for each impression.
     */
    public boolean[] labels() {
        return labels;
    }
}
