package io.millrace.data.dataset;

/**
 * The sections of a file of impressions (section file of kind {@code EVENTS}), one element an
 * impression, in the order of time.
 *
 * <pre>
 *   user       int32    row of the user in users.rows
 *   item       int32    row of the item in items.rows, its ordinal
 *   timestamp  int64    milliseconds since 1970 UTC
 *   labels     int8     a bit for each label: 0 click, 1 long view, 2 like, from 3 on others
 *   watch      float32  watched share of the duration, 0 when not watched
 *   context    rows     context rows of the schema
 *   impression rows     impression rows of the schema; only where it declares rates
 * </pre>
 *
 * <p>The section {@code label_names} has the names of the labels there are, a line for each bit, an
 * empty one where a bit stands for nothing; it is left out where those are click and long view.
 */
final class InteractionLayout {
    static final String KIND = "EVENTS";
    static final int VERSION = 1;

    static final String USER = "user";
    static final String ITEM = "item";
    static final String TIMESTAMP = "timestamp";
    static final String LABELS = "labels";
    static final String WATCH = "watch";
    static final String CONTEXT = "context";
    static final String IMPRESSION = "impression";

    private InteractionLayout() {}
}
