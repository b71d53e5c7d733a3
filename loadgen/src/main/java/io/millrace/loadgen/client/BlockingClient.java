package io.millrace.loadgen.client;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.ColumnsRequestEncoder;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.DeleteRequestEncoder;
import io.millrace.core.wire.codec.FeedbackRequestEncoder;
import io.millrace.core.wire.codec.InfoRequestEncoder;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.PingEncoder;
import io.millrace.core.wire.codec.PongDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RecommendRequestEncoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.ScopeColumnsRequestEncoder;
import io.millrace.core.wire.codec.SearchRequestEncoder;
import io.millrace.core.wire.codec.SimilarRequestEncoder;
import io.millrace.core.wire.codec.UpdateRequestEncoder;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of one connection that asks one question at a time and waits for its answer.
 *
 * <p>Where the server is not there, does not answer in time or is something else, a {@link
 * MillraceException} of code {@link ErrorCode#UNAVAILABLE} says so in one line, and the client is
 * closed. An answer of any status but OK is no exception: {@link Answer#status} tells.
 *
 * <p>Threading: one thread at a time. Allocation: per question. Ownership: close it.
 */
public final class BlockingClient implements AutoCloseable {
    private final FrameSocket socket;
    private final ExpandableArrayBuffer request = new ExpandableArrayBuffer(1 << 10);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final MessageHeaderDecoder answerHeader = new MessageHeaderDecoder();
    private final ResultResponseDecoder result = new ResultResponseDecoder();
    private long correlationId;

    private BlockingClient(FrameSocket socket) {
        this.socket = socket;
    }

    /**
     * Connects to a server.
     *
     * @param host name or address.
     * @param port of the wire protocol.
     * @param timeoutMs the longest any one operation may take.
     * @return the connected client.
     * @throws MillraceException UNAVAILABLE when nobody answers there.
     */
    public static BlockingClient connect(String host, int port, int timeoutMs) {
        return new BlockingClient(FrameSocket.connect(host, port, timeoutMs));
    }

    /** Asks whether the server answers. Returns when it does. */
    public void ping() {
        PingEncoder ping =
                new PingEncoder().wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        ping.correlationId(++correlationId);
        ask(ping.encodedLength(), PongDecoder.TEMPLATE_ID);
    }

    /**
     * Asks what is served.
     *
     * @param maxSamples the most ids wanted in each of the samples.
     * @return what the server says of itself.
     */
    public ServerInfo info(int maxSamples) {
        requireRange("maxSamples", maxSamples, 0, WireLimits.MAX_GROUP_COUNT);
        InfoRequestEncoder encoder =
                new InfoRequestEncoder()
                        .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        encoder.correlationId(++correlationId).maxSamples(maxSamples);
        UnsafeBuffer frame = ask(encoder.encodedLength(), InfoResponseDecoder.TEMPLATE_ID);
        InfoResponseDecoder info =
                new InfoResponseDecoder()
                        .wrapAndApplyHeader(frame, FrameLayout.HEADER_OFFSET, answerHeader);
        InfoResponseDecoder.SampleUsersDecoder users = info.sampleUsers();
        long[] userIds = new long[users.count()];
        for (int i = 0; i < userIds.length; i++) {
            userIds[i] = users.next().id();
        }
        InfoResponseDecoder.SampleItemsDecoder items = info.sampleItems();
        long[] itemIds = new long[items.count()];
        for (int i = 0; i < itemIds.length; i++) {
            itemIds[i] = items.next().id();
        }
        List<ContextField> fields = new ArrayList<>();
        for (InfoResponseDecoder.ContextFieldsDecoder field : info.contextFields()) {
            int codes = field.codes();
            fields.add(new ContextField(field.name(), codes));
        }
        return new ServerInfo(
                info.version(),
                info.protocolVersion(),
                info.items(),
                info.users(),
                info.dimension(),
                info.maxK(),
                info.fingerprint(),
                userIds,
                itemIds,
                List.copyOf(fields));
    }

    /**
     * Asks for items for a user, now and without a context.
     *
     * @param userId the user.
     * @param k how many.
     * @return the answer.
     */
    public Answer recommend(long userId, int k) {
        return recommend(RecommendQuery.of(userId, k));
    }

    /**
     * Asks for items for a user.
     *
     * @param query the question.
     * @return the answer.
     */
    public Answer recommend(RecommendQuery query) {
        requireRange("k", query.k(), 0, RecommendRequestEncoder.kMaxValue());
        requireRange("context", query.context().size(), 0, WireLimits.MAX_GROUP_COUNT);
        requireRange("exclude", query.exclude().size(), 0, WireLimits.MAX_GROUP_COUNT);
        requireRange("history", query.history().size(), 0, WireLimits.MAX_GROUP_COUNT);
        RecommendRequestEncoder encoder =
                new RecommendRequestEncoder()
                        .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        encoder.correlationId(++correlationId)
                .userId(query.userId())
                .timestampMs(query.timestampMs())
                .deadlineUs(0)
                .k(query.k())
                .flags()
                .clear()
                .replaceHistory(query.replacesHistory());
        RecommendRequestEncoder.ContextEncoder codes = encoder.contextCount(query.context().size());
        query.context()
                .forEach(
                        (field, code) -> {
                            requireRange("context field", field, 0, WireLimits.MAX_GROUP_COUNT);
                            codes.next().field(field).code(code);
                        });
        RecommendRequestEncoder.ExcludeEncoder excluded =
                encoder.excludeCount(query.exclude().size());
        query.exclude().forEach(itemId -> excluded.next().itemId(itemId));
        if (!query.hasHistory()) {
            return answer(encoder.encodedLength());
        }
        RecommendRequestEncoder.HistoryEncoder history =
                encoder.historyCount(query.history().size());
        query.history().forEach(itemId -> history.next().itemId(itemId));
        return answer(encoder.encodedLength(), FrameLayout.FEEDBACK_VERSION);
    }

    /**
     * Asks for items like an item.
     *
     * @param itemId the item.
     * @param k how many.
     * @return the answer.
     */
    public Answer similar(long itemId, int k) {
        requireRange("k", k, 0, SimilarRequestEncoder.kMaxValue());
        SimilarRequestEncoder encoder =
                new SimilarRequestEncoder()
                        .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        encoder.correlationId(++correlationId).itemId(itemId).deadlineUs(0).k(k).flags().clear();
        encoder.excludeCount(0);
        return answer(encoder.encodedLength());
    }

    /**
     * Asks for items near a vector.
     *
     * @param vector as many floats as {@link ServerInfo#dimension}.
     * @param k how many.
     * @param rank whether to order what was found by the ranker, for nobody known.
     * @return the answer.
     */
    public Answer search(float[] vector, int k, boolean rank) {
        requireRange("k", k, 0, SearchRequestEncoder.kMaxValue());
        SearchRequestEncoder encoder =
                new SearchRequestEncoder()
                        .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        encoder.correlationId(++correlationId)
                .userId(-1)
                .deadlineUs(0)
                .k(k)
                .flags()
                .clear()
                .rank(rank);
        byte[] floats = new byte[VectorBytes.of(vector.length)];
        VectorBytes.put(vector, new UnsafeBuffer(floats), 0);
        encoder.putVector(floats, 0, floats.length);
        return answer(encoder.encodedLength());
    }

    /**
     * Asks for the order of candidates.
     *
     * @param query the question.
     * @return the answer; of items of the catalogue those that are not there are left out.
     */
    public Answer rank(RankQuery query) {
        int bodyBytes = query.write(request, ++correlationId);
        return answer(bodyBytes, FrameLayout.RANK_VERSION);
    }

    /**
     * Asks what columns a rank request may bring.
     *
     * @return the features of candidates, and how much of them fits into a request.
     */
    public RankColumns rankColumns() {
        ColumnsRequestEncoder encoder =
                new ColumnsRequestEncoder()
                        .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        encoder.correlationId(++correlationId);
        return columns(encoder.encodedLength(), FrameLayout.RANK_VERSION);
    }

    /**
     * Asks what columns a change may bring.
     *
     * @param scope whether of an item or of a user.
     * @return the features.
     */
    public RankColumns columns(ScopeCode scope) {
        ScopeColumnsRequestEncoder encoder =
                new ScopeColumnsRequestEncoder()
                        .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        encoder.correlationId(++correlationId).scope(scope);
        return columns(encoder.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    private RankColumns columns(int bodyBytes, int version) {
        UnsafeBuffer frame = ask(bodyBytes, version, ColumnsResponseDecoder.TEMPLATE_ID);
        ColumnsResponseDecoder response =
                new ColumnsResponseDecoder()
                        .wrapAndApplyHeader(frame, FrameLayout.HEADER_OFFSET, answerHeader);
        return RankColumns.of(response);
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
    public Answer update(ScopeCode scope, long id, List<RankColumn> columns) {
        requireRange("columns", columns.size(), 0, WireLimits.MAX_GROUP_COUNT);
        UpdateRequestEncoder encoder =
                new UpdateRequestEncoder()
                        .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        encoder.correlationId(++correlationId).id(id).deadlineUs(0).scope(scope);
        UpdateRequestEncoder.ColumnsEncoder group = encoder.columnsCount(columns.size());
        for (RankColumn column : columns) {
            byte[] bytes = column.bytes();
            group.next().form(column.form()).name(column.name()).putValues(bytes, 0, bytes.length);
        }
        return answer(encoder.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    /**
     * Tells what a user did.
     *
     * @param userId who.
     * @param timestampMs when, since 1970 UTC; 0: now.
     * @param events what, oldest first.
     * @return an answer without items; when it is OK, the next request sees all that was told, else
     *     none of it.
     */
    public Answer feedback(long userId, long timestampMs, List<FeedbackEvent> events) {
        requireRange("events", events.size(), 0, WireLimits.MAX_GROUP_COUNT);
        FeedbackRequestEncoder encoder =
                new FeedbackRequestEncoder()
                        .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        encoder.correlationId(++correlationId)
                .userId(userId)
                .timestampMs(timestampMs)
                .deadlineUs(0);
        FeedbackRequestEncoder.EventsEncoder group = encoder.eventsCount(events.size());
        for (FeedbackEvent event : events) {
            group.next()
                    .itemId(event.itemId())
                    .watchedShare(event.watchedShare())
                    .kind(event.kind());
        }
        return answer(encoder.encodedLength(), FrameLayout.FEEDBACK_VERSION);
    }

    /**
     * Takes an item out of the catalogue.
     *
     * @param itemId which.
     * @return an answer without items; when it is OK, that is on the server's disk and no later
     *     request is answered with the item.
     */
    public Answer delete(long itemId) {
        DeleteRequestEncoder encoder =
                new DeleteRequestEncoder()
                        .wrapAndApplyHeader(request, FrameLayout.HEADER_OFFSET, header);
        encoder.correlationId(++correlationId).itemId(itemId).deadlineUs(0);
        return answer(encoder.encodedLength(), FrameLayout.CHANGE_VERSION);
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw MillraceException.usage(
                    "out of range: %s=%d, limit=%d to %d", name, value, min, max);
        }
    }

    private Answer answer(int bodyBytes) {
        return answer(bodyBytes, FrameLayout.OLDEST_VERSION);
    }

    private Answer answer(int bodyBytes, int version) {
        UnsafeBuffer frame = ask(bodyBytes, version, ResultResponseDecoder.TEMPLATE_ID);
        result.wrapAndApplyHeader(frame, FrameLayout.HEADER_OFFSET, answerHeader);
        ResultResponseDecoder.ItemsDecoder items = result.items();
        int count = items.count();
        long[] itemIds = new long[count];
        float[] scores = new float[count];
        byte[] sources = new byte[count];
        for (int i = 0; i < count; i++) {
            items.next();
            itemIds[i] = items.itemId();
            scores[i] = items.score();
            sources[i] = (byte) items.sourceRaw();
        }
        return new Answer(
                Status.of(result.statusRaw()),
                reason(result.reasonRaw()),
                result.degraded().getRaw(),
                result.retrieved(),
                result.ranked(),
                result.serviceNs(),
                result.fingerprint(),
                itemIds,
                scores,
                sources,
                result.message());
    }

    private static ReasonCode reason(int code) {
        for (ReasonCode reason : ReasonCode.values()) {
            if (reason.value() == code) {
                return reason;
            }
        }
        return ReasonCode.NULL_VAL;
    }

    /** Sends the request that was encoded and waits for the answer of that template. */
    private UnsafeBuffer ask(int bodyBytes, int template) {
        return ask(bodyBytes, FrameLayout.OLDEST_VERSION, template);
    }

    private UnsafeBuffer ask(int bodyBytes, int version, int template) {
        int frameBytes = FrameLayout.finish(request, 0, bodyBytes, version);
        socket.send(ByteBuffer.wrap(request.byteArray(), 0, frameBytes));
        UnsafeBuffer frame = socket.receive();
        long answered = FrameLayout.correlationId(frame, 0);
        boolean isOwn = answered == correlationId || answered == FrameLayout.NO_CORRELATION_ID;
        if (!isOwn) {
            throw socket.foreign("it answers what was not asked, correlationId=" + answered);
        }
        int found = FrameLayout.templateId(frame, 0);
        if (found == template) {
            return frame;
        }
        if (found != ResultResponseDecoder.TEMPLATE_ID) {
            throw socket.foreign("it answers with a message of template=" + found);
        }
        result.wrapAndApplyHeader(frame, FrameLayout.HEADER_OFFSET, answerHeader);
        Status status = Status.of(result.statusRaw());
        result.items().sbeSkip();
        socket.close();
        throw new MillraceException(
                status == Status.UNSUPPORTED_VERSION
                        ? ErrorCode.UNSUPPORTED_VERSION
                        : ErrorCode.UNAVAILABLE,
                "the server refused: address="
                        + socket.address()
                        + ", status="
                        + status
                        + ", message="
                        + result.message(),
                null);
    }

    /** Closes the connection. */
    @Override
    public void close() {
        socket.close();
    }
}
