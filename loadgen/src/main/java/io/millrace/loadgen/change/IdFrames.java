package io.millrace.loadgen.change;

import io.millrace.client.message.Answer;
import io.millrace.client.message.RequestFrame;
import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.netty.buffer.ByteBuf;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.util.List;

/**
 * Requests about one id each: a few frames that are encoded once and sent by turns; correlation id
 * and id are written anew for each request.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class IdFrames {
    private final byte[][] frames;
    private final UnsafeBuffer view = new UnsafeBuffer(new byte[0]);
    private final int idOffset;

    /**
     * Takes frames over.
     *
     * @param requests at least one where any is sent; all of one kind
     * @param deadlineUs of all of them
     * @param idOffset where in a body the id is
     */
    IdFrames(List<RequestFrame<Answer>> requests, int deadlineUs, int idOffset) {
        frames = new byte[requests.size()][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = requests.get(i).leaving(0, deadlineUs).array();
        }
        this.idOffset = FrameLayout.BODY_OFFSET + idOffset;
    }

    /**
     * Appends a request.
     *
     * @param target where to
     * @param correlationId of the request
     * @param id what it is about
     * @param number not negative; which frame
     */
    @HotPath
    void append(ByteBuf target, long correlationId, long id, int number) {
        byte[] frame = frames[number % frames.length];
        view.wrap(frame);
        view.putLong(FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        view.putLong(idOffset, id, ByteOrder.LITTLE_ENDIAN);
        target.writeBytes(frame);
    }
}
