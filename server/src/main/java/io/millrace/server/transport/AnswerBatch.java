package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * Answers of one connection that are written together. Frames are copied in, so that a slot is free
 * again at once: a peer that does not read holds buffers up to the watermark, never slots.
 *
 * <p>Threading: the connection's event loop. Allocation: buffers from the channel's pool.
 */
@HotPath
@SuppressWarnings("FutureReturnValueIgnored") // The void promise: failures reach exceptionCaught.
final class AnswerBatch {
    private static final int FIRST_BYTES = 512;
    private static final int MAX_BYTES = 16 << 10;

    private final Channel channel;
    private @Nullable ByteBuf batch;

    AnswerBatch(Channel channel) {
        this.channel = channel;
    }

    /** Adds a frame, from position to limit. */
    void append(ByteBuffer frame) {
        int bytes = frame.remaining();
        ByteBuf current = batch;
        if (current == null) {
            current = channel.alloc().directBuffer(Math.max(FIRST_BYTES, bytes));
        } else if (current.writableBytes() < bytes) {
            int next = Math.min(2 * current.capacity(), MAX_BYTES);
            channel.write(current, channel.voidPromise());
            current = channel.alloc().directBuffer(Math.max(next, bytes));
        }
        current.writeBytes(frame);
        batch = current;
    }

    /** Sends what was added. */
    void flush() {
        ByteBuf current = batch;
        if (current != null) {
            batch = null;
            channel.writeAndFlush(current, channel.voidPromise());
        }
    }

    void release() {
        ByteBuf current = batch;
        if (current != null) {
            batch = null;
            current.release();
        }
    }
}
