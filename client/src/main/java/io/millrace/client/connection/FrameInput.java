package io.millrace.client.connection;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.WireLimits;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/**
 * Cuts frames out of the bytes that arrive, however they are cut up on the way.
 *
 * <p>Threading: one thread. Allocation: its buffer grows to the longest frame.
 */
final class FrameInput {
    private static final int INITIAL_BYTES = 16 << 10;

    /** The JDK copies by a direct buffer as large as what is read at once, and keeps it. */
    private static final int MOST_READ_BYTES = 64 << 10;

    private final Address address;
    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[INITIAL_BYTES]);
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    private int start;
    private int end;

    FrameInput(Address address) {
        this.address = address;
    }

    /** Reads what is there; -1 at the end of the stream. */
    int readFrom(ReadableByteChannel channel) throws IOException {
        makeRoom();
        int free = Math.min(bytes.capacity() - end, MOST_READ_BYTES);
        int count = channel.read(ByteBuffer.wrap(bytes.byteArray(), end, free));
        end += Math.max(0, count);
        return count;
    }

    private void makeRoom() {
        if (end < bytes.capacity()) {
            return;
        }
        if (start > 0) {
            System.arraycopy(bytes.byteArray(), start, bytes.byteArray(), 0, end - start);
            end -= start;
            start = 0;
        } else {
            bytes.wrap(Arrays.copyOf(bytes.byteArray(), 2 * bytes.capacity()));
        }
    }

    /**
     * The next frame.
     *
     * @return a view of it that is valid until the next call; null when none is whole yet.
     * @throws MillraceException when the other side does not send frames of ours.
     */
    @Nullable DirectBuffer next() {
        int readable = end - start;
        if (readable < FrameLayout.LENGTH_BYTES) {
            return null;
        }
        long length = FrameLayout.length(bytes, start);
        boolean hasHeader = readable >= FrameLayout.BODY_OFFSET;
        if (length < FrameLayout.MIN_LENGTH
                || length > WireLimits.MAX_FRAME_BYTES
                || (hasHeader && FrameLayout.schemaId(bytes, start) != FrameLayout.SCHEMA_ID)) {
            throw Failures.foreign(address, "its bytes are no frame of ours");
        }
        int frameBytes = FrameLayout.LENGTH_BYTES + (int) length;
        if (readable < frameBytes) {
            return null;
        }
        frame.wrap(bytes, start, frameBytes);
        start += frameBytes;
        if (start == end) {
            start = 0;
            end = 0;
        }
        return frame;
    }
}
