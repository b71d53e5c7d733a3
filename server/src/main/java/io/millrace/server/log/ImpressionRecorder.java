package io.millrace.server.log;

import io.millrace.core.HotPath;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.RequestText;

import java.lang.foreign.MemorySegment;

/**
 * Writes what a worker has answered into a sink.
 *
 * <p>Threading: the worker's. Allocation: only in the constructor.
 */
@HotPath
public final class ImpressionRecorder {
    private final ImpressionSink sink;
    private final MemorySegment target;
    private final Scratch scratch;
    private final float[] query;
    private final ImpressionLayout layout;

    /**
     * What a worker works with.
     *
     * @param userRow row of the user of the request, at 0
     * @param contextRow row of the context of the request, at 0
     * @param itemRowBytes length of the row of an item
     * @param ranked rates of the candidates of the request
     */
    public record Scratch(
            MemorySegment userRow,
            MemorySegment contextRow,
            int itemRowBytes,
            RankedRates ranked) {}

    /**
     * A recorder.
     *
     * @param sink takes the records.
     * @param scratch where the rows are found when a request is answered.
     * @param query vector of the request then, but for searches, which bring their own.
     */
    public ImpressionRecorder(ImpressionSink sink, Scratch scratch, float[] query) {
        this.sink = sink;
        this.target = sink.memory();
        this.scratch = scratch;
        this.query = query;
        this.layout =
                new ImpressionLayout(
                        query.length,
                        (int) scratch.userRow.byteSize(),
                        (int) scratch.contextRow.byteSize(),
                        scratch.itemRowBytes,
                        scratch.ranked.rates());
    }

    /**
     * Records an answer that needed nothing of a user.
     *
     * @param request what was asked.
     * @param answer what was answered.
     * @param items where the rows of answered items are found.
     */
    public void record(Request request, Answer answer, AnsweredRows items) {
        if (sink.isWanted()) {
            write(request, answer, 0, 0, items);
        }
    }

    /**
     * Records an answer for a user, whose row and context are in the scratch.
     *
     * @param request what was asked.
     * @param answer what was answered.
     * @param momentMs the time that the context row was made for, milliseconds since 1970 UTC.
     * @param isUserKnown whether the row is not that of a stranger.
     * @param items where the rows of answered items are found.
     */
    public void recordForUser(
            Request request,
            Answer answer,
            long momentMs,
            boolean isUserKnown,
            AnsweredRows items) {
        if (sink.isWanted()) {
            int bits =
                    ImpressionLayout.HAS_ROWS
                            | (isUserKnown ? ImpressionLayout.IS_USER_KNOWN : 0)
                            | (request.candidates().haveRows()
                                    ? ImpressionLayout.HAS_OWN_ITEMS
                                    : 0);
            write(request, answer, momentMs, bits, items);
        }
    }

    private void write(
            Request request, Answer answer, long momentMs, int bits, AnsweredRows items) {
        boolean hasRows = (bits & ImpressionLayout.HAS_ROWS) != 0;
        int bytes =
                (int)
                        layout.recordBytes(
                                request.contextCount(),
                                listed(request),
                                hasRows,
                                answer.count(),
                                answer.ranked(),
                                textBytes(request));
        int at = sink.claim(bytes);
        if (at < 0) {
            return;
        }
        boolean isWhole = false;
        try {
            fill(request, answer, momentMs, bits, items, at);
            isWhole = true;
        } finally {
            if (isWhole) {
                sink.commit(at);
            } else {
                sink.abort(at);
            }
        }
    }

    private static int textBytes(Request request) {
        return request.filter().length() + request.experimentKey().length();
    }

    /** Of a rank request the candidates stand where others have what is excluded. */
    private static int listed(Request request) {
        return request.kind() == RequestKind.RANK
                ? request.candidates().count()
                : request.excludedCount();
    }

    private void fill(
            Request request, Answer answer, long momentMs, int bits, AnsweredRows items, long at) {
        writeRequest(request, momentMs, at);
        writeOutcome(answer, at);
        target.set(ImpressionLayout.BYTE, at + ImpressionLayout.BITS_OFFSET, (byte) bits);
        target.set(ImpressionLayout.BYTE, at + ImpressionLayout.FILLING_OFFSET, (byte) 0);
        long next = writeLists(request, at);
        if ((bits & ImpressionLayout.HAS_ROWS) != 0) {
            MemorySegment.copy(scratch.userRow, 0, target, next, layout.userRowBytes());
            next += layout.userRowBytes();
            MemorySegment.copy(scratch.contextRow, 0, target, next, layout.contextRowBytes());
            next += layout.contextRowBytes();
        }
        putInt(at + ImpressionLayout.ITEM_COUNT_OFFSET, answer.count());
        writeItems(answer, items, next);
        next += (long) answer.count() * layout.itemBytes();
        if (layout.rates() > 0) {
            writeCandidates(answer, next);
        }
        writeTexts(request, at, next + layout.ratesBytes(answer.ranked()));
    }

    private void writeTexts(Request request, long at, long from) {
        RequestText filter = request.filter();
        RequestText key = request.experimentKey();
        putShort(at + ImpressionLayout.FILTER_BYTES_OFFSET, filter.length());
        putShort(at + ImpressionLayout.KEY_BYTES_OFFSET, key.length());
        clearFilling(from, ImpressionLayout.textBytes(textBytes(request)));
        writeText(filter, from);
        writeText(key, from + filter.length());
    }

    private void writeText(RequestText text, long from) {
        MemorySegment.copy(text.bytes(), 0, target, ImpressionLayout.BYTE, from, text.length());
    }

    private void writeRequest(Request request, long momentMs, long at) {
        long deadlineUs =
                request.hasDeadline()
                        ? Math.max(1, (request.deadlineNs() - request.arrivalNs()) / 1_000)
                        : 0;
        boolean isSimilar = request.kind() == RequestKind.SIMILAR;
        putLong(at + ImpressionLayout.CORRELATION_OFFSET, request.correlationId());
        putLong(
                at + ImpressionLayout.SUBJECT_OFFSET,
                isSimilar ? request.itemId() : request.userId());
        putLong(at + ImpressionLayout.MOMENT_OFFSET, momentMs);
        putLong(at + ImpressionLayout.DEADLINE_OFFSET, deadlineUs);
        putInt(at + ImpressionLayout.K_OFFSET, request.k());
        putInt(at + ImpressionLayout.FLAGS_OFFSET, request.flags());
        target.set(ImpressionLayout.BYTE, at + ImpressionLayout.KIND_OFFSET, kindOf(request));
    }

    private static byte kindOf(Request request) {
        return switch (request.kind()) {
            case SIMILAR -> ImpressionLayout.SIMILAR;
            case SEARCH -> ImpressionLayout.SEARCH;
            case RANK -> ImpressionLayout.RANK;
            default -> ImpressionLayout.RECOMMEND;
        };
    }

    private void writeOutcome(Answer answer, long at) {
        putLong(at + ImpressionLayout.ANSWERED_OFFSET, System.currentTimeMillis());
        putInt(at + ImpressionLayout.DEGRADED_OFFSET, answer.degraded());
        putInt(at + ImpressionLayout.RETRIEVED_OFFSET, answer.retrieved());
        putInt(at + ImpressionLayout.RANKED_OFFSET, answer.ranked());
        target.set(
                ImpressionLayout.BYTE,
                at + ImpressionLayout.REASON_OFFSET,
                (byte) answer.reason().value());
    }

    /** Writes the lists of the request with their counts and returns where they end. */
    private long writeLists(Request request, long at) {
        int contextCount = request.contextCount();
        int listed = listed(request);
        putInt(at + ImpressionLayout.CONTEXT_COUNT_OFFSET, contextCount);
        putInt(at + ImpressionLayout.EXCLUDED_COUNT_OFFSET, listed);
        long next = at + ImpressionLayout.CONTEXT_OFFSET;
        for (int i = 0; i < contextCount; i++) {
            putInt(next, request.contextFields()[i]);
            putInt(next + Integer.BYTES, request.contextCodes()[i]);
            next += ImpressionLayout.ENTRY_BYTES;
        }
        long[] list =
                request.kind() == RequestKind.RANK
                        ? request.candidates().itemIds()
                        : request.excluded();
        MemorySegment.copy(list, 0, target, ImpressionLayout.LONG, next, listed);
        next += (long) listed * ImpressionLayout.ENTRY_BYTES;
        if (layout.dimension() > 0) {
            // The vector covers these eight bytes but for its filling.
            putLong(next + layout.vectorBytes() - ImpressionLayout.ENTRY_BYTES, 0);
        }
        boolean isSearch = request.kind() == RequestKind.SEARCH;
        MemorySegment.copy(
                isSearch ? request.vector() : query,
                0,
                target,
                ImpressionLayout.FLOAT,
                next,
                layout.dimension());
        return next + layout.vectorBytes();
    }

    private void writeItems(Answer answer, AnsweredRows items, long from) {
        int rowBytes = layout.itemRowBytes();
        long next = from;
        for (int i = 0; i < answer.count(); i++) {
            long itemId = answer.itemId(i);
            putLong(next, itemId);
            target.set(
                    ImpressionLayout.FLOAT,
                    next + ImpressionLayout.ITEM_SCORE_OFFSET,
                    answer.score(i));
            putInt(next + ImpressionLayout.ITEM_SOURCE_OFFSET, answer.source(i).value());
            MemorySegment.copy(
                    items.memory(),
                    items.offset(i, itemId),
                    target,
                    next + ImpressionLayout.ITEM_ROW_OFFSET,
                    rowBytes);
            if (layout.rates() > 0) {
                int candidate = items.candidate(i, itemId, answer.ranked());
                writeRates(candidate, next + layout.itemRatesOffset());
            }
            next += layout.itemBytes();
        }
    }

    /** Writes the rates of a candidate, or of an item that was none. */
    private void writeRates(int candidate, long from) {
        clearFilling(from, layout.ratesBytes(1));
        for (int rate = 0; rate < layout.rates(); rate++) {
            target.set(
                    ImpressionLayout.FLOAT,
                    from + (long) Float.BYTES * rate,
                    candidate == AnsweredRows.NO_CANDIDATE
                            ? Float.NaN
                            : scratch.ranked.rate(candidate, rate));
        }
    }

    private void writeCandidates(Answer answer, long from) {
        clearFilling(from, layout.ratesBytes(answer.ranked()));
        long next = from;
        for (int candidate = 0; candidate < answer.ranked(); candidate++) {
            for (int rate = 0; rate < layout.rates(); rate++) {
                target.set(ImpressionLayout.FLOAT, next, scratch.ranked.rate(candidate, rate));
                next += Float.BYTES;
            }
        }
    }

    /** The last eight bytes of rates or texts, of which these may leave some unwritten. */
    private void clearFilling(long from, long bytes) {
        if (bytes > 0) {
            putLong(from + bytes - ImpressionLayout.ENTRY_BYTES, 0);
        }
    }

    private void putShort(long at, int value) {
        target.set(ImpressionLayout.SHORT, at, (short) value);
    }

    private void putInt(long at, int value) {
        target.set(ImpressionLayout.INT, at, value);
    }

    private void putLong(long at, long value) {
        target.set(ImpressionLayout.LONG, at, value);
    }
}
