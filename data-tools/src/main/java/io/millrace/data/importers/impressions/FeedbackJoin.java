package io.millrace.data.importers.impressions;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.table.EventColumns;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.ranker.impression.ImpressionLogReader;
import io.millrace.ranker.impression.LoggedFeedback;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the impression that each event of feedback belongs to: of the same user and item the latest
 * before the event, by the time that both tell and by when they were answered, unless that is
 * longer ago than a window. So an event belongs to one impression at most, whichever bundle
 * answered it.
 *
 * <p>Feedback is read first and held in memory; impressions pass by.
 *
 * <p>Threading: one thread.
 */
final class FeedbackJoin {
    private final long windowMs;

    /** By who and what; of those of one pair the last that was read. */
    private final Map<Pair, Told> last = new HashMap<>();

    private record Pair(long userId, long itemId) {}

    /** An event of feedback, and the latest impression before it, so far. */
    private static final class Told {
        private static final int NONE = -1;
        private static final int ELSEWHERE = -2;

        private final EventKind kind;
        private final float watchedShare;
        private final long momentMs;
        private final long answeredMs;
        private final @Nullable Told before;
        private int event = NONE;
        private long shownMs = Long.MIN_VALUE;
        private long shownAnsweredMs = Long.MIN_VALUE;

        Told(LoggedFeedback feedback, int index, @Nullable Told before) {
            this.kind = feedback.kind(index);
            this.watchedShare = feedback.watchedShare(index);
            this.momentMs = feedback.momentMs();
            this.answeredMs = feedback.answeredMs();
            this.before = before;
        }

        void meet(Impression shown, int shownEvent, long windowMs) {
            long atMs = shown.momentMs();
            long atAnsweredMs = shown.answeredMs();
            boolean isBefore = atMs <= momentMs && atAnsweredMs <= answeredMs;
            boolean isLater =
                    atMs > shownMs || (atMs == shownMs && atAnsweredMs >= shownAnsweredMs);
            if (isBefore && isLater && momentMs - atMs <= windowMs) {
                event = shownEvent;
                shownMs = atMs;
                shownAnsweredMs = atAnsweredMs;
            }
        }
    }

    private FeedbackJoin(long windowMs) {
        this.windowMs = windowMs;
    }

    /**
     * Reads the feedback of a log.
     *
     * @param log its folder, or one file of it
     * @param fingerprint of the bundle whose impressions are imported
     * @param windowMs how long after an impression feedback belongs to it
     * @param progress told of the reading
     * @throws MillraceException BAD_INPUT when there is none, and as the reader does
     */
    static FeedbackJoin read(
            Path log, String fingerprint, long windowMs, ProgressListener progress) {
        FeedbackJoin join = new FeedbackJoin(windowMs);
        try (ProgressListener.Stage stage = progress.start("read feedback", -1);
                ImpressionLogReader reader =
                        new ImpressionLogReader(log, fingerprint, join.new Feedback())) {
            while (reader.next() != null) {
                stage.advance(1);
            }
        }
        if (join.last.isEmpty()) {
            throw MillraceException.badInput(
                    "no feedback in the log tells what came of the impressions: log=%s; say it"
                            + " with --outcomes, or send feedback to a server that logs",
                    log);
        }
        return join;
    }

    /** Takes what users told. */
    private final class Feedback implements ImpressionLogReader.Beside {
        @Override
        public void told(LoggedFeedback feedback) {
            for (int i = 0; i < feedback.count(); i++) {
                // That it was shown, the log knows itself.
                if (feedback.kind(i) != EventKind.IMPRESSION) {
                    Pair pair = new Pair(feedback.userId(), feedback.itemId(i));
                    last.put(pair, new Told(feedback, i, last.get(pair)));
                }
            }
        }

        @Override
        public void shownByAnother(Impression shown) {
            // Impressions come when all feedback is there.
        }
    }

    /** Takes impressions of other bundles, beside which those of the import are read. */
    ImpressionLogReader.Beside others() {
        return new ImpressionLogReader.Beside() {
            @Override
            public void told(LoggedFeedback feedback) {
                // Has been read.
            }

            @Override
            public void shownByAnother(Impression shown) {
                if (shown.kind() == ImpressionLayout.RECOMMEND) {
                    for (int i = 0; i < shown.itemCount(); i++) {
                        meet(shown, i, Told.ELSEWHERE);
                    }
                }
            }
        };
    }

    /**
     * Takes an item of an answer.
     *
     * @param shown the impression
     * @param index of the item
     * @param event index of the event that the item becomes
     */
    void meet(Impression shown, int index, int event) {
        Pair pair = new Pair(shown.subjectId(), shown.itemId(index));
        for (Told told = last.get(pair); told != null; told = told.before) {
            told.meet(shown, event, windowMs);
        }
    }

    /** Tells the events what came of them, when all impressions have passed. */
    FeedbackCounts applyTo(EventColumns events) {
        long joined = 0;
        long elsewhere = 0;
        long unjoined = 0;
        for (Told newest : last.values()) {
            for (Told told = newest; told != null; told = told.before) {
                switch (told.event) {
                    case Told.NONE -> unjoined++;
                    case Told.ELSEWHERE -> elsewhere++;
                    default -> {
                        events.addOutcome(told.event, labelOf(told.kind), ratioOf(told));
                        joined++;
                    }
                }
            }
        }
        return new FeedbackCounts(joined, elsewhere, unjoined);
    }

    private static int labelOf(EventKind kind) {
        return switch (kind) {
            case CLICK -> EventColumns.CLICK;
            case LONG_WATCH -> EventColumns.LONG_VIEW;
            case LIKE -> EventColumns.LIKE;
            case IMPRESSION, WATCH -> 0;
        };
    }

    private static float ratioOf(Told told) {
        boolean isWatch = told.kind == EventKind.WATCH || told.kind == EventKind.LONG_WATCH;
        return isWatch ? told.watchedShare : Float.NaN;
    }
}
