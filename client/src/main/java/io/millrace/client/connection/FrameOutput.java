package io.millrace.client.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Frames on their way into a socket: many go with one call of the system, and of a frame that was
 * begun the rest always follows.
 *
 * <p>Threading: one thread.
 */
final class FrameOutput {
    private static final int MOST_AT_ONCE = 64;

    private final ArrayDeque<ByteBuffer> frames = new ArrayDeque<>();

    void add(ByteBuffer frame) {
        frames.add(frame);
    }

    /** Takes back a frame of which nothing was written. */
    @SuppressWarnings("ReferenceEquality") // It is this one, and not another of the same bytes.
    void takeBack(ByteBuffer unwritten) {
        frames.removeIf(frame -> frame == unwritten);
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** Writes as much as the channel takes; {@link #isEmpty} tells whether that was all. */
    void writeTo(GatheringByteChannel channel) throws IOException {
        while (!frames.isEmpty()) {
            ByteBuffer[] some = new ByteBuffer[Math.min(frames.size(), MOST_AT_ONCE)];
            Iterator<ByteBuffer> next = frames.iterator();
            for (int i = 0; i < some.length; i++) {
                some[i] = next.next();
            }
            channel.write(some);
            while (!frames.isEmpty() && !frames.getFirst().hasRemaining()) {
                frames.removeFirst();
            }
            if (some[some.length - 1].hasRemaining()) {
                return;
            }
        }
    }
}
