package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.feedback.EventList;
import io.millrace.server.living.LivingItems;
import io.millrace.server.log.FeedbackRecorder;
import io.millrace.server.log.ImpressionSink;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestEvents;

import org.jspecify.annotations.Nullable;

/**
 * Remembers what users tell of themselves. The answer is given when the next request of anybody
 * sees it.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class FeedbackStage {
    private final LivingItems living;
    private final FeedbackIntake intake;
    private final @Nullable FeedbackRecorder recorder;
    private final EventList events;

    public FeedbackStage(FunnelParts parts, FeedbackIntake intake, @Nullable ImpressionSink sink) {
        living = parts.living();
        this.intake = intake;
        recorder = sink == null || !sink.takesFeedback() ? null : new FeedbackRecorder(sink);
        events = new EventList(parts.width().maxEvents());
    }

    public void apply(Request request, Answer answer) {
        RequestEvents told = request.events();
        events.clear();
        for (int i = 0; i < told.count(); i++) {
            int ordinal = living.knownOrdinalOf(told.itemId(i));
            if (ordinal == VectorIndex.NO_ORDINAL) {
                answer.fail(Status.UNKNOWN_ITEM, "no such item, nothing was remembered: item=")
                        .append(told.itemId(i));
                return;
            }
            events.add(told.kind(i), ordinal, told.watchedShare(i));
        }
        try {
            long momentMs = intake.momentOf(request.timestampMs());
            intake.take(request.userId(), momentMs, told, events);
        } catch (MillraceException e) {
            if (e.code() != ErrorCode.LIMIT) {
                throw e;
            }
            answer.refuse(Refusal.ROOM, "no room for another user, nothing was remembered");
            return;
        }
        if (recorder != null) {
            record(request, recorder);
        }
    }

    /** By the clock that impressions are recorded by: both are joined by it. */
    private static void record(Request request, FeedbackRecorder recorder) {
        long nowMs = System.currentTimeMillis();
        long toldMs = request.timestampMs();
        recorder.record(request, nowMs, toldMs == 0 ? nowMs : Math.min(toldMs, nowMs));
    }
}
