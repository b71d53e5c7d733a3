package io.millrace.client.message;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.DeleteRequestEncoder;
import io.millrace.core.wire.codec.ExplainRequestEncoder;
import io.millrace.core.wire.codec.ExplainResponseDecoder;
import io.millrace.core.wire.codec.FeedbackRequestEncoder;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.PongDecoder;
import io.millrace.core.wire.codec.RankRequestEncoder;
import io.millrace.core.wire.codec.RecommendRequestEncoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.SearchRequestEncoder;
import io.millrace.core.wire.codec.SimilarRequestEncoder;
import io.millrace.core.wire.codec.StatsResponseDecoder;
import io.millrace.core.wire.codec.UpdateRequestEncoder;
import io.millrace.core.wire.codec.UpsertRequestEncoder;

import java.util.Locale;

/** What all requests of a kind have in common. A new kind begins with its line here. */
enum RequestKind {
    PING(PongDecoder.TEMPLATE_ID),
    INFO(InfoResponseDecoder.TEMPLATE_ID),
    AUTH(ResultResponseDecoder.TEMPLATE_ID),
    COLUMNS(ColumnsResponseDecoder.TEMPLATE_ID),
    SCOPE_COLUMNS(ColumnsResponseDecoder.TEMPLATE_ID),
    STATS(StatsResponseDecoder.TEMPLATE_ID),
    RECOMMEND(RecommendRequestEncoder.deadlineUsEncodingOffset(), true),
    EXPLAIN(
            ExplainRequestEncoder.deadlineUsEncodingOffset(),
            true,
            ExplainResponseDecoder.TEMPLATE_ID),
    SIMILAR(SimilarRequestEncoder.deadlineUsEncodingOffset(), true),
    SEARCH(SearchRequestEncoder.deadlineUsEncodingOffset(), true),
    RANK(RankRequestEncoder.deadlineUsEncodingOffset(), true),
    FEEDBACK(FeedbackRequestEncoder.deadlineUsEncodingOffset(), false),
    UPDATE(UpdateRequestEncoder.deadlineUsEncodingOffset(), false),
    UPSERT(UpsertRequestEncoder.deadlineUsEncodingOffset(), false),
    DELETE(DeleteRequestEncoder.deadlineUsEncodingOffset(), false);

    private static final int NONE = -1;

    private final int answerTemplate;
    private final int deadlineOffset;
    private final boolean isRead;

    /** Of a question about the server, which has no deadline. */
    RequestKind(int answerTemplate) {
        this.answerTemplate = answerTemplate;
        this.deadlineOffset = NONE;
        this.isRead = true;
    }

    /** Of a request that a result answers. */
    RequestKind(int deadlineOffset, boolean isRead) {
        this(deadlineOffset, isRead, ResultResponseDecoder.TEMPLATE_ID);
    }

    /** Of a request that a message of its own answers, or a result tells why not. */
    RequestKind(int deadlineOffset, boolean isRead, int answerTemplate) {
        this.answerTemplate = answerTemplate;
        this.deadlineOffset = FrameLayout.BODY_OFFSET + deadlineOffset;
        this.isRead = isRead;
    }

    /** Whether a message answers it; a result that says why not answers all but questions. */
    boolean isAnsweredBy(int template) {
        return template == answerTemplate
                || (hasDeadline() && template == ResultResponseDecoder.TEMPLATE_ID);
    }

    boolean hasDeadline() {
        return deadlineOffset != NONE;
    }

    /** Of the deadline in the frame. */
    int deadlineOffset() {
        return deadlineOffset;
    }

    /** Whether it changes nothing, so that it may be sent twice. */
    boolean isRead() {
        return isRead;
    }

    /** For errors. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
