package io.millrace.server.log;

import io.millrace.core.HotPath;
import io.millrace.ranker.impression.FeedbackLayout;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestEvents;
import io.millrace.server.request.RequestText;

import java.lang.foreign.MemorySegment;

/**
 * Writes what users told, and what was remembered of it, into a sink. It is not sampled: what it
 * belongs to may be among the impressions that were.
 *
 * <p>Threading: the worker's. Allocation: none.
 */
@HotPath
public final class FeedbackRecorder {
    private final ImpressionSink sink;
    private final MemorySegment target;

    /**
     * A recorder.
     *
     * @param sink takes the records.
     */
    public FeedbackRecorder(ImpressionSink sink) {
        this.sink = sink;
        this.target = sink.memory();
    }

    /**
     * Records a feedback that was taken.
     *
     * @param request what was told.
     * @param answeredMs now, milliseconds since 1970 UTC.
     * @param momentMs when it happened, milliseconds since 1970 UTC.
     */
    public void record(Request request, long answeredMs, long momentMs) {
        RequestEvents events = request.events();
        int keyBytes = request.experimentKey().length();
        int at = sink.claim((int) FeedbackLayout.recordBytes(events.count(), keyBytes));
        if (at < 0) {
            return;
        }
        target.set(ImpressionLayout.LONG, at + FeedbackLayout.ANSWERED_OFFSET, answeredMs);
        target.set(
                ImpressionLayout.LONG,
                at + FeedbackLayout.CORRELATION_OFFSET,
                request.correlationId());
        target.set(ImpressionLayout.LONG, at + FeedbackLayout.USER_OFFSET, request.userId());
        target.set(ImpressionLayout.LONG, at + FeedbackLayout.MOMENT_OFFSET, momentMs);
        for (int next = FeedbackLayout.FILLING_OFFSET;
                next < FeedbackLayout.COUNT_OFFSET;
                next += Long.BYTES) {
            target.set(ImpressionLayout.LONG, at + next, 0);
        }
        target.set(ImpressionLayout.INT, at + FeedbackLayout.COUNT_OFFSET, events.count());
        // The byte, and the zero behind it.
        target.set(
                ImpressionLayout.SHORT,
                at + FeedbackLayout.KIND_OFFSET,
                (short) FeedbackLayout.FEEDBACK);
        target.set(ImpressionLayout.SHORT, at + FeedbackLayout.KEY_BYTES_OFFSET, (short) keyBytes);
        writeEvents(events, at + FeedbackLayout.EVENTS_OFFSET);
        writeKey(request.experimentKey(), at + FeedbackLayout.keyAt(events.count()));
        sink.commit(at);
    }

    private void writeKey(RequestText key, long from) {
        if (!key.isEmpty()) {
            long end = from + ImpressionLayout.textBytes(key.length());
            // The text covers these eight bytes but for its filling.
            target.set(ImpressionLayout.LONG, end - ImpressionLayout.ENTRY_BYTES, 0);
            MemorySegment.copy(key.bytes(), 0, target, ImpressionLayout.BYTE, from, key.length());
        }
    }

    private void writeEvents(RequestEvents events, long from) {
        long next = from;
        for (int i = 0; i < events.count(); i++) {
            target.set(ImpressionLayout.LONG, next, events.itemId(i));
            target.set(
                    ImpressionLayout.FLOAT,
                    next + FeedbackLayout.SHARE_OFFSET,
                    events.watchedShare(i));
            target.set(
                    ImpressionLayout.INT,
                    next + FeedbackLayout.EVENT_KIND_OFFSET,
                    events.kind(i).code());
            next += FeedbackLayout.EVENT_BYTES;
        }
    }
}
