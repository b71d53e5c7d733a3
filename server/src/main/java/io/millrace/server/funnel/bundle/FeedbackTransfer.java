package io.millrace.server.funnel.bundle;

import io.millrace.ranker.feedback.FeedbackJournal;
import io.millrace.ranker.feedback.ToldEvent;
import io.millrace.server.funnel.stage.FeedbackIntake;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells the next bundle what users told the one that is served, out of its journal and in the same
 * order, while feedback goes on; at last both are told at once, until the next is served.
 *
 * <p>Threading: one thread, beside those that take feedback.
 */
public final class FeedbackTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(FeedbackTransfer.class);

    /** Feedback waits while so many events are read, or the last ones told: less than 1 ms. */
    private static final int AT_ONCE = 128;

    private final FeedbackIntake from;
    private final FeedbackIntake to;
    private final long seen;
    private final long firstEnd;
    private long place;
    private long carried;

    private FeedbackTransfer(FeedbackIntake from, FeedbackIntake to) {
        this.from = from;
        this.to = to;
        this.seen = to.beginInheriting();
        synchronized (from.turn()) {
            firstEnd = from.journal().count();
        }
    }

    /**
     * Prepares it; before the changes of items are carried over, so that the items are there of
     * what was told by now.
     *
     * @param before is served
     * @param next is open
     * @return null where one of the two takes no feedback
     */
    public static @Nullable FeedbackTransfer between(OpenBundle before, OpenBundle next) {
        FeedbackIntake from = before.feedback();
        FeedbackIntake to = next.feedback();
        return from == null || to == null ? null : new FeedbackTransfer(from, to);
    }

    /** Tells what was told before this was prepared. */
    public void run() {
        while (place < firstEnd) {
            List<ToldEvent> events;
            synchronized (from.turn()) {
                events = read(firstEnd);
            }
            tell(events);
        }
    }

    /** Tells the rest, when no items change any more, and has both told from then on. */
    public void handOver() {
        while (true) {
            List<ToldEvent> events;
            synchronized (from.turn()) {
                FeedbackJournal journal = from.journal();
                events = read(journal.count());
                if (place == journal.count()) {
                    tell(events);
                    from.bequeathTo(to);
                    break;
                }
            }
            tell(events);
        }
        if (to.withoutRoom() > 0) {
            LOG.warn(
                    "no room for users in the next bundle, what they told is left out: events={}",
                    to.withoutRoom());
        }
    }

    /** Those that the next bundle has not seen of the next few places; moves on. */
    private List<ToldEvent> read(long end) {
        FeedbackJournal journal = from.journal();
        place = Math.max(place, journal.oldest());
        List<ToldEvent> events = new ArrayList<>(AT_ONCE);
        for (int i = 0; i < AT_ONCE && place < end; i++) {
            ToldEvent event = journal.at(place++);
            if (event != null && event.stamp() > seen) {
                events.add(event);
            }
        }
        return events;
    }

    private void tell(List<ToldEvent> events) {
        for (ToldEvent event : events) {
            to.inherit(
                    event.stamp(),
                    event.userId(),
                    event.itemId(),
                    event.momentMs(),
                    event.kind(),
                    event.watchedShare());
        }
        carried += events.size();
    }

    /** The next bundle is served by itself, or is not served. */
    public void end() {
        from.endBequest();
    }

    /**
     * How many events were told.
     *
     * @return those that were told at once not among them
     */
    public long carried() {
        return carried;
    }
}
