package io.millrace.loadgen.frame;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.RecommendRequestEncoder;
import io.millrace.core.wire.codec.SimilarRequestEncoder;
import io.netty.buffer.ByteBuf;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * The two frames a load is made of, encoded once; only the correlation id and the id asked for are
 * written anew for each request.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class RequestFrames {
    private static final int MAX_BYTES = 128;
    private static final int USER_ID_OFFSET =
            FrameLayout.BODY_OFFSET + RecommendRequestEncoder.userIdEncodingOffset();
    private static final int ITEM_ID_OFFSET =
            FrameLayout.BODY_OFFSET + SimilarRequestEncoder.itemIdEncodingOffset();

    private final byte[] recommend = new byte[MAX_BYTES];
    private final UnsafeBuffer recommendView = new UnsafeBuffer(recommend);
    private final int recommendBytes;
    private final byte[] similar = new byte[MAX_BYTES];
    private final UnsafeBuffer similarView = new UnsafeBuffer(similar);
    private final int similarBytes;

    /** Encodes both frames. */
    public RequestFrames(int k, int deadlineUs, long timestampMs) {
        MessageHeaderEncoder header = new MessageHeaderEncoder();
        RecommendRequestEncoder recommendEncoder =
                new RecommendRequestEncoder()
                        .wrapAndApplyHeader(recommendView, FrameLayout.HEADER_OFFSET, header);
        recommendEncoder
                .correlationId(0)
                .userId(0)
                .timestampMs(timestampMs)
                .deadlineUs(deadlineUs)
                .k(k)
                .flags()
                .clear();
        recommendEncoder.contextCount(0);
        recommendEncoder.excludeCount(0);
        recommendBytes = FrameLayout.finish(recommendView, 0, recommendEncoder.encodedLength());
        SimilarRequestEncoder similarEncoder =
                new SimilarRequestEncoder()
                        .wrapAndApplyHeader(similarView, FrameLayout.HEADER_OFFSET, header);
        similarEncoder.correlationId(0).itemId(0).deadlineUs(deadlineUs).k(k).flags().clear();
        similarEncoder.excludeCount(0);
        similarBytes = FrameLayout.finish(similarView, 0, similarEncoder.encodedLength());
    }

    /** Appends a request for items for a user. */
    @HotPath
    public void appendRecommend(ByteBuf target, long correlationId, long userId) {
        recommendView.putLong(
                FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        recommendView.putLong(USER_ID_OFFSET, userId, ByteOrder.LITTLE_ENDIAN);
        target.writeBytes(recommend, 0, recommendBytes);
    }

    @HotPath
    void appendSimilar(ByteBuf target, long correlationId, long itemId) {
        similarView.putLong(
                FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        similarView.putLong(ITEM_ID_OFFSET, itemId, ByteOrder.LITTLE_ENDIAN);
        target.writeBytes(similar, 0, similarBytes);
    }
}
