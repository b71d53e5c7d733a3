package io.millrace.server.funnel;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.feedback.FeedbackWriter;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestEvents;

/**
 * Remembers what users tell of themselves. The answer is given when the next request of anybody
 * sees it.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
final class FeedbackStage {
    private final VectorIndex index;
    private final FeedbackWriter writer;
    private final EventList events;

    FeedbackStage(FunnelParts parts, FeedbackWriter writer) {
        index = parts.index();
        this.writer = writer;
        events = new EventList(parts.width().maxEvents());
    }

    void apply(Request request, Answer answer) {
        RequestEvents told = request.events();
        events.clear();
        for (int i = 0; i < told.count(); i++) {
            int ordinal = index.ordinalOf(told.itemId(i));
            if (ordinal == VectorIndex.NO_ORDINAL) {
                answer.fail(Status.UNKNOWN_ITEM, "no such item, nothing was remembered: item=")
                        .append(told.itemId(i));
                return;
            }
            events.add(told.kind(i), ordinal, told.watchedShare(i));
        }
        long nowMs = System.currentTimeMillis();
        // What is yet to come is taken for now; it would make all that was counted look old.
        long timestampMs =
                request.timestampMs() == 0 ? nowMs : Math.min(request.timestampMs(), nowMs);
        try {
            writer.apply(request.userId(), timestampMs, events);
        } catch (MillraceException e) {
            if (e.code() != ErrorCode.LIMIT) {
                throw e;
            }
            answer.fail(Status.OVERLOADED, "no room for another user, nothing was remembered");
        }
    }
}
