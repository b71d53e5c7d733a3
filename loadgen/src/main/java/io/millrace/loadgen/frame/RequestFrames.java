package io.millrace.loadgen.frame;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.RecommendRequestEncoder;
import io.millrace.core.wire.codec.SimilarRequestEncoder;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.RequestFilters;
import io.netty.buffer.ByteBuf;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * The two frames a load is made of, encoded once; only the correlation id and the id asked for are
 * written anew for each request.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class RequestFrames {
    private static final int USER_ID_OFFSET =
            FrameLayout.BODY_OFFSET + RecommendRequestEncoder.userIdEncodingOffset();
    private static final int ITEM_ID_OFFSET =
            FrameLayout.BODY_OFFSET + SimilarRequestEncoder.itemIdEncodingOffset();

    private final FilterableFrame recommend;
    private final FilterableFrame similar;

    /** Encodes both frames. */
    RequestFrames(LoadPlan plan) {
        RequestFilters filters = plan.mix().filters();
        recommend =
                new FilterableFrame(
                        filters, (buffer, filter) -> encodeRecommend(plan, buffer, filter));
        similar =
                new FilterableFrame(
                        filters, (buffer, filter) -> encodeSimilar(plan, buffer, filter));
    }

    private static int encodeRecommend(LoadPlan plan, MutableDirectBuffer buffer, String filter) {
        RecommendRequestEncoder encoder =
                new RecommendRequestEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        encoder.correlationId(0)
                .userId(0)
                .timestampMs(plan.timestampMs())
                .deadlineUs(plan.deadlineUs())
                .k(plan.k())
                .flags()
                .clear();
        encoder.contextCount(0);
        encoder.excludeCount(0);
        if (!filter.isEmpty()) {
            encoder.historyCount(0);
            encoder.filter(filter).experimentKey("");
        }
        return encoder.encodedLength();
    }

    private static int encodeSimilar(LoadPlan plan, MutableDirectBuffer buffer, String filter) {
        SimilarRequestEncoder encoder =
                new SimilarRequestEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        encoder.correlationId(0)
                .itemId(0)
                .deadlineUs(plan.deadlineUs())
                .k(plan.k())
                .flags()
                .clear();
        encoder.excludeCount(0);
        if (!filter.isEmpty()) {
            encoder.filter(filter).experimentKey("");
        }
        return encoder.encodedLength();
    }

    /** Appends a request for items for a user. */
    @HotPath
    void appendRecommend(ByteBuf target, long correlationId, long userId, int variant) {
        append(target, recommend.of(variant), correlationId, USER_ID_OFFSET, userId);
    }

    /** Appends a request for items like an item. */
    @HotPath
    void appendSimilar(ByteBuf target, long correlationId, long itemId, int variant) {
        append(target, similar.of(variant), correlationId, ITEM_ID_OFFSET, itemId);
    }

    private static void append(
            ByteBuf target, UnsafeBuffer frame, long correlationId, int idOffset, long id) {
        frame.putLong(FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        frame.putLong(idOffset, id, ByteOrder.LITTLE_ENDIAN);
        target.writeBytes(frame.byteArray());
    }
}
