package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The bytes of a connection that have arrived and are not yet consumed. The socket reads behind
 * them, right into this buffer: frames are decoded where the kernel put them, and what is left of a
 * frame waits in place for its rest.
 *
 * <p>Grows with what really arrives, never with what a frame merely announces, and shrinks back
 * when it is empty.
 *
 * <p>Threading: the connection's event loop. Allocation: only when it grows or shrinks.
 */
@HotPath
final class ReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int INITIAL_BYTES = 8 << 10;
    private static final int KEPT_BYTES = 64 << 10;
    private static final int MIN_READ_BYTES = 2 << 10;

    private final ByteBufAllocator allocator;
    private final int maxBytes;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    private ByteBuf bytes;

    /** Makes an empty buffer that can hold a frame of so many bytes with its length. */
    ReadBuffer(ByteBufAllocator allocator, int maxFrameBytes) {
        this.allocator = allocator;
        this.maxBytes = Math.max(INITIAL_BYTES, maxFrameBytes + MIN_READ_BYTES);
        this.bytes = allocator.directBuffer(INITIAL_BYTES, INITIAL_BYTES);
        wrap();
    }

    private void wrap() {
        view.wrap(bytes.nioBuffer(0, bytes.capacity()));
    }

    /** All of the buffer's memory; what was read begins at {@link #position()}. */
    DirectBuffer view() {
        return view;
    }

    int position() {
        return bytes.readerIndex();
    }

    int readableBytes() {
        return bytes.readableBytes();
    }

    void consume(int count) {
        bytes.skipBytes(count);
    }

    /** Moves what is left to the front and makes room for the next read. */
    void compact() {
        int readable = bytes.readableBytes();
        if (readable == 0) {
            bytes.clear();
            if (bytes.capacity() > KEPT_BYTES) {
                replace(INITIAL_BYTES);
            }
        } else if (bytes.writableBytes() < MIN_READ_BYTES) {
            bytes.discardReadBytes();
            if (bytes.writableBytes() < MIN_READ_BYTES && bytes.capacity() < maxBytes) {
                replace((int) Math.min(maxBytes, 2L * bytes.capacity()));
            }
        }
    }

    /** Adds bytes that were read elsewhere, as those that were decrypted. */
    void append(ByteBuf more) {
        int count = more.readableBytes();
        if (bytes.writableBytes() < count) {
            bytes.discardReadBytes();
            int capacity = bytes.capacity();
            while (capacity - bytes.writerIndex() < count) {
                capacity *= 2;
            }
            if (capacity > bytes.capacity()) {
                replace(capacity);
            }
        }
        bytes.writeBytes(more);
    }

    private void replace(int capacity) {
        ByteBuf next = allocator.directBuffer(capacity, capacity);
        next.writeBytes(bytes);
        bytes.release();
        bytes = next;
        wrap();
    }

    void release() {
        bytes.release();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own way to read into a buffer of one's choice.
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator ignored) {
                if (!bytes.isWritable()) {
                    replace(2 * bytes.capacity());
                }
                return bytes.retain();
            }

            @Override
            public int guess() {
                return bytes.writableBytes();
            }
        };
    }
}
