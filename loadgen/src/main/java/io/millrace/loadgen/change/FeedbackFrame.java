package io.millrace.loadgen.change;

import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RequestFrames;
import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.FeedbackRequestDecoder;
import io.millrace.core.wire.codec.FeedbackRequestEncoder;
import io.netty.buffer.ByteBuf;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.util.List;

/**
 * A feedback request of one event, encoded once; correlation id, user, item, kind and watched share
 * are written anew for each request. Of ten events seven are impressions, two clicks and one is a
 * watch.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class FeedbackFrame {
    private static final int USER_ID_OFFSET =
            FrameLayout.BODY_OFFSET + FeedbackRequestEncoder.userIdEncodingOffset();
    private static final int EVENT_OFFSET =
            FrameLayout.BODY_OFFSET
                    + FeedbackRequestEncoder.BLOCK_LENGTH
                    + FeedbackRequestDecoder.EventsDecoder.sbeHeaderSize();
    private static final int ITEM_ID_OFFSET =
            EVENT_OFFSET + FeedbackRequestDecoder.EventsDecoder.itemIdEncodingOffset();
    private static final int SHARE_OFFSET =
            EVENT_OFFSET + FeedbackRequestDecoder.EventsDecoder.watchedShareEncodingOffset();
    private static final int KIND_OFFSET =
            EVENT_OFFSET + FeedbackRequestDecoder.EventsDecoder.kindEncodingOffset();
    private static final int TENTHS = 10;
    private static final int IMPRESSIONS = 7;
    private static final int CLICKS = 2;
    private static final int SHARES = 101;
    private static final float PERCENT = 100;

    private final byte[] frame;
    private final UnsafeBuffer view;

    FeedbackFrame(int deadlineUs, long timestampMs) {
        FeedbackEvent event = new FeedbackEvent(EventCode.IMPRESSION, 0, Float.NaN);
        frame =
                RequestFrames.feedback(0, timestampMs, List.of(event), "")
                        .leaving(0, deadlineUs)
                        .array();
        view = new UnsafeBuffer(frame);
    }

    /**
     * Appends a request.
     *
     * @param target where to
     * @param correlationId of the request
     * @param userId who did something
     * @param itemId with which item
     * @param number not negative; says what was done
     */
    @HotPath
    void append(ByteBuf target, long correlationId, long userId, long itemId, int number) {
        int tenth = number % TENTHS;
        EventCode kind = EventCode.WATCH;
        float share = number / TENTHS % SHARES / PERCENT;
        if (tenth < IMPRESSIONS + CLICKS) {
            kind = tenth < IMPRESSIONS ? EventCode.IMPRESSION : EventCode.CLICK;
            share = Float.NaN;
        }
        view.putLong(FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        view.putLong(USER_ID_OFFSET, userId, ByteOrder.LITTLE_ENDIAN);
        view.putLong(ITEM_ID_OFFSET, itemId, ByteOrder.LITTLE_ENDIAN);
        view.putFloat(SHARE_OFFSET, share, ByteOrder.LITTLE_ENDIAN);
        view.putByte(KIND_OFFSET, (byte) kind.value());
        target.writeBytes(frame);
    }
}
