package io.millrace.data.eval;

import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

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

    /** What came of the same impressions by each label of the table, the click first. */
    private final SequencedMap<Label, boolean[]> outcomes;

    /** A sample of clicks alone. */
    ClickSample(long[] events, int[] users, boolean[] labels) {
        this(events, users, Label.CLICK, new LinkedHashMap<>(Map.of(Label.CLICK, labels)));
    }

    private ClickSample(
            long[] events, int[] users, Label label, SequencedMap<Label, boolean[]> outcomes) {
        this.events = events;
        this.users = users;
        this.label = label;
        this.labels = Objects.requireNonNull(outcomes.get(label));
        this.outcomes = outcomes;
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
        for (int i = 0; i < count; i++) {
            events[i] = from + i * (to - from) / count;
            users[i] = table.user(events[i]);
        }
        SequencedMap<Label, boolean[]> outcomes = new LinkedHashMap<>();
        for (Label label : table.labels()) {
            boolean[] came = new boolean[count];
            for (int i = 0; i < count; i++) {
                came[i] = label.holds(table, events[i]);
            }
            outcomes.put(label, came);
        }
        return new ClickSample(events, users, Label.CLICK, outcomes);
    }

    /**
     * This sample of clicks, and the same of each other label; one that is the same as an earlier
     * one here, or that came never or always, tells nothing and is left out.
     *
     * @return the clicks first.
     */
    public List<ClickSample> ofEachLabel() {
        List<ClickSample> samples = new ArrayList<>(List.of(this));
        for (Map.Entry<Label, boolean[]> other : outcomes.entrySet()) {
            boolean[] came = other.getValue();
            boolean isKnown = samples.stream().anyMatch(each -> Arrays.equals(each.labels, came));
            if (!isKnown && hasBoth(came)) {
                samples.add(new ClickSample(events, users, other.getKey(), outcomes));
            }
        }
        return samples;
    }

    private static boolean hasBoth(boolean[] came) {
        for (boolean each : came) {
            if (each != came[0]) {
                return true;
            }
        }
        return false;
    }

    /**
     * What {@link #labels} says of each impression.
     *
     * @return the label.
     */
    public Label label() {
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
