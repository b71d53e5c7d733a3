package io.millrace.server.transport;

import io.millrace.core.wire.WireLimits;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * Everything one request in flight needs, made before the first one comes, but for the frames of
 * changes.
 *
 * <p>Threading: the event loop's, then a worker's, then the event loop's again; the queues between
 * them hand it over.
 */
final class RequestSlot {
    private final IoLane lane;
    private final LaneFunnel owner;
    private final Request request;
    private final Answer answer;
    private final ByteBuffer frame;
    private final UnsafeBuffer frameView;

    /** The frame of a change, which the journal takes; grown as needed. */
    private final UnsafeBuffer requestFrame = new UnsafeBuffer(new byte[0]);

    /** The answer's frame where it has no room in the usual one. */
    private @Nullable ByteBuffer ownFrame;

    private @Nullable Connection connection;
    private int requestFrameBytes;
    private int frameBytes;
    private long shortestNs;

    RequestSlot(IoLane lane, LaneFunnel owner, RequestLimits limits, ByteBuffer frame) {
        this.lane = lane;
        this.owner = owner;
        this.request = new Request(limits);
        this.answer = new Answer(limits.answers());
        this.frame = frame;
        this.frameView = new UnsafeBuffer(frame);
    }

    static int frameCapacity(RequestLimits limits) {
        return (WireLimits.resultFrameBytes(limits.answers()) + 63) & -64;
    }

    IoLane lane() {
        return lane;
    }

    /** Whose slot it is, and who answers. */
    LaneFunnel owner() {
        return owner;
    }

    Request request() {
        return request;
    }

    Answer answer() {
        return answer;
    }

    /** Notes what it takes at least, as it counts in the load of its worker. */
    void shortest(long ns) {
        shortestNs = ns;
    }

    long shortestNs() {
        return shortestNs;
    }

    /** Keeps the frame of the request, whose memory is soon another's. */
    void keepFrame(DirectBuffer source, int offset, int length) {
        if (length > requestFrame.capacity()) {
            requestFrame.wrap(new byte[length]);
        }
        requestFrame.putBytes(0, source, offset, length);
        requestFrameBytes = length;
    }

    /** The frame of the request, where it was kept. */
    DirectBuffer requestFrame() {
        return requestFrame;
    }

    int requestFrameBytes() {
        return requestFrameBytes;
    }

    /** Where the answer's frame is written. */
    UnsafeBuffer frameView() {
        return frameView;
    }

    void written(int bytes) {
        frameBytes = bytes;
        ownFrame = null;
    }

    /** The answer was written elsewhere. */
    void written(byte[] bytes) {
        frameBytes = bytes.length;
        ownFrame = ByteBuffer.wrap(bytes);
    }

    /** The answer's frame, from position to limit. */
    ByteBuffer frame() {
        ByteBuffer own = ownFrame;
        return own == null ? frame.clear().limit(frameBytes) : own;
    }

    int frameBytes() {
        return frameBytes;
    }

    void assign(@Nullable Connection connection) {
        this.connection = connection;
        ownFrame = null;
    }

    Connection connection() {
        Connection owner = connection;
        if (owner == null) {
            throw new IllegalStateException("slot is free");
        }
        return owner;
    }
}
