package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.feedback.FeedbackWriter;
import io.millrace.ranker.feedback.UserHistory;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.SeenPairs;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestEvents;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;

/**
 * Remembers what users tell of themselves. The answer is given when the next request of anybody
 * sees it.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class FeedbackStage {
    private final LivingItems living;
    private final @Nullable SeenPairs seen;

    /** By kind of event: whether what was done so is not shown again. */
    private final boolean[] isSeeing = new boolean[EventKind.count()];

    private final FeedbackWriter writer;
    private final EventList events;

    public FeedbackStage(FunnelParts parts, FeedbackWriter writer) {
        living = parts.living();
        seen = parts.seen();
        this.writer = writer;
        for (EventKind kind : EventKind.values()) {
            List<String> names = UserHistory.namesOf(kind);
            isSeeing[kind.code()] = !Collections.disjoint(names, parts.rules().seenFields());
        }
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
        long nowMs = System.currentTimeMillis();
        // What is yet to come is taken for now; it would make all that was counted look old.
        long timestampMs =
                request.timestampMs() == 0 ? nowMs : Math.min(request.timestampMs(), nowMs);
        try {
            synchronized (writer.turn()) {
                writer.apply(request.userId(), timestampMs, events);
                rememberLater(request);
            }
        } catch (MillraceException e) {
            if (e.code() != ErrorCode.LIMIT) {
                throw e;
            }
            answer.refuse(Refusal.ROOM, "no room for another user, nothing was remembered");
        }
    }

    /** Histories have no ids for items that came later than the bundle. */
    private void rememberLater(Request request) {
        RequestEvents told = request.events();
        for (int i = 0; i < events.count() && seen != null; i++) {
            if (living.isLater(events.ordinal(i)) && isSeeing[events.kind(i).code()]) {
                seen.add(request.userId(), told.itemId(i));
            }
        }
    }
}
