package io.millrace.data.importers.table;

import io.millrace.core.error.MillraceException;

import java.util.Arrays;

/**
 * Events in the order of time, parted at the beginnings of days.
 *
 * <p>Threading: immutable.
 */
public final class EventSplit {
    private static final long MS_PER_DAY = 86_400_000;
    private static final long MS_PER_MINUTE = 60_000;
    private static final int PARTS = 3;

    private final EventColumns events;
    private final int[] order;
    private final int trainFrom;
    private final int testFrom;

    private EventSplit(EventColumns events, int[] order, int trainFrom, int testFrom) {
        this.events = events;
        this.order = order;
        this.trainFrom = trainFrom;
        this.testFrom = testFrom;
    }

    /**
     * Parts events.
     *
     * @param events the events.
     * @param plan about where.
     * @param utcOffsetMinutes local time of the days, minutes east of UTC.
     * @return the parts, none of them empty.
     * @throws MillraceException when they are of fewer than three days.
     */
    public static EventSplit of(EventColumns events, SplitPlan plan, int utcOffsetMinutes) {
        int[] order = events.orderByTime();
        int[] starts = dayStarts(events, order, utcOffsetMinutes * MS_PER_MINUTE);
        int days = starts.length;
        if (days < PARTS) {
            throw MillraceException.badInput(
                    "events of too few days: days=%d, least=%d; history, training and test need a"
                            + " day each",
                    days, PARTS);
        }
        int train = dayOf(starts, plan.historyShare() * order.length);
        train = Math.clamp(train, 1, days - 2);
        int test = dayOf(starts, (1 - plan.testShare()) * order.length);
        test = Math.clamp(test, train + 1, days - 1);
        return new EventSplit(events, order, starts[train], starts[test]);
    }

    /** Where the events of each local day begin in the order of time. */
    private static int[] dayStarts(EventColumns events, int[] order, long utcOffsetMs) {
        int[] starts = new int[16];
        int days = 0;
        long last = 0;
        for (int i = 0; i < order.length; i++) {
            long day = Math.floorDiv(events.timeMs(order[i]) + utcOffsetMs, MS_PER_DAY);
            if (i == 0 || day != last) {
                if (days == starts.length) {
                    starts = Arrays.copyOf(starts, days * 2);
                }
                starts[days++] = i;
                last = day;
            }
        }
        return Arrays.copyOf(starts, days);
    }

    /** The day whose events an index is among. */
    private static int dayOf(int[] starts, double index) {
        int at = Arrays.binarySearch(starts, (int) index);
        return at >= 0 ? at : -at - 2;
    }

    /**
     * When the impressions to train on begin; what happened before may become a feature.
     *
     * @return milliseconds since 1970 UTC.
     */
    public long trainFromMs() {
        return events.timeMs(order[trainFrom]);
    }

    /** The events before those to train on, those to train on, those to test on. */
    PastRates.Parts parts() {
        return new PastRates.Parts(
                new EventSlice(events, order, 0, trainFrom),
                new EventSlice(events, order, trainFrom, testFrom),
                new EventSlice(events, order, testFrom, order.length),
                true);
    }

    EventColumns events() {
        return events;
    }

    int[] order() {
        return order;
    }

    /** Index of the first event to train on; those before are history. */
    int trainFrom() {
        return trainFrom;
    }
}
