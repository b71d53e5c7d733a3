package io.millrace.server.request;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.PongEncoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.ResultResponseEncoder;

import org.agrona.MutableDirectBuffer;

import java.nio.ByteOrder;

/**
 * Writes answers as frames.
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
public final class AnswerWriter {
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ResultResponseEncoder result = new ResultResponseEncoder();
    private final PongEncoder pong = new PongEncoder();

    /** Makes a writer. */
    public AnswerWriter() {}

    /**
     * Writes a {@code ResultResponse}.
     *
     * @param answer what to answer
     * @param correlationId of the request
     * @param serviceNs how long it took
     * @param fingerprint of the bundle that answered
     * @param buffer has room for {@link io.millrace.core.wire.WireLimits#resultFrameBytes}
     * @param frame offset of the frame
     * @return bytes of the frame
     */
    public int write(
            Answer answer,
            long correlationId,
            long serviceNs,
            long fingerprint,
            MutableDirectBuffer buffer,
            int frame) {
        put(answer, correlationId, serviceNs, fingerprint, buffer, frame);
        return FrameLayout.finish(buffer, frame, result.encodedLength());
    }

    /**
     * Writes a {@code ResultResponse} that tells the times of the stages, of its own writing as
     * well.
     *
     * @param answer what to answer
     * @param correlationId of the request
     * @param serviceNs how long it took
     * @param fingerprint of the bundle that answered
     * @param clock has the times of the stages
     * @param beginNs when the writing began, by {@link System#nanoTime()}
     * @param buffer has room for {@link io.millrace.core.wire.WireLimits#resultFrameBytes}
     * @param frame offset of the frame
     * @return bytes of the frame
     */
    public int writeTraced(
            Answer answer,
            long correlationId,
            long serviceNs,
            long fingerprint,
            StageClock clock,
            long beginNs,
            MutableDirectBuffer buffer,
            int frame) {
        put(answer, correlationId, serviceNs, fingerprint, buffer, frame);
        int length = result.limit();
        int times = length + Integer.BYTES;
        buffer.putInt(length, WireLimits.STAGES * Long.BYTES, ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < WireLimits.STAGES; i++) {
            putLong(buffer, times + i * Long.BYTES, clock.elapsedNs(i));
        }
        result.limit(times + WireLimits.STAGES * Long.BYTES);
        int bytes =
                FrameLayout.finish(buffer, frame, result.encodedLength(), FrameLayout.WISH_VERSION);
        int encode = times + Stage.ENCODE.index() * Long.BYTES;
        putLong(buffer, encode, System.nanoTime() - beginNs);
        return bytes;
    }

    private static void putLong(MutableDirectBuffer buffer, int at, long value) {
        buffer.putLong(at, value, ByteOrder.LITTLE_ENDIAN);
    }

    private void put(
            Answer answer,
            long correlationId,
            long serviceNs,
            long fingerprint,
            MutableDirectBuffer buffer,
            int frame) {
        result.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header)
                .correlationId(correlationId)
                .serviceNs(serviceNs)
                .fingerprint(fingerprint)
                .retrieved(answer.retrieved())
                .ranked(answer.ranked())
                .status(answer.status().wire())
                .reason(answer.reason());
        putFlags(buffer, answer.degraded());
        int count = answer.count();
        ResultResponseEncoder.ItemsEncoder items = result.itemsCount(count);
        for (int i = 0; i < count; i++) {
            items.next().itemId(answer.itemId(i)).score(answer.score(i)).source(answer.source(i));
        }
        ErrorText message = answer.message();
        result.putMessage(message.bytes(), 0, message.length());
    }

    /**
     * Writes a {@code ResultResponse} that only tells what went wrong.
     *
     * @param status how the request ended
     * @param text why
     * @param correlationId of the request, or {@link FrameLayout#NO_CORRELATION_ID}
     * @param fingerprint of the bundle served
     * @param buffer has room for {@link io.millrace.core.wire.WireLimits#resultFrameBytes}
     * @param frame offset of the frame
     * @return bytes of the frame
     */
    public int writeError(
            Status status,
            ErrorText text,
            long correlationId,
            long fingerprint,
            MutableDirectBuffer buffer,
            int frame) {
        result.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header)
                .correlationId(correlationId)
                .serviceNs(0)
                .fingerprint(fingerprint)
                .retrieved(0)
                .ranked(0)
                .status(status.wire())
                .reason(ReasonCode.NONE);
        putFlags(buffer, 0);
        result.itemsCount(0);
        result.putMessage(text.bytes(), 0, text.length());
        return FrameLayout.finish(buffer, frame, result.encodedLength());
    }

    private void putFlags(MutableDirectBuffer buffer, int degraded) {
        buffer.putShort(
                result.offset() + ResultResponseEncoder.degradedEncodingOffset(),
                (short) degraded,
                ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes a {@code Pong}.
     *
     * @param correlationId of the ping
     * @param buffer has room for 20 bytes
     * @param frame offset of the frame
     * @return bytes of the frame
     */
    public int writePong(long correlationId, MutableDirectBuffer buffer, int frame) {
        pong.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header)
                .correlationId(correlationId);
        return FrameLayout.finish(buffer, frame, pong.encodedLength());
    }
}
