package io.millrace.server.request;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.AuthRequestDecoder;
import io.millrace.core.wire.codec.ColumnsRequestDecoder;
import io.millrace.core.wire.codec.DeleteRequestDecoder;
import io.millrace.core.wire.codec.ExplainRequestDecoder;
import io.millrace.core.wire.codec.FeedbackRequestDecoder;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.InfoRequestDecoder;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.PingDecoder;
import io.millrace.core.wire.codec.RankRequestDecoder;
import io.millrace.core.wire.codec.RecommendRequestDecoder;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.ScopeColumnsRequestDecoder;
import io.millrace.core.wire.codec.SearchRequestDecoder;
import io.millrace.core.wire.codec.SimilarRequestDecoder;
import io.millrace.core.wire.codec.StatsRequestDecoder;
import io.millrace.core.wire.codec.UpdateRequestDecoder;
import io.millrace.core.wire.codec.UpsertRequestDecoder;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.feedback.EventKind;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;

/**
 * Reads frames that passed {@link io.millrace.core.wire.FrameCheck} into requests, in place.
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
public final class RequestReader {
    /** Bit of {@code RecommendFlags.replaceHistory} and {@code ExplainFlags} on the wire. */
    private static final int REPLACE_HISTORY = 1 << 2;

    /** Bit of {@code RecommendFlags.trace} on the wire. */
    private static final int TRACE_RECOMMEND = 1 << 3;

    /** Bit of {@code trace} in the flags of similar, search and rank requests. */
    private static final int TRACE_OTHERS = 1 << 1;

    private final RequestLimits limits;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final RecommendRequestDecoder recommend = new RecommendRequestDecoder();
    private final ExplainRequestDecoder explain = new ExplainRequestDecoder();
    private final SimilarRequestDecoder similar = new SimilarRequestDecoder();
    private final SearchRequestDecoder search = new SearchRequestDecoder();
    private final FeedbackRequestDecoder feedback = new FeedbackRequestDecoder();
    private final RankRequestDecoder rank = new RankRequestDecoder();
    private final UpdateRequestDecoder update = new UpdateRequestDecoder();
    private final UpsertRequestDecoder upsert = new UpsertRequestDecoder();
    private final DeleteRequestDecoder delete = new DeleteRequestDecoder();
    private final ColumnGroup columns = new ColumnGroup();
    private final ErrorText error = new ErrorText();

    /**
     * Makes a reader.
     *
     * @param limits what a request may hold
     */
    public RequestReader(RequestLimits limits) {
        this.limits = limits;
    }

    /**
     * The kind of a frame.
     *
     * @param templateId of the frame
     * @return {@link RequestKind#UNKNOWN} if it is not a request
     */
    public static RequestKind kindOf(int templateId) {
        return switch (templateId) {
            case PingDecoder.TEMPLATE_ID -> RequestKind.PING;
            case AuthRequestDecoder.TEMPLATE_ID -> RequestKind.AUTH;
            case InfoRequestDecoder.TEMPLATE_ID -> RequestKind.INFO;
            case RecommendRequestDecoder.TEMPLATE_ID -> RequestKind.RECOMMEND;
            case ExplainRequestDecoder.TEMPLATE_ID -> RequestKind.EXPLAIN;
            case SimilarRequestDecoder.TEMPLATE_ID -> RequestKind.SIMILAR;
            case SearchRequestDecoder.TEMPLATE_ID -> RequestKind.SEARCH;
            case FeedbackRequestDecoder.TEMPLATE_ID -> RequestKind.FEEDBACK;
            case RankRequestDecoder.TEMPLATE_ID -> RequestKind.RANK;
            case UpdateRequestDecoder.TEMPLATE_ID -> RequestKind.UPDATE;
            case UpsertRequestDecoder.TEMPLATE_ID -> RequestKind.UPSERT;
            case DeleteRequestDecoder.TEMPLATE_ID -> RequestKind.DELETE;
            case ColumnsRequestDecoder.TEMPLATE_ID -> RequestKind.COLUMNS;
            case ScopeColumnsRequestDecoder.TEMPLATE_ID -> RequestKind.SCOPE_COLUMNS;
            case StatsRequestDecoder.TEMPLATE_ID -> RequestKind.STATS;
            default -> RequestKind.UNKNOWN;
        };
    }

    /**
     * Reads a recommend, explain, similar, search, feedback, rank, update, upsert or delete
     * request.
     *
     * @param buffer holds the frame
     * @param frame offset of the frame
     * @param arrivalNs when its last byte arrived
     * @param request filled
     * @return {@link Status#OK}, or {@link Status#BAD_REQUEST} and {@link #error()} tells why
     */
    public Status readInto(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        return switch (kindOf(FrameLayout.templateId(buffer, frame))) {
            case RECOMMEND -> readRecommend(buffer, frame, arrivalNs, request);
            case EXPLAIN -> readExplain(buffer, frame, arrivalNs, request);
            case SIMILAR -> readSimilar(buffer, frame, arrivalNs, request);
            case SEARCH -> readSearch(buffer, frame, arrivalNs, request);
            case FEEDBACK -> readFeedback(buffer, frame, arrivalNs, request);
            case RANK -> readRank(buffer, frame, arrivalNs, request);
            case UPDATE -> readUpdate(buffer, frame, arrivalNs, request);
            case UPSERT -> readUpsert(buffer, frame, arrivalNs, request);
            case DELETE -> readDelete(buffer, frame, arrivalNs, request);
            default -> {
                error.clear().append("not a request: template=");
                error.append(FrameLayout.templateId(buffer, frame));
                yield Status.BAD_REQUEST;
            }
        };
    }

    private Status readRecommend(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        recommend.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        request.recommend(
                recommend.correlationId(),
                recommend.userId(),
                recommend.timestampMs(),
                recommend.k(),
                flagsOfAnswer() & ~TRACE_RECOMMEND);
        readTrace(recommend.flags().getRaw() & TRACE_RECOMMEND, request);
        Status status = readWishes(arrivalNs, request);
        return status == Status.OK ? readTexts(buffer, recommend.limit(), request) : status;
    }

    private Status readExplain(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        explain.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        // It begins as a recommend request does, and is read as one.
        recommend.wrap(
                buffer, frame + FrameLayout.BODY_OFFSET, header.blockLength(), header.version());
        request.explain(
                recommend.correlationId(),
                recommend.userId(),
                recommend.timestampMs(),
                recommend.k(),
                flagsOfAnswer());
        Status status = readWishes(arrivalNs, request);
        if (status != Status.OK) {
            return status;
        }
        explain.limit(recommend.limit());
        ExplainRequestDecoder.ItemsDecoder items = explain.items();
        if (items.count() > WireLimits.MAX_EXPLAINED) {
            return bad(
                    "too many items to explain: count=", items.count(), WireLimits.MAX_EXPLAINED);
        }
        while (items.hasNext()) {
            request.candidates().add(items.next().itemId());
        }
        return readTexts(buffer, explain.limit(), request);
    }

    /** Without what is of the history: it goes with the events. */
    private int flagsOfAnswer() {
        return recommend.flags().getRaw() & ~REPLACE_HISTORY;
    }

    private Status readWishes(long arrivalNs, Request request) {
        int k = recommend.k();
        if (isBadK(k)) {
            return badK(k);
        }
        request.timed(arrivalNs, recommend.deadlineUs());
        if (recommend.flags().replaceHistory()) {
            request.events().replaceStored();
        }
        RecommendRequestDecoder.ContextDecoder context = recommend.context();
        if (context.count() > limits.contextFields()) {
            return badContextCount(context.count());
        }
        while (context.hasNext()) {
            context.next();
            if (context.field() >= limits.contextFields()) {
                return badContextField(context.field());
            }
            request.addContext(context.field(), context.code());
        }
        RecommendRequestDecoder.ExcludeDecoder exclude = recommend.exclude();
        if (exclude.count() > limits.excluded()) {
            return badExclude(exclude.count());
        }
        while (exclude.hasNext()) {
            request.exclude(exclude.next().itemId());
        }
        RecommendRequestDecoder.HistoryDecoder history = recommend.history();
        if (history.count() > limits.events()) {
            return bad("history too long: count=", history.count(), limits.events());
        }
        while (history.hasNext()) {
            request.events().add(EventKind.WATCH, history.next().itemId(), Float.NaN);
        }
        return Status.OK;
    }

    private Status readSimilar(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        similar.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        int k = similar.k();
        if (isBadK(k)) {
            return badK(k);
        }
        int flags = similar.flags().getRaw();
        request.similar(similar.correlationId(), similar.itemId(), k, flags & ~TRACE_OTHERS);
        readTrace(flags & TRACE_OTHERS, request);
        request.timed(arrivalNs, similar.deadlineUs());
        SimilarRequestDecoder.ExcludeDecoder exclude = similar.exclude();
        if (exclude.count() > limits.excluded()) {
            return badExclude(exclude.count());
        }
        while (exclude.hasNext()) {
            request.exclude(exclude.next().itemId());
        }
        return readTexts(buffer, similar.limit(), request);
    }

    private Status readSearch(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        search.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        int k = search.k();
        if (isBadK(k)) {
            return badK(k);
        }
        int flags = search.flags().getRaw();
        request.search(search.correlationId(), search.userId(), 0L, k, flags & ~TRACE_OTHERS);
        readTrace(flags & TRACE_OTHERS, request);
        request.timed(arrivalNs, search.deadlineUs());
        int bytes = search.vectorLength();
        int vector = search.limit() + SearchRequestDecoder.vectorHeaderLength();
        Status status = readVector(buffer, vector, bytes, request);
        return status == Status.OK ? readTexts(buffer, vector + bytes, request) : status;
    }

    private Status readVector(DirectBuffer buffer, int vector, int bytes, Request request) {
        if (bytes != VectorBytes.of(limits.dimension())) {
            return bad("wrong vector length: bytes=", bytes, VectorBytes.of(limits.dimension()));
        }
        if (!VectorBytes.get(buffer, vector, request.vector())) {
            error.clear().append("vector holds a float that is not finite; send numbers only");
            return Status.BAD_REQUEST;
        }
        return Status.OK;
    }

    private Status readFeedback(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        feedback.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        request.feedback(feedback.correlationId(), feedback.userId(), feedback.timestampMs());
        request.timed(arrivalNs, feedback.deadlineUs());
        if (request.userId() == Request.NO_USER) {
            return bad("feedback of nobody; send the id of the user: userId=", Request.NO_USER);
        }
        if (request.timestampMs() < 0) {
            return bad("time before 1970: timestampMs=", request.timestampMs());
        }
        FeedbackRequestDecoder.EventsDecoder events = feedback.events();
        if (events.count() > limits.events()) {
            return bad("too many events: count=", events.count(), limits.events());
        }
        while (events.hasNext()) {
            events.next();
            EventKind kind = EventKind.of(events.kindRaw());
            if (kind == null) {
                return bad("no such kind of event: kind=", events.kindRaw());
            }
            float share = events.watchedShare();
            if (share < 0 || share == Float.POSITIVE_INFINITY) {
                return bad("watched share below 0 or infinite: item=", events.itemId());
            }
            request.events().add(kind, events.itemId(), share);
        }
        return readExperimentKey(buffer, feedback.limit(), request);
    }

    private Status readRank(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        rank.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        request.rank(
                rank.correlationId(),
                rank.userId(),
                rank.timestampMs(),
                rank.k(),
                rank.flags().getRaw() & ~TRACE_OTHERS);
        readTrace(rank.flags().getRaw() & TRACE_OTHERS, request);
        request.timed(arrivalNs, rank.deadlineUs());
        RankRequestDecoder.ContextDecoder context = rank.context();
        if (context.count() > limits.contextFields()) {
            return badContextCount(context.count());
        }
        while (context.hasNext()) {
            context.next();
            if (context.field() >= limits.contextFields()) {
                return badContextField(context.field());
            }
            request.addContext(context.field(), context.code());
        }
        RankRequestDecoder.CandidatesDecoder candidates = rank.candidates();
        if (candidates.count() > limits.candidates()) {
            return bad("too many candidates: count=", candidates.count(), limits.candidates());
        }
        while (candidates.hasNext()) {
            request.candidates().add(candidates.next().itemId());
        }
        Status status = readColumns(buffer, frame, rank.limit(), request.candidates().columns());
        return status == Status.OK ? readExperimentKey(buffer, columns.end(), request) : status;
    }

    private Status readUpdate(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        update.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        FeatureScope scope = scopeOf(update.scopeRaw());
        if (scope == null) {
            return bad("no such scope of features: scope=", update.scopeRaw());
        }
        request.update(update.correlationId(), scope, update.id());
        request.timed(arrivalNs, update.deadlineUs());
        if (scope == FeatureScope.USER && update.id() == Request.NO_USER) {
            return bad("features of nobody; send the id of the user: id=", Request.NO_USER);
        }
        return readColumns(buffer, frame, update.limit(), request.candidates().columns());
    }

    private Status readUpsert(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        upsert.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        request.upsert(upsert.correlationId(), upsert.itemId());
        request.timed(arrivalNs, upsert.deadlineUs());
        Status status = readColumns(buffer, frame, upsert.limit(), request.candidates().columns());
        if (status != Status.OK) {
            return status;
        }
        int bytes = buffer.getInt(columns.end(), ByteOrder.LITTLE_ENDIAN);
        if (bytes == 0) {
            return Status.OK;
        }
        request.bringVector();
        return readVector(buffer, columns.end() + Integer.BYTES, bytes, request);
    }

    private Status readDelete(DirectBuffer buffer, int frame, long arrivalNs, Request request) {
        delete.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        request.delete(delete.correlationId(), delete.itemId());
        request.timed(arrivalNs, delete.deadlineUs());
        return Status.OK;
    }

    /**
     * The scope of a code on the wire.
     *
     * @param code as read
     * @return null for one that is not known
     */
    public static @Nullable FeatureScope scopeOf(int code) {
        if (code == ScopeCode.ITEM.value()) {
            return FeatureScope.ITEM;
        }
        return code == ScopeCode.USER.value() ? FeatureScope.USER : null;
    }

    private Status readColumns(DirectBuffer buffer, int frame, int group, RequestColumns target) {
        columns.wrap(buffer, group);
        if (columns.count() > limits.columns()) {
            return bad("too many columns: count=", columns.count(), limits.columns());
        }
        int end = frame + FrameLayout.LENGTH_BYTES + (int) FrameLayout.length(buffer, frame);
        target.reserve(Math.min(end - group, target.room()));
        while (columns.advance()) {
            FormCode form = formOf(columns.formCode());
            if (form == null) {
                return bad("no such form of a column: form=", columns.formCode());
            }
            int nameLength = columns.nameLength();
            int valuesLength = columns.valuesLength();
            if (nameLength + valuesLength > target.room()) {
                long bytes = (long) limits.columnBytes() - target.room() + nameLength;
                return bad("columns too long: bytes=", bytes + valuesLength, limits.columnBytes());
            }
            target.add(
                    form,
                    buffer,
                    columns.nameOffset(),
                    nameLength,
                    columns.valuesOffset(),
                    valuesLength);
        }
        return Status.OK;
    }

    private static @Nullable FormCode formOf(int code) {
        if (code == FormCode.NUMBERS.value()) {
            return FormCode.NUMBERS;
        }
        return code == FormCode.TEXTS.value() ? FormCode.TEXTS : null;
    }

    /** Whether the answer is to tell the times of stages; an older caller would not expect it. */
    private void readTrace(int flag, Request request) {
        request.trace(flag != 0 && header.version() >= FrameLayout.WISH_VERSION);
    }

    /** Reads filter and experiment key, which stand behind all that older versions have. */
    private Status readTexts(DirectBuffer buffer, int at, Request request) {
        if (header.version() < FrameLayout.WISH_VERSION) {
            return Status.OK;
        }
        int bytes = buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
        int text = at + Integer.BYTES;
        RequestText filter = request.filter();
        if (bytes > filter.most()) {
            return bad("filter too long: bytes=", bytes, filter.most());
        }
        filter.set(buffer, text, bytes);
        return readExperimentKey(buffer, text + bytes, request);
    }

    private Status readExperimentKey(DirectBuffer buffer, int at, Request request) {
        if (header.version() < FrameLayout.WISH_VERSION) {
            return Status.OK;
        }
        int bytes = buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
        RequestText key = request.experimentKey();
        if (bytes > key.most()) {
            return bad("experiment key too long: bytes=", bytes, key.most());
        }
        key.set(buffer, at + Integer.BYTES, bytes);
        return Status.OK;
    }

    private boolean isBadK(int k) {
        return k < 1 || k > limits.k();
    }

    private Status badK(int k) {
        return bad("k out of range: k=", k, limits.k());
    }

    private Status badExclude(int count) {
        return bad("too many excluded items: count=", count, limits.excluded());
    }

    private Status badContextCount(int count) {
        return bad("too many context fields: count=", count, limits.contextFields());
    }

    private Status badContextField(int field) {
        return bad("no such context field: field=", field, limits.contextFields() - 1);
    }

    private Status bad(String what, long value, long limit) {
        bad(what, value);
        error.append(", limit=").append(limit);
        return Status.BAD_REQUEST;
    }

    private Status bad(String what, long value) {
        error.clear().append(what).append(value);
        return Status.BAD_REQUEST;
    }

    /**
     * Why the last request could not be read.
     *
     * @return overwritten by the next one
     */
    public ErrorText error() {
        return error;
    }
}
