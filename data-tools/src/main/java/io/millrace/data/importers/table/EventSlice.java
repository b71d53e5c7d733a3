package io.millrace.data.importers.table;

import io.millrace.data.dataset.DatasetWriter;
import io.millrace.ranker.features.FeatureSchema;

/**
 * Some events in the order of time.
 *
 * <p>Threading: immutable, but for the events.
 */
public final class EventSlice {
    private final EventColumns events;
    private final int[] order;
    private final int from;
    private final int to;

    /**
     * Some of the events.
     *
     * @param events holds them.
     * @param order indexes of events in the order of time; not copied.
     * @param from first of the order that is one of them.
     * @param to end of them.
     */
    public EventSlice(EventColumns events, int[] order, int from, int to) {
        this.events = events;
        this.order = order;
        this.from = from;
        this.to = to;
    }

    /**
     * All events.
     *
     * @param events the events.
     * @return all of them, brought into the order of time.
     */
    public static EventSlice all(EventColumns events) {
        int[] order = events.orderByTime();
        return new EventSlice(events, order, 0, order.length);
    }

    /**
     * None of the events.
     *
     * @param events the events.
     * @return an empty slice.
     */
    public static EventSlice none(EventColumns events) {
        return new EventSlice(events, new int[0], 0, 0);
    }

    /**
     * What holds the events.
     *
     * @return these and maybe others.
     */
    public EventColumns events() {
        return events;
    }

    /**
     * How many.
     *
     * @return the count.
     */
    public int count() {
        return to - from;
    }

    /**
     * Writes them as impressions.
     *
     * @param writer of the data set.
     * @param file name of the file of impressions.
     * @param schema the declared features.
     */
    public void write(DatasetWriter writer, String file, FeatureSchema schema) {
        events.write(writer, file, schema, this);
    }

    /** Where they begin in the order of time. */
    int from() {
        return from;
    }

    /** One of them, by its place from 0 to {@link #count} - 1. */
    int event(int place) {
        return order[from + place];
    }
}
