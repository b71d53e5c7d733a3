package io.millrace.ranker.impression;

import io.millrace.core.HotPath;

/**
 * Where things stand in the record of a feedback, which stands among impressions and has its kind
 * where they have it. Little-endian throughout.
 *
 * <pre>
 *      0   8  when it was answered, milliseconds since 1970 UTC
 *      8   8  correlation id of the request
 *     16   8  user id
 *     24   8  when it happened, milliseconds since 1970 UTC, no later than it was answered
 *     32  24  zeros
 *     56   4  count of events
 *     60   1  kind: 4
 *     61   1  zero
 *     62   2  length of the experiment key in bytes
 *     64      events, oldest first, 16 bytes each: 8 item id, 4 watched share (NaN: not known), 4
 *             kind of the event as on the wire
 *             experiment key, UTF-8, filled up to eight
 * </pre>
 *
 * A feedback of two events takes 96 bytes: the first 64..79, the second 80..95.
 */
public final class FeedbackLayout {
    /** Kind of a feedback, where an impression says what was asked for. */
    public static final int FEEDBACK = 4;

    /** {@value}: when it was answered. */
    public static final int ANSWERED_OFFSET = ImpressionLayout.ANSWERED_OFFSET;

    /** {@value}: correlation id. */
    public static final int CORRELATION_OFFSET = ImpressionLayout.CORRELATION_OFFSET;

    /** {@value}: the user. */
    public static final int USER_OFFSET = ImpressionLayout.SUBJECT_OFFSET;

    /** {@value}: when it happened. */
    public static final int MOMENT_OFFSET = ImpressionLayout.MOMENT_OFFSET;

    /** {@value}: zeros up to the count. */
    public static final int FILLING_OFFSET = 32;

    /** {@value}: count of events. */
    public static final int COUNT_OFFSET = 56;

    /** {@value}: {@link #FEEDBACK}, with a zero behind it. */
    public static final int KIND_OFFSET = ImpressionLayout.KIND_OFFSET;

    /** {@value}: length of the experiment key; zero in logs of before version 3. */
    public static final int KEY_BYTES_OFFSET = 62;

    /** {@value}: the events. */
    public static final int EVENTS_OFFSET = 64;

    /** {@value}: length of an event. */
    public static final int EVENT_BYTES = 16;

    /** {@value}: watched share, from the event. */
    public static final int SHARE_OFFSET = 8;

    /** {@value}: kind of an event, from the event. */
    public static final int EVENT_KIND_OFFSET = 12;

    private FeedbackLayout() {}

    /**
     * Length of a record.
     *
     * @param events how many.
     * @param keyBytes length of the experiment key.
     * @return bytes; long, so that no count read from a file overflows it.
     */
    @HotPath
    public static long recordBytes(int events, int keyBytes) {
        return keyAt(events) + ImpressionLayout.textBytes(keyBytes);
    }

    /**
     * Where the experiment key begins.
     *
     * @param events how many.
     * @return offset in the record.
     */
    @HotPath
    public static long keyAt(int events) {
        return EVENTS_OFFSET + (long) events * EVENT_BYTES;
    }
}
