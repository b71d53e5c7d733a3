package io.millrace.data.dataset;

/**
 * The sections of a file of impressions (section file of kind {@code EVENTS}), one element an
 * impression, in the order of time.
 *
 * <pre>
 *   user       int32    row of the user in users.rows
 *   item       int32    row of the item in items.rows, its ordinal
 *   timestamp  int64    milliseconds since 1970 UTC
 *   labels     int8     bit 0 click, bit 1 long view, bit 2 like
 *   watch      float32  watched share of the duration, 0 when not watched
 *   context    rows     context rows of the schema
 *   impression rows     impression rows of the schema; only where it declares rates
 * </pre>
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

    static final int CLICK = 1;
    static final int LONG_VIEW = 1 << 1;
    static final int LIKE = 1 << 2;

    private InteractionLayout() {}
}
