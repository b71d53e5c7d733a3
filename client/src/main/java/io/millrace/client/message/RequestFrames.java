package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.AuthRequestEncoder;
import io.millrace.core.wire.codec.ColumnsRequestEncoder;
import io.millrace.core.wire.codec.DeleteRequestEncoder;
import io.millrace.core.wire.codec.FeedbackRequestEncoder;
import io.millrace.core.wire.codec.InfoRequestEncoder;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.PingEncoder;
import io.millrace.core.wire.codec.RankRequestEncoder;
import io.millrace.core.wire.codec.RecommendRequestEncoder;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.ScopeColumnsRequestEncoder;
import io.millrace.core.wire.codec.SearchRequestEncoder;
import io.millrace.core.wire.codec.SimilarRequestEncoder;
import io.millrace.core.wire.codec.StatsRequestEncoder;
import io.millrace.core.wire.codec.UpdateRequestEncoder;
import io.millrace.core.wire.codec.UpsertRequestEncoder;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Encodes requests, each in the oldest version of the protocol that has all it holds.
 *
 * <p>Threading: any thread. Allocation: per request.
 */
public final class RequestFrames {
    private static final int INITIAL_BYTES = 256;
    private static final int HEADER = FrameLayout.HEADER_OFFSET;

    private RequestFrames() {}

    /**
     * Asks whether the server answers.
     *
     * @return OK when it does.
     */
    public static RequestFrame<Status> ping() {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        PingEncoder encoder = new PingEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder());
        int bodyBytes = encoder.encodedLength();
        return frame(
                RequestKind.PING, buffer, bodyBytes, FrameLayout.OLDEST_VERSION, pong -> Status.OK);
    }

    /**
     * Says who asks on a connection.
     *
     * @param token that the server knows.
     * @return OK when it does.
     */
    public static RequestFrame<Answer> auth(String token) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        AuthRequestEncoder encoder = new AuthRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder()).token(token);
        return result(RequestKind.AUTH, buffer, encoder.encodedLength(), FrameLayout.AUTH_VERSION);
    }

    /**
     * Asks what is served.
     *
     * @param maxSamples the most ids wanted in each of the samples.
     * @return what the server says of itself.
     */
    public static RequestFrame<ServerInfo> info(int maxSamples) {
        FrameRange.require("maxSamples", maxSamples, WireLimits.MAX_GROUP_COUNT);
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        InfoRequestEncoder encoder = new InfoRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder())
                .maxSamples(maxSamples);
        int bodyBytes = encoder.encodedLength();
        return frame(
                RequestKind.INFO,
                buffer,
                bodyBytes,
                FrameLayout.OLDEST_VERSION,
                AnswerFrames::info);
    }

    /**
     * Asks what was counted and timed.
     *
     * @return numbers by their names.
     */
    public static RequestFrame<Statistics> stats() {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        StatsRequestEncoder encoder = new StatsRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder());
        return frame(
                RequestKind.STATS,
                buffer,
                encoder.encodedLength(),
                FrameLayout.WISH_VERSION,
                AnswerFrames::stats);
    }

    /**
     * Asks what columns a rank request may bring.
     *
     * @return the features of candidates, and how much of them fits into a request.
     */
    public static RequestFrame<RankColumns> rankColumns() {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        ColumnsRequestEncoder encoder = new ColumnsRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder());
        return frame(
                RequestKind.COLUMNS,
                buffer,
                encoder.encodedLength(),
                FrameLayout.RANK_VERSION,
                AnswerFrames::rankColumns);
    }

    /**
     * Asks for items for a user.
     *
     * @param query the question.
     * @return the items.
     */
    public static RequestFrame<Answer> recommend(RecommendQuery query) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        RecommendRequestEncoder encoder = new RecommendRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder())
                .userId(query.userId())
                .timestampMs(query.timestampMs())
                .k(query.k())
                .flags()
                .clear()
                .keepSeen(query.keepsSeen())
                .skipRules(query.skipsRules())
                .replaceHistory(query.replacesHistory())
                .trace(query.wishes().isTraced());
        RecommendRequestEncoder.ContextEncoder context =
                encoder.contextCount(query.context().size());
        query.context().forEach((field, code) -> context.next().field(field).code(code));
        RecommendRequestEncoder.ExcludeEncoder exclude =
                encoder.excludeCount(query.exclude().size());
        query.exclude().forEach(itemId -> exclude.next().itemId(itemId));
        boolean hasWishes = !query.wishes().areNone();
        int version = FrameLayout.OLDEST_VERSION;
        if (query.hasHistory() || hasWishes) {
            RecommendRequestEncoder.HistoryEncoder history =
                    encoder.historyCount(query.history().size());
            query.history().forEach(itemId -> history.next().itemId(itemId));
            version = FrameLayout.FEEDBACK_VERSION;
        }
        if (hasWishes) {
            encoder.filter(query.wishes().filter()).experimentKey(query.wishes().experimentKey());
            version = FrameLayout.WISH_VERSION;
        }
        return result(RequestKind.RECOMMEND, buffer, encoder.encodedLength(), version);
    }

    /**
     * Asks for items like an item.
     *
     * @param query the question.
     * @return the items.
     */
    public static RequestFrame<Answer> similar(SimilarQuery query) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        SimilarRequestEncoder encoder = new SimilarRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder())
                .itemId(query.itemId())
                .k(query.k())
                .flags()
                .clear()
                .applyRules(query.appliesRules())
                .trace(query.wishes().isTraced());
        SimilarRequestEncoder.ExcludeEncoder exclude = encoder.excludeCount(query.exclude().size());
        query.exclude().forEach(itemId -> exclude.next().itemId(itemId));
        int version = FrameLayout.OLDEST_VERSION;
        if (!query.wishes().areNone()) {
            encoder.filter(query.wishes().filter()).experimentKey(query.wishes().experimentKey());
            version = FrameLayout.WISH_VERSION;
        }
        return result(RequestKind.SIMILAR, buffer, encoder.encodedLength(), version);
    }

    /**
     * Asks for items near a vector.
     *
     * @param query the question.
     * @return the items.
     */
    public static RequestFrame<Answer> search(SearchQuery query) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        SearchRequestEncoder encoder = new SearchRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder())
                .userId(query.userId())
                .k(query.k())
                .flags()
                .clear()
                .rank(query.ranks())
                .trace(query.wishes().isTraced());
        byte[] floats = new byte[VectorBytes.of(query.vector().length)];
        VectorBytes.put(query.vector(), new UnsafeBuffer(floats), 0);
        encoder.putVector(floats, 0, floats.length);
        int version = FrameLayout.OLDEST_VERSION;
        if (!query.wishes().areNone()) {
            encoder.filter(query.wishes().filter()).experimentKey(query.wishes().experimentKey());
            version = FrameLayout.WISH_VERSION;
        }
        return result(RequestKind.SEARCH, buffer, encoder.encodedLength(), version);
    }

    /**
     * Asks for the order of candidates.
     *
     * @param query the question.
     * @return the candidates; of items of the catalogue those that are not there are left out.
     */
    public static RequestFrame<Answer> rank(RankQuery query) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        RankRequestEncoder encoder = new RankRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder())
                .userId(query.userId())
                .timestampMs(query.timestampMs())
                .k(query.k())
                .flags()
                .clear()
                .applyRules(query.appliesRules())
                .trace(query.wishes().isTraced());
        RankRequestEncoder.ContextEncoder context = encoder.contextCount(query.context().size());
        query.context().forEach((field, code) -> context.next().field(field).code(code));
        RankRequestEncoder.CandidatesEncoder candidates =
                encoder.candidatesCount(query.candidates().size());
        query.candidates().forEach(itemId -> candidates.next().itemId(itemId));
        RankRequestEncoder.ColumnsEncoder columns = encoder.columnsCount(query.columns().size());
        for (RankColumn column : query.columns()) {
            byte[] values = column.bytes();
            columns.next()
                    .form(column.form())
                    .name(column.name())
                    .putValues(values, 0, values.length);
        }
        int version = FrameLayout.RANK_VERSION;
        if (!query.wishes().areNone()) {
            encoder.experimentKey(query.wishes().experimentKey());
            version = FrameLayout.WISH_VERSION;
        }
        return result(RequestKind.RANK, buffer, encoder.encodedLength(), version);
    }

    /**
     * Tells what a user did.
     *
     * @param userId who.
     * @param timestampMs when, since 1970 UTC; 0: now.
     * @param events what, oldest first.
     * @param experimentKey what the caller's experiments know it by; empty: none.
     * @return an answer without items; when it is OK, the next request sees all that was told, else
     *     none of it.
     */
    public static RequestFrame<Answer> feedback(
            long userId, long timestampMs, List<FeedbackEvent> events, String experimentKey) {
        Wishes wishes = Wishes.NONE.keyed(experimentKey);
        FrameRange.require("events", events.size(), WireLimits.MAX_GROUP_COUNT);
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        FeedbackRequestEncoder encoder = new FeedbackRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder())
                .userId(userId)
                .timestampMs(timestampMs);
        FeedbackRequestEncoder.EventsEncoder group = encoder.eventsCount(events.size());
        for (FeedbackEvent event : events) {
            group.next()
                    .itemId(event.itemId())
                    .watchedShare(event.watchedShare())
                    .kind(event.kind());
        }
        int version = FrameLayout.FEEDBACK_VERSION;
        if (!wishes.areNone()) {
            encoder.experimentKey(experimentKey);
            version = FrameLayout.WISH_VERSION;
        }
        return result(RequestKind.FEEDBACK, buffer, encoder.encodedLength(), version);
    }

    /**
     * Asks what columns a change may bring.
     *
     * @param scope whether of an item or of a user.
     * @return the features.
     */
    public static RequestFrame<RankColumns> columns(ScopeCode scope) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        ScopeColumnsRequestEncoder encoder = new ScopeColumnsRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder()).scope(scope);
        return frame(
                RequestKind.SCOPE_COLUMNS,
                buffer,
                encoder.encodedLength(),
                FrameLayout.CHANGE_VERSION,
                AnswerFrames::rankColumns);
    }

    /**
     * Changes features of an item or a user.
     *
     * @param scope whether of an item or of a user.
     * @param id of the item or the user.
     * @param columns the features that change, with a single value each.
     * @return an answer without items; when it is OK, the change is on the server's disk and the
     *     next request sees it, else nothing was changed.
     */
    public static RequestFrame<Answer> update(ScopeCode scope, long id, List<RankColumn> columns) {
        FrameRange.require("columns", columns.size(), WireLimits.MAX_GROUP_COUNT);
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        UpdateRequestEncoder encoder = new UpdateRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder()).id(id).scope(scope);
        UpdateRequestEncoder.ColumnsEncoder group = encoder.columnsCount(columns.size());
        for (RankColumn column : columns) {
            byte[] values = column.bytes();
            group.next()
                    .form(column.form())
                    .name(column.name())
                    .putValues(values, 0, values.length);
        }
        return result(
                RequestKind.UPDATE, buffer, encoder.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    /**
     * Brings an item into the catalogue, or another in its place.
     *
     * @param itemId which.
     * @param columns its features, with a single value each; those left out are missing.
     * @param vector by which it is found; empty where it follows from the features.
     * @return an answer without items; when it is OK, the item is on the server's disk and the next
     *     request may be answered with it, else nothing was changed.
     */
    public static RequestFrame<Answer> upsert(
            long itemId, List<RankColumn> columns, float[] vector) {
        FrameRange.require("columns", columns.size(), WireLimits.MAX_GROUP_COUNT);
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        UpsertRequestEncoder encoder = new UpsertRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder()).itemId(itemId);
        UpsertRequestEncoder.ColumnsEncoder group = encoder.columnsCount(columns.size());
        for (RankColumn column : columns) {
            byte[] values = column.bytes();
            group.next()
                    .form(column.form())
                    .name(column.name())
                    .putValues(values, 0, values.length);
        }
        byte[] bytes = new byte[VectorBytes.of(vector.length)];
        VectorBytes.put(vector, new UnsafeBuffer(bytes), 0);
        encoder.putVector(bytes, 0, bytes.length);
        return result(
                RequestKind.UPSERT, buffer, encoder.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    /**
     * Takes an item out of the catalogue.
     *
     * @param itemId which.
     * @return an answer without items; when it is OK, that is on the server's disk and no later
     *     request is answered with the item.
     */
    public static RequestFrame<Answer> delete(long itemId) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        DeleteRequestEncoder encoder = new DeleteRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, HEADER, new MessageHeaderEncoder()).itemId(itemId);
        return result(
                RequestKind.DELETE, buffer, encoder.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    private static RequestFrame<Answer> result(
            RequestKind kind, ExpandableArrayBuffer buffer, int bodyBytes, int version) {
        return frame(kind, buffer, bodyBytes, version, AnswerFrames::result);
    }

    /** The whole frame of a request whose header and body are in place. */
    static <A> RequestFrame<A> frame(
            RequestKind kind,
            ExpandableArrayBuffer buffer,
            int bodyBytes,
            int version,
            Function<DirectBuffer, A> reader) {
        int frameBytes = FrameLayout.finish(buffer, 0, bodyBytes, version);
        if (frameBytes > WireLimits.MAX_FRAME_BYTES) {
            throw MillraceException.usage(
                    "request too large: request=%s, bytes=%d, limit=%d; send less",
                    kind.label(), frameBytes, WireLimits.MAX_FRAME_BYTES);
        }
        return new RequestFrame<>(kind, Arrays.copyOf(buffer.byteArray(), frameBytes), reader);
    }
}
