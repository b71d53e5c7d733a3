package io.millrace.server.gateway;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.AuthRequestEncoder;
import io.millrace.core.wire.codec.ColumnsRequestEncoder;
import io.millrace.core.wire.codec.DeleteRequestEncoder;
import io.millrace.core.wire.codec.ExplainRequestEncoder;
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

import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

/**
 * Makes frames of bodies: the ones that a client would send, of the oldest version that has all
 * they hold. The correlation id is left to whoever sends them.
 *
 * <p>Threading: any thread. Allocation: the frame.
 */
final class FrameWriter {
    private static final int HEADER = FrameLayout.HEADER_OFFSET;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();

    private FrameWriter() {}

    private byte[] finish(int bodyBytes, int version) {
        int bytes = FrameLayout.finish(buffer, 0, bodyBytes, version);
        return Arrays.copyOf(buffer.byteArray(), bytes);
    }

    /** Who asks on a connection. */
    static byte[] auth(byte[] token) {
        FrameWriter writer = new FrameWriter();
        AuthRequestEncoder auth =
                new AuthRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .correlationId(0)
                        .putToken(token, 0, token.length);
        return writer.finish(auth.encodedLength(), FrameLayout.AUTH_VERSION);
    }

    static byte[] ping() {
        FrameWriter writer = new FrameWriter();
        PingEncoder ping =
                new PingEncoder().wrapAndApplyHeader(writer.buffer, HEADER, writer.header);
        return writer.finish(ping.encodedLength(), FrameLayout.OLDEST_VERSION);
    }

    static byte[] info(int maxSamples) {
        FrameWriter writer = new FrameWriter();
        InfoRequestEncoder info =
                new InfoRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .maxSamples(maxSamples);
        return writer.finish(info.encodedLength(), FrameLayout.OLDEST_VERSION);
    }

    static byte[] stats() {
        FrameWriter writer = new FrameWriter();
        StatsRequestEncoder stats =
                new StatsRequestEncoder().wrapAndApplyHeader(writer.buffer, HEADER, writer.header);
        return writer.finish(stats.encodedLength(), FrameLayout.WISH_VERSION);
    }

    static byte[] columns() {
        FrameWriter writer = new FrameWriter();
        ColumnsRequestEncoder columns =
                new ColumnsRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header);
        return writer.finish(columns.encodedLength(), FrameLayout.RANK_VERSION);
    }

    static byte[] columns(ScopeCode scope) {
        FrameWriter writer = new FrameWriter();
        ScopeColumnsRequestEncoder columns =
                new ScopeColumnsRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .scope(scope);
        return writer.finish(columns.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    static byte[] recommend(RequestBody body) {
        FrameWriter writer = new FrameWriter();
        RecommendRequestEncoder recommend =
                new RecommendRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .userId(body.userId)
                        .timestampMs(body.timestampMs)
                        .deadlineUs(body.deadlineUs)
                        .k(body.k);
        recommend
                .flags()
                .clear()
                .keepSeen(body.keepSeen)
                .skipRules(body.skipRules)
                .replaceHistory(body.replaceHistory)
                .trace(body.trace);
        RecommendRequestEncoder.ContextEncoder context =
                recommend.contextCount(body.context.size());
        body.context.forEach((field, code) -> context.next().field(field).code(code));
        RecommendRequestEncoder.ExcludeEncoder exclude =
                recommend.excludeCount(body.exclude.length);
        for (long itemId : body.exclude) {
            exclude.next().itemId(itemId);
        }
        if (body.history.length == 0 && !body.replaceHistory && !body.hasWishes()) {
            return writer.finish(recommend.encodedLength(), FrameLayout.OLDEST_VERSION);
        }
        RecommendRequestEncoder.HistoryEncoder history =
                recommend.historyCount(body.history.length);
        for (long itemId : body.history) {
            history.next().itemId(itemId);
        }
        int version = FrameLayout.FEEDBACK_VERSION;
        if (body.hasWishes()) {
            recommend.filter(body.filter).experimentKey(body.experimentKey);
            version = FrameLayout.WISH_VERSION;
        }
        return writer.finish(recommend.encodedLength(), version);
    }

    static byte[] explain(RequestBody body) {
        FrameWriter writer = new FrameWriter();
        ExplainRequestEncoder explain =
                new ExplainRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .userId(body.userId)
                        .timestampMs(body.timestampMs)
                        .deadlineUs(body.deadlineUs)
                        .k(body.k);
        explain.flags()
                .clear()
                .keepSeen(body.keepSeen)
                .skipRules(body.skipRules)
                .replaceHistory(body.replaceHistory)
                .countNearer(body.countNearer);
        ExplainRequestEncoder.ContextEncoder context = explain.contextCount(body.context.size());
        body.context.forEach((field, code) -> context.next().field(field).code(code));
        ExplainRequestEncoder.ExcludeEncoder exclude = explain.excludeCount(body.exclude.length);
        for (long itemId : body.exclude) {
            exclude.next().itemId(itemId);
        }
        ExplainRequestEncoder.HistoryEncoder history = explain.historyCount(body.history.length);
        for (long itemId : body.history) {
            history.next().itemId(itemId);
        }
        ExplainRequestEncoder.ItemsEncoder items = explain.itemsCount(body.items.length);
        for (long itemId : body.items) {
            items.next().itemId(itemId);
        }
        int version = FrameLayout.EXPLAIN_VERSION;
        if (body.hasWishes()) {
            explain.filter(body.filter).experimentKey(body.experimentKey);
            version = FrameLayout.WISH_VERSION;
        }
        return writer.finish(explain.encodedLength(), version);
    }

    static byte[] similar(RequestBody body) {
        FrameWriter writer = new FrameWriter();
        SimilarRequestEncoder similar =
                new SimilarRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .itemId(body.itemId)
                        .deadlineUs(body.deadlineUs)
                        .k(body.k);
        similar.flags().clear().applyRules(body.applyRules).trace(body.trace);
        SimilarRequestEncoder.ExcludeEncoder exclude = similar.excludeCount(body.exclude.length);
        for (long itemId : body.exclude) {
            exclude.next().itemId(itemId);
        }
        int version = FrameLayout.OLDEST_VERSION;
        if (body.hasWishes()) {
            similar.filter(body.filter).experimentKey(body.experimentKey);
            version = FrameLayout.WISH_VERSION;
        }
        return writer.finish(similar.encodedLength(), version);
    }

    static byte[] search(RequestBody body) {
        FrameWriter writer = new FrameWriter();
        SearchRequestEncoder search =
                new SearchRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .userId(body.userId)
                        .deadlineUs(body.deadlineUs)
                        .k(body.k);
        search.flags().clear().rank(body.rank).trace(body.trace);
        byte[] vector = bytes(body.vector);
        search.putVector(vector, 0, vector.length);
        int version = FrameLayout.OLDEST_VERSION;
        if (body.hasWishes()) {
            search.filter(body.filter).experimentKey(body.experimentKey);
            version = FrameLayout.WISH_VERSION;
        }
        return writer.finish(search.encodedLength(), version);
    }

    static byte[] feedback(RequestBody body) {
        FrameWriter writer = new FrameWriter();
        FeedbackRequestEncoder feedback =
                new FeedbackRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .userId(body.userId)
                        .timestampMs(body.timestampMs)
                        .deadlineUs(body.deadlineUs);
        FeedbackRequestEncoder.EventsEncoder events = feedback.eventsCount(body.events.size());
        for (RequestBody.Event event : body.events) {
            events.next()
                    .itemId(event.itemId())
                    .watchedShare(event.watchedShare())
                    .kind(event.kind());
        }
        int version = FrameLayout.FEEDBACK_VERSION;
        if (body.hasWishes()) {
            feedback.experimentKey(body.experimentKey);
            version = FrameLayout.WISH_VERSION;
        }
        return writer.finish(feedback.encodedLength(), version);
    }

    static byte[] rank(RequestBody body) {
        FrameWriter writer = new FrameWriter();
        RankRequestEncoder rank =
                new RankRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .userId(body.userId)
                        .timestampMs(body.timestampMs)
                        .deadlineUs(body.deadlineUs)
                        .k(body.k);
        rank.flags().clear().applyRules(body.applyRules).trace(body.trace);
        RankRequestEncoder.ContextEncoder context = rank.contextCount(body.context.size());
        body.context.forEach((field, code) -> context.next().field(field).code(code));
        RankRequestEncoder.CandidatesEncoder candidates =
                rank.candidatesCount(body.candidates.length);
        for (long itemId : body.candidates) {
            candidates.next().itemId(itemId);
        }
        RankRequestEncoder.ColumnsEncoder columns = rank.columnsCount(body.columns.size());
        for (RequestBody.Column column : body.columns) {
            columns.next().form(column.form()).name(column.name());
            columns.putValues(column.values(), 0, column.values().length);
        }
        int version = FrameLayout.RANK_VERSION;
        if (body.hasWishes()) {
            rank.experimentKey(body.experimentKey);
            version = FrameLayout.WISH_VERSION;
        }
        return writer.finish(rank.encodedLength(), version);
    }

    static byte[] update(RequestBody body) {
        FrameWriter writer = new FrameWriter();
        UpdateRequestEncoder update =
                new UpdateRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .id(body.id)
                        .deadlineUs(body.deadlineUs)
                        .scope(body.scope);
        UpdateRequestEncoder.ColumnsEncoder columns = update.columnsCount(body.columns.size());
        for (RequestBody.Column column : body.columns) {
            columns.next().form(column.form()).name(column.name());
            columns.putValues(column.values(), 0, column.values().length);
        }
        return writer.finish(update.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    static byte[] upsert(RequestBody body) {
        FrameWriter writer = new FrameWriter();
        UpsertRequestEncoder upsert =
                new UpsertRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .itemId(body.itemId)
                        .deadlineUs(body.deadlineUs);
        UpsertRequestEncoder.ColumnsEncoder columns = upsert.columnsCount(body.columns.size());
        for (RequestBody.Column column : body.columns) {
            columns.next().form(column.form()).name(column.name());
            columns.putValues(column.values(), 0, column.values().length);
        }
        byte[] vector = bytes(body.vector);
        upsert.putVector(vector, 0, vector.length);
        return writer.finish(upsert.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    static byte[] delete(RequestBody body) {
        FrameWriter writer = new FrameWriter();
        DeleteRequestEncoder delete =
                new DeleteRequestEncoder()
                        .wrapAndApplyHeader(writer.buffer, HEADER, writer.header)
                        .itemId(body.itemId)
                        .deadlineUs(body.deadlineUs);
        return writer.finish(delete.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    private static byte[] bytes(float[] vector) {
        byte[] bytes = new byte[VectorBytes.of(vector.length)];
        VectorBytes.put(vector, new UnsafeBuffer(bytes), 0);
        return bytes;
    }
}
