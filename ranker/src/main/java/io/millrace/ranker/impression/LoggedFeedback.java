package io.millrace.ranker.impression;

import io.millrace.ranker.feedback.EventKind;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * What a user did, read where it stands in a log.
 *
 * <p>Threading: one thread. Allocation: none, but for texts. Ownership: wraps memory of others and
 * is of use as long as that is.
 */
public final class LoggedFeedback {
    private MemorySegment record = MemorySegment.NULL;
    private long base;
    private int count;

    /** Wraps nothing yet. */
    public LoggedFeedback() {}

    /** Whether a record is one, and no impression. */
    static boolean isFeedback(MemorySegment memory, long offset, int length) {
        return length > FeedbackLayout.KIND_OFFSET
                && memory.get(ImpressionLayout.BYTE, offset + FeedbackLayout.KIND_OFFSET)
                        == FeedbackLayout.FEEDBACK;
    }

    /**
     * Wraps a record.
     *
     * @param memory holds it.
     * @param offset of its first byte.
     * @param length in bytes.
     * @return false, and it is not to be read, when it contradicts itself.
     */
    public boolean wrap(MemorySegment memory, long offset, int length) {
        record = memory;
        base = offset;
        if (length < FeedbackLayout.EVENTS_OFFSET || !isFeedback(memory, offset, length)) {
            return false;
        }
        count = memory.get(ImpressionLayout.INT, offset + FeedbackLayout.COUNT_OFFSET);
        return count >= 0 && length == FeedbackLayout.recordBytes(count, keyBytes()) && areKinds();
    }

    private int keyBytes() {
        return Short.toUnsignedInt(
                record.get(ImpressionLayout.SHORT, base + FeedbackLayout.KEY_BYTES_OFFSET));
    }

    private boolean areKinds() {
        for (int i = 0; i < count; i++) {
            if (EventKind.of(kindCode(i)) == null) {
                return false;
            }
        }
        return true;
    }

    private int kindCode(int index) {
        return record.get(ImpressionLayout.INT, eventAt(index) + FeedbackLayout.EVENT_KIND_OFFSET);
    }

    private long eventAt(int index) {
        return base + FeedbackLayout.EVENTS_OFFSET + (long) index * FeedbackLayout.EVENT_BYTES;
    }

    private long longAt(int offset) {
        return record.get(ImpressionLayout.LONG, base + offset);
    }

    /**
     * When it was answered.
     *
     * @return milliseconds since 1970 UTC.
     */
    public long answeredMs() {
        return longAt(FeedbackLayout.ANSWERED_OFFSET);
    }

    /**
     * The caller's number of the request.
     *
     * @return the correlation id.
     */
    public long correlationId() {
        return longAt(FeedbackLayout.CORRELATION_OFFSET);
    }

    /**
     * Who did it.
     *
     * @return the user's id.
     */
    public long userId() {
        return longAt(FeedbackLayout.USER_OFFSET);
    }

    /**
     * When it happened, as the caller says; when it was answered, where the caller does not say.
     *
     * @return milliseconds since 1970 UTC.
     */
    public long momentMs() {
        return longAt(FeedbackLayout.MOMENT_OFFSET);
    }

    /**
     * What the caller's experiments know it by.
     *
     * @return made anew by each call; empty for none.
     */
    public String experimentKey() {
        return LoggedText.at(record, base + FeedbackLayout.keyAt(count), keyBytes());
    }

    /**
     * How many events there are.
     *
     * @return the count.
     */
    public int count() {
        return count;
    }

    /**
     * What was done.
     *
     * @param index 0 for the oldest.
     * @return the kind.
     */
    public EventKind kind(int index) {
        return Objects.requireNonNull(EventKind.of(kindCode(index)));
    }

    /**
     * With which item.
     *
     * @param index 0 for the oldest.
     * @return its id.
     */
    public long itemId(int index) {
        return record.get(ImpressionLayout.LONG, eventAt(index));
    }

    /**
     * How much of it was watched.
     *
     * @param index 0 for the oldest.
     * @return time watched by duration; NaN: not known.
     */
    public float watchedShare(int index) {
        return record.get(ImpressionLayout.FLOAT, eventAt(index) + FeedbackLayout.SHARE_OFFSET);
    }
}
