package io.millrace.server.replay;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.server.config.AnswerSettings;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.bundle.OpenBundle;
import io.millrace.server.funnel.rows.LoggedRows;
import io.millrace.server.log.ImpressionCapture;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.RequestText;
import io.millrace.server.request.StageClock;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A bundle that answers logged requests as it did: with the settings of the log and the logged row
 * of the user, and giving up what was given up.
 *
 * <p>Threading: one thread.
 */
final class ReplayedBundle implements AutoCloseable {
    private final ImpressionDescription description;
    private final ServerConfig config;
    private final OpenBundle serving;
    private final ImpressionCapture capture;
    private final FunnelWorker worker;
    private final Request request;
    private final Answer answer;
    private final StageClock clock = new StageClock();
    private @Nullable Impression asked;

    /**
     * Opens a bundle.
     *
     * @param bundle its folder
     * @param description of the impressions that are to be answered again
     * @param progress told of the opening
     * @throws MillraceException when the bundle is damaged, or its rows are not of the size of
     *     those logged
     */
    ReplayedBundle(Path bundle, ImpressionDescription description, ProgressListener progress) {
        this.description = description;
        this.config =
                AnswerSettings.configOf(description.settings(), "settings of the log")
                        .with("bundle", bundle.toString())
                        .with("funnel.recallCheckMs", 0);
        LoggedRows logged =
                new LoggedRows(
                        () -> this::readUser, () -> this::readCandidates, () -> this::readRates);
        this.serving = OpenBundle.openForReplay(config, logged, progress);
        try {
            capture = serving.newCapture();
            requireSameLayout(capture.newest().layout());
            worker = serving.newRecordingWorker(capture);
            RequestLimits limits = serving.catalogue().requestLimits(config.limits());
            request = new Request(limits);
            answer = new Answer(limits.answers());
        } catch (Throwable t) {
            serving.close();
            throw t;
        }
    }

    private void requireSameLayout(ImpressionLayout layout) {
        if (!layout.equals(description.layout())) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "impressions are not of the size of the bundle's: log=%s, bundle=%s",
                    description.layout(),
                    layout);
        }
    }

    /** Whether impressions of that description can be answered. */
    boolean isFor(ImpressionDescription other) {
        return description.equals(other);
    }

    private boolean readUser(long userId, MemorySegment row, long offset) {
        Impression impression = asked;
        if (impression == null || !impression.isUserKnown()) {
            return false;
        }
        MemorySegment.copy(
                impression.segment(),
                impression.userRowOffset(),
                row,
                offset,
                description.layout().userRowBytes());
        return true;
    }

    /** The rows that were answered are logged, and what was not changes nothing of their scores. */
    private boolean readCandidates(Request asking, MemorySegment rows, Answer failing) {
        Impression impression = Objects.requireNonNull(asked, "a request is answered again");
        int rowBytes = description.layout().itemRowBytes();
        for (int i = 0; i < impression.itemCount(); i++) {
            MemorySegment.copy(
                    impression.segment(),
                    impression.itemRowOffset(i),
                    rows,
                    (long) i * rowBytes,
                    rowBytes);
        }
        return true;
    }

    /**
     * Gives candidates the rates of those that were ranked in their places, if they are as many.
     */
    private void readRates(int[] ordinals, int count, long momentMs, MemorySegment rows) {
        Impression impression = asked;
        boolean isAsLogged = impression != null && impression.ranked() == count;
        int rates = description.layout().rates();
        for (int candidate = 0; candidate < count; candidate++) {
            long row = (long) candidate * RowLayout.rowBytes(rates);
            for (int rate = 0; rate < rates; rate++) {
                float value =
                        impression != null && isAsLogged
                                ? impression.candidateRate(candidate, rate)
                                : Float.NaN;
                rows.set(RowLayout.FLOAT, row + (long) Float.BYTES * rate, value);
            }
        }
    }

    /**
     * Whether a request can be answered again: the bundle has all items that were asked for or
     * answered.
     */
    boolean hasItemsOf(Impression impression) {
        if (impression.hasOwnItems()) {
            return true;
        }
        boolean hasAll =
                impression.kind() != ImpressionLayout.SIMILAR
                        || serving.hasItem(impression.subjectId());
        for (int i = 0; hasAll && i < impression.itemCount(); i++) {
            hasAll = serving.hasItem(impression.itemId(i));
        }
        return hasAll;
    }

    /**
     * Answers a request again.
     *
     * @param impression the request and what was answered
     * @return what is answered now; overwritten by the next
     * @throws MillraceException CORRUPT_FILE when the request is none that could have been answered
     */
    Impression answer(Impression impression) {
        asked = impression;
        ask(impression);
        answer.clear();
        clock.start(System.nanoTime());
        worker.answer(request, answer, clock);
        if (answer.status() != Status.OK) {
            throw MillraceException.of(
                    ErrorCode.CORRUPT_FILE,
                    "a logged request has no answer: correlation=%d, status=%s, reason=%s; leave"
                            + " that file out",
                    impression.correlationId(),
                    answer.status(),
                    answer.message());
        }
        return capture.newest();
    }

    private void ask(Impression impression) {
        requireWithinLimits(impression);
        long id = impression.correlationId();
        long subject = impression.subjectId();
        int k = impression.k();
        int flags = impression.flags();
        switch (impression.kind()) {
            case ImpressionLayout.SIMILAR -> request.similar(id, subject, k, flags);
            case ImpressionLayout.SEARCH -> {
                request.search(id, subject, impression.momentMs(), k, flags);
                impression.vectorInto(request.vector());
            }
            case ImpressionLayout.RANK ->
                    request.rank(id, subject, impression.momentMs(), k, flags);
            default -> request.recommend(id, subject, impression.momentMs(), k, flags);
        }
        for (int i = 0; i < impression.contextCount(); i++) {
            request.addContext(impression.contextField(i), impression.contextCode(i));
        }
        if (isRank(impression)) {
            addCandidates(impression);
        } else {
            addExcluded(impression);
        }
        request.filter().set(impression.filter());
        request.experimentKey().set(impression.experimentKey());
        request.giveUp(impression.degraded());
    }

    private static boolean isRank(Impression impression) {
        return impression.kind() == ImpressionLayout.RANK;
    }

    private void addCandidates(Impression impression) {
        if (impression.hasOwnItems()) {
            request.candidates().bringRows();
            for (int i = 0; i < impression.itemCount(); i++) {
                request.candidates().add(impression.itemId(i));
            }
        } else {
            for (int i = 0; i < impression.excludedCount(); i++) {
                request.candidates().add(impression.excluded(i));
            }
        }
    }

    private void addExcluded(Impression impression) {
        for (int i = 0; i < impression.excludedCount(); i++) {
            request.exclude(impression.excluded(i));
        }
    }

    private void requireWithinLimits(Impression impression) {
        int contextFields = serving.catalogue().contextFields().size();
        ServerConfig.LimitsConfig limits = config.limits();
        boolean isRank = isRank(impression);
        int mostListed = isRank ? limits.candidates() : limits.excluded();
        boolean isWithin =
                isRank
                        ? impression.itemCount() <= limits.candidates()
                        : impression.k() >= 1 && impression.k() <= limits.k();
        requireShort("filter", impression.filter(), request.filter());
        requireShort("experiment key", impression.experimentKey(), request.experimentKey());
        if (!isWithin
                || impression.excludedCount() > mostListed
                || impression.contextCount() > contextFields) {
            throw MillraceException.of(
                    ErrorCode.CORRUPT_FILE,
                    "a logged request is beyond the limits of its log: k=%d, limit=%d, excluded=%d,"
                            + " limit=%d, context=%d, limit=%d; leave that file out",
                    impression.k(),
                    limits.k(),
                    impression.excludedCount(),
                    mostListed,
                    impression.contextCount(),
                    contextFields);
        }
    }

    private static void requireShort(String what, String logged, RequestText text) {
        int bytes = logged.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > text.most()) {
            throw MillraceException.of(
                    ErrorCode.CORRUPT_FILE,
                    "the %s of a logged request is too long: bytes=%d, limit=%d; leave that file"
                            + " out",
                    what,
                    bytes,
                    text.most());
        }
    }

    @Override
    public void close() {
        serving.close();
    }
}
