package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.feedback.FeedbackJournal;
import io.millrace.ranker.feedback.FeedbackWriter;
import io.millrace.ranker.feedback.UserHistory;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.SeenPairs;
import io.millrace.server.request.RequestEvents;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;

/**
 * Takes the feedback of a bundle: into rows, counters and what was seen, and into the journal that
 * the next bundle is told from. While that one takes over, it is told at once: as soon as a
 * feedback is acknowledged by this bundle, both know of it.
 *
 * <p>Threading: any thread; feedback takes turns. Allocation: none.
 */
@HotPath
public final class FeedbackIntake {
    private final LivingItems living;
    private final @Nullable SeenPairs seen;

    /** By kind of event: whether what was done so is not shown again. */
    private final boolean[] isSeeing = new boolean[EventKind.count()];

    private final FeedbackWriter writer;
    private final EventCounters counters;
    private final FeedbackJournal journal;
    private final EventList inherited = new EventList(1);
    private final FeedbackClock clock;

    /** What happened by then was counted when the bundle was built. */
    private int countedTick = Integer.MIN_VALUE;

    private long withoutRoom;
    private @Nullable FeedbackIntake heir;

    public FeedbackIntake(
            LivingItems living,
            @Nullable SeenPairs seen,
            RerankRules rules,
            FeedbackWriter writer,
            EventCounters counters,
            FeedbackJournal journal) {
        this.living = living;
        this.seen = seen;
        this.writer = writer;
        this.counters = counters;
        this.journal = journal;
        this.clock =
                new FeedbackClock(
                        counters.lastMomentMs(), System.currentTimeMillis(), System.nanoTime());
        for (EventKind kind : EventKind.values()) {
            List<String> names = UserHistory.namesOf(kind);
            isSeeing[kind.code()] = !Collections.disjoint(names, rules.seenFields());
        }
    }

    /** Held while feedback is taken, and by who reads the journal. */
    public Object turn() {
        return writer.turn();
    }

    public FeedbackJournal journal() {
        return journal;
    }

    /** Feedback of another bundle that found no room for another user. */
    public long withoutRoom() {
        return withoutRoom;
    }

    /**
     * The moment that something told now is counted for. What is yet to come is taken for now; it
     * would make all that was counted look old.
     *
     * @param timestampMs when it happened, milliseconds since 1970 UTC; 0: now
     */
    public long momentOf(long timestampMs) {
        synchronized (turn()) {
            long nowMs = clock.nowMs(System.currentTimeMillis(), System.nanoTime());
            counters.bringBack(nowMs);
            return timestampMs == 0 ? nowMs : Math.min(timestampMs, nowMs);
        }
    }

    /**
     * Takes what a user told.
     *
     * @param userId who
     * @param momentMs when, by {@link #momentOf}
     * @param told by ids
     * @param events the same by ordinals
     * @throws MillraceException LIMIT when there is no room for another user; nothing is remembered
     */
    public void take(long userId, long momentMs, RequestEvents told, EventList events) {
        synchronized (turn()) {
            writer.apply(userId, momentMs, events);
            long stamp = journal.nextStamp();
            FeedbackIntake next = heir;
            for (int i = 0; i < events.count(); i++) {
                long itemId = told.itemId(i);
                EventKind kind = told.kind(i);
                float share = told.watchedShare(i);
                rememberLater(userId, itemId, events.ordinal(i), kind);
                journal.add(stamp, userId, itemId, momentMs, kind, share);
                if (next != null) {
                    next.inherit(stamp, userId, itemId, momentMs, kind, share);
                }
            }
        }
    }

    /** Histories have no ids for items that came later than the bundle. */
    private void rememberLater(long userId, long itemId, int ordinal, EventKind kind) {
        if (seen != null && living.isLater(ordinal) && isSeeing[kind.code()]) {
            seen.add(userId, itemId);
        }
    }

    /**
     * Takes an event that the bundle before was told. One with an item that is not served here is
     * kept for the bundles behind this one alone.
     */
    public void inherit(
            long stamp, long userId, long itemId, long momentMs, EventKind kind, float share) {
        synchronized (turn()) {
            int ordinal = living.knownOrdinalOf(itemId);
            if (ordinal != VectorIndex.NO_ORDINAL) {
                inherited.clear();
                inherited.add(kind, ordinal, share);
                remember(userId, momentOf(momentMs));
                rememberLater(userId, itemId, ordinal, kind);
            }
            journal.add(stamp, userId, itemId, momentMs, kind, share);
        }
    }

    private void remember(long userId, long momentMs) {
        try {
            if (counters.tickOf(momentMs) > countedTick) {
                writer.apply(userId, momentMs, inherited);
            } else {
                writer.remember(userId, inherited);
            }
        } catch (MillraceException e) {
            if (e.code() != ErrorCode.LIMIT) {
                throw e;
            }
            withoutRoom++;
        }
    }

    /**
     * Prepares to inherit.
     *
     * @return the newest stamp seen; what is later is not known here
     */
    public long beginInheriting() {
        synchronized (turn()) {
            long newest = journal.newest();
            // One that has taken feedback has counted that, and nothing of the others'.
            countedTick = newest == 0 ? counters.lastTick() : Integer.MIN_VALUE;
            return newest;
        }
    }

    /** From now on another bundle is told all that this one is; the caller holds the turn. */
    public void bequeathTo(FeedbackIntake next) {
        next.follow(journal);
        heir = next;
    }

    private void follow(FeedbackJournal before) {
        synchronized (turn()) {
            journal.follow(before);
        }
    }

    /** No other bundle is told any more, and none is being told when this returns. */
    public void endBequest() {
        synchronized (turn()) {
            heir = null;
        }
    }
}
