package io.millrace.server;

import io.millrace.core.wire.ColumnBytes;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.AuthRequestEncoder;
import io.millrace.core.wire.codec.ColumnsRequestEncoder;
import io.millrace.core.wire.codec.DeleteRequestEncoder;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ExplainRequestEncoder;
import io.millrace.core.wire.codec.FeedbackRequestEncoder;
import io.millrace.core.wire.codec.FormCode;
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

import java.util.List;

/** Frames of requests. */
public final class Frames {
    private Frames() {}

    public static byte[] ping(long correlationId) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        PingEncoder ping = new PingEncoder();
        ping.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        ping.correlationId(correlationId);
        return frame(buffer, ping.encodedLength());
    }

    /** Asks what was counted; version 7. */
    public static byte[] stats(long correlationId) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        StatsRequestEncoder stats = new StatsRequestEncoder();
        stats.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        stats.correlationId(correlationId);
        return frame(buffer, stats.encodedLength(), FrameLayout.WISH_VERSION);
    }

    /** With a filter, an experiment key and a wish for the times of stages; version 7. */
    public static byte[] recommend(
            long correlationId, long userId, int k, boolean isTraced, String filter, String key) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        RecommendRequestEncoder recommend = new RecommendRequestEncoder();
        recommend.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        recommend.correlationId(correlationId).userId(userId).timestampMs(0).deadlineUs(0).k(k);
        recommend.flags().clear().trace(isTraced);
        recommend.contextCount(0);
        recommend.excludeCount(0);
        recommend.historyCount(0);
        recommend.filter(filter).experimentKey(key);
        return frame(buffer, recommend.encodedLength(), FrameLayout.WISH_VERSION);
    }

    /** A token of version 5. */
    public static byte[] auth(long correlationId, String token) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        AuthRequestEncoder auth = new AuthRequestEncoder();
        auth.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        auth.correlationId(correlationId).token(token);
        return frame(buffer, auth.encodedLength(), 5);
    }

    public static byte[] info(long correlationId, int samples) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        InfoRequestEncoder info = new InfoRequestEncoder();
        info.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        info.correlationId(correlationId).maxSamples(samples);
        return frame(buffer, info.encodedLength());
    }

    public static byte[] recommend(long correlationId, long userId, int k, long... exclude) {
        return recommend(correlationId, userId, k, 0, 0, 0, exclude);
    }

    public static byte[] recommend(
            long correlationId,
            long userId,
            int k,
            int flags,
            long timestampMs,
            long deadlineUs,
            long... exclude) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        RecommendRequestEncoder recommend = new RecommendRequestEncoder();
        recommend.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        recommend
                .correlationId(correlationId)
                .userId(userId)
                .timestampMs(timestampMs)
                .deadlineUs(deadlineUs)
                .k(k);
        recommend.flags().clear().keepSeen((flags & 1) != 0).skipRules((flags & 2) != 0);
        recommend.contextCount(0);
        RecommendRequestEncoder.ExcludeEncoder group = recommend.excludeCount(exclude.length);
        for (long itemId : exclude) {
            group.next().itemId(itemId);
        }
        return frame(buffer, recommend.encodedLength());
    }

    public static byte[] recommendWithContext(
            long correlationId, long userId, int k, int field, int code) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        RecommendRequestEncoder recommend = new RecommendRequestEncoder();
        recommend.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        recommend.correlationId(correlationId).userId(userId).timestampMs(0).deadlineUs(0).k(k);
        recommend.flags().clear();
        recommend.contextCount(1).next().field(field).code(code);
        recommend.excludeCount(0);
        return frame(buffer, recommend.encodedLength());
    }

    /** What is asked of some items for a user at a moment. */
    public static byte[] explain(
            long correlationId,
            long userId,
            int k,
            int flags,
            long timestampMs,
            long[] exclude,
            long... items) {
        return explainWithHistory(
                correlationId, userId, k, flags, timestampMs, exclude, new long[0], items);
    }

    /** The same with a history. */
    public static byte[] explainWithHistory(
            long correlationId,
            long userId,
            int k,
            int flags,
            long timestampMs,
            long[] exclude,
            long[] history,
            long... items) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        ExplainRequestEncoder explain = new ExplainRequestEncoder();
        explain.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        explain.correlationId(correlationId)
                .userId(userId)
                .timestampMs(timestampMs)
                .deadlineUs(0)
                .k(k);
        explain.flags()
                .clear()
                .keepSeen((flags & 1) != 0)
                .skipRules((flags & 2) != 0)
                .replaceHistory((flags & 4) != 0)
                .countNearer((flags & 8) != 0);
        explain.contextCount(0);
        ExplainRequestEncoder.ExcludeEncoder excluded = explain.excludeCount(exclude.length);
        for (long itemId : exclude) {
            excluded.next().itemId(itemId);
        }
        ExplainRequestEncoder.HistoryEncoder watched = explain.historyCount(history.length);
        for (long itemId : history) {
            watched.next().itemId(itemId);
        }
        ExplainRequestEncoder.ItemsEncoder group = explain.itemsCount(items.length);
        for (long itemId : items) {
            group.next().itemId(itemId);
        }
        return frame(buffer, explain.encodedLength(), 6);
    }

    public static byte[] similar(
            long correlationId, long itemId, int k, boolean rules, long... exclude) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        SimilarRequestEncoder similar = new SimilarRequestEncoder();
        similar.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        similar.correlationId(correlationId).itemId(itemId).deadlineUs(0).k(k);
        similar.flags().clear().applyRules(rules);
        SimilarRequestEncoder.ExcludeEncoder group = similar.excludeCount(exclude.length);
        for (long excluded : exclude) {
            group.next().itemId(excluded);
        }
        return frame(buffer, similar.encodedLength());
    }

    public static byte[] search(
            long correlationId, long userId, int k, boolean rank, float... vector) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        SearchRequestEncoder search = new SearchRequestEncoder();
        search.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        search.correlationId(correlationId).userId(userId).deadlineUs(0).k(k);
        search.flags().clear().rank(rank);
        ExpandableArrayBuffer bytes = new ExpandableArrayBuffer(VectorBytes.of(vector.length) + 8);
        VectorBytes.put(vector, bytes, 0);
        search.putVector(bytes, 0, VectorBytes.of(vector.length));
        return frame(buffer, search.encodedLength());
    }

    /** A recommend request of version 2. */
    public static byte[] recommendWithHistory(
            long correlationId, long userId, int flags, long timestampMs, long... history) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        RecommendRequestEncoder recommend = new RecommendRequestEncoder();
        recommend.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        recommend
                .correlationId(correlationId)
                .userId(userId)
                .timestampMs(timestampMs)
                .deadlineUs(0)
                .k(10);
        recommend
                .flags()
                .clear()
                .keepSeen((flags & 1) != 0)
                .skipRules((flags & 2) != 0)
                .replaceHistory((flags & 4) != 0);
        recommend.contextCount(0);
        recommend.excludeCount(0);
        RecommendRequestEncoder.HistoryEncoder group = recommend.historyCount(history.length);
        for (long itemId : history) {
            group.next().itemId(itemId);
        }
        return frame(buffer, recommend.encodedLength(), 2);
    }

    public static byte[] feedback(
            long correlationId, long userId, long timestampMs, Event... events) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        FeedbackRequestEncoder feedback = new FeedbackRequestEncoder();
        feedback.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        feedback.correlationId(correlationId).userId(userId).timestampMs(timestampMs).deadlineUs(0);
        FeedbackRequestEncoder.EventsEncoder group = feedback.eventsCount(events.length);
        for (Event event : events) {
            group.next().itemId(event.itemId).watchedShare(event.watchedShare).kind(event.kind);
        }
        return frame(buffer, feedback.encodedLength(), 2);
    }

    /** One thing that a user did. */
    public record Event(EventCode kind, long itemId, float watchedShare) {
        public static Event of(EventCode kind, long itemId) {
            return new Event(kind, itemId, Float.NaN);
        }
    }

    public static byte[] rank(long correlationId, long userId, int k, long... itemIds) {
        return rank(correlationId, userId, k, false, 0, List.of(), itemIds);
    }

    /** A rank request of version 3. */
    public static byte[] rank(
            long correlationId,
            long userId,
            int k,
            boolean rules,
            long timestampMs,
            List<Column> columns,
            long... itemIds) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        RankRequestEncoder rank = new RankRequestEncoder();
        rank.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        rank.correlationId(correlationId)
                .userId(userId)
                .timestampMs(timestampMs)
                .deadlineUs(0)
                .k(k);
        rank.flags().clear().applyRules(rules);
        rank.contextCount(0);
        RankRequestEncoder.CandidatesEncoder candidates = rank.candidatesCount(itemIds.length);
        for (long itemId : itemIds) {
            candidates.next().itemId(itemId);
        }
        RankRequestEncoder.ColumnsEncoder group = rank.columnsCount(columns.size());
        for (Column column : columns) {
            group.next().form(column.form).name(column.name);
            group.putValues(column.values, 0, column.values.length);
        }
        return frame(buffer, rank.encodedLength(), 3);
    }

    /** A feature of the candidates of a rank request. */
    @SuppressWarnings("ArrayRecordComponent") // Sent once, compared by nobody.
    public record Column(FormCode form, String name, byte[] values) {
        public static Column of(String name, double... numbers) {
            return new Column(FormCode.NUMBERS, name, ColumnBytes.of(numbers));
        }

        public static Column of(String name, String... texts) {
            return new Column(FormCode.TEXTS, name, ColumnBytes.of(List.of(texts)));
        }
    }

    public static byte[] columns(long correlationId) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        ColumnsRequestEncoder columns = new ColumnsRequestEncoder();
        columns.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        columns.correlationId(correlationId);
        return frame(buffer, columns.encodedLength(), 3);
    }

    /** An update of version 4. */
    public static byte[] update(long correlationId, ScopeCode scope, long id, Column... columns) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        UpdateRequestEncoder update = new UpdateRequestEncoder();
        update.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        update.correlationId(correlationId).id(id).deadlineUs(0).scope(scope);
        UpdateRequestEncoder.ColumnsEncoder group = update.columnsCount(columns.length);
        for (Column column : columns) {
            group.next().form(column.form).name(column.name);
            group.putValues(column.values, 0, column.values.length);
        }
        return frame(buffer, update.encodedLength(), 4);
    }

    /** An upsert of version 4; with an empty vector the item tower makes it. */
    public static byte[] upsert(
            long correlationId, long itemId, float[] vector, Column... columns) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        UpsertRequestEncoder upsert = new UpsertRequestEncoder();
        upsert.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        upsert.correlationId(correlationId).itemId(itemId).deadlineUs(0);
        UpsertRequestEncoder.ColumnsEncoder group = upsert.columnsCount(columns.length);
        for (Column column : columns) {
            group.next().form(column.form).name(column.name);
            group.putValues(column.values, 0, column.values.length);
        }
        byte[] bytes = new byte[VectorBytes.of(vector.length)];
        VectorBytes.put(vector, new UnsafeBuffer(bytes), 0);
        upsert.putVector(bytes, 0, bytes.length);
        return frame(buffer, upsert.encodedLength(), 4);
    }

    /** A delete request of version 4. */
    public static byte[] delete(long correlationId, long itemId) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        DeleteRequestEncoder delete = new DeleteRequestEncoder();
        delete.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        delete.correlationId(correlationId).itemId(itemId).deadlineUs(0);
        return frame(buffer, delete.encodedLength(), 4);
    }

    public static byte[] scopeColumns(long correlationId, ScopeCode scope) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        ScopeColumnsRequestEncoder columns = new ScopeColumnsRequestEncoder();
        columns.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        columns.correlationId(correlationId).scope(scope);
        return frame(buffer, columns.encodedLength(), 4);
    }

    private static byte[] frame(ExpandableArrayBuffer buffer, int bodyBytes) {
        return frame(buffer, bodyBytes, 1);
    }

    private static byte[] frame(ExpandableArrayBuffer buffer, int bodyBytes, int version) {
        byte[] frame = new byte[FrameLayout.finish(buffer, 0, bodyBytes, version)];
        buffer.getBytes(0, frame);
        return frame;
    }

    public static byte[] join(byte[]... frames) {
        int length = 0;
        for (byte[] frame : frames) {
            length += frame.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] frame : frames) {
            System.arraycopy(frame, 0, joined, at, frame.length);
            at += frame.length;
        }
        return joined;
    }
}
