package io.millrace.loadgen;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.WireLimits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Objects;

/**
 * One connection that many requests are under way on: what one turn of the sender writes leaves
 * together, and frames are cut out of what arrives.
 *
 * <p>Threading: the event loop. Allocation: one pooled buffer a flush.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Of closing: channelInactive tells.
final class LoadConnection extends ChannelInboundHandlerAdapter {
    /** Grows with what arrives at once; there may be thousands of connections. */
    private static final int INITIAL_BYTES = 8 << 10;

    private static final int OUTPUT_BYTES = 4 << 10;

    private final int number;
    private byte[] bytes = new byte[INITIAL_BYTES];
    private final UnsafeBuffer view = new UnsafeBuffer(bytes);
    private int start;
    private int end;
    private @Nullable Channel channel;
    private @Nullable FrameListener listener;
    private @Nullable ByteBuf output;
    private boolean isOpen = true;
    private String why = "closed by the server";

    LoadConnection(int number) {
        this.number = number;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    private Channel channel() {
        return Objects.requireNonNull(channel, "not connected");
    }

    /** Its place among the connections of the load. */
    int number() {
        return number;
    }

    /** The other end. */
    InetAddress remote() {
        return ((InetSocketAddress) channel().remoteAddress()).getAddress();
    }

    boolean isOpen() {
        return isOpen;
    }

    /** Tells a listener from now on; where the connection has ended already, at once. */
    void listen(FrameListener to) {
        listener = to;
        if (!isOpen) {
            to.closed(this, why);
        }
    }

    /** What the next {@link #flush} sends. */
    @HotPath
    ByteBuf output() {
        ByteBuf target = output;
        if (target == null) {
            target = channel().alloc().directBuffer(OUTPUT_BYTES);
            output = target;
        }
        return target;
    }

    @HotPath
    void flush() {
        ByteBuf full = output;
        if (full != null) {
            output = null;
            Channel to = channel();
            to.writeAndFlush(full, to.voidPromise());
        }
    }

    @Override
    @HotPath
    public void channelRead(ChannelHandlerContext context, Object message) {
        long nowNs = System.nanoTime();
        ByteBuf arrived = (ByteBuf) message;
        try {
            append(arrived);
        } finally {
            arrived.release();
        }
        while (isOpen && takeFrame(nowNs)) {
            // Takes all that are whole.
        }
        flush();
    }

    private void append(ByteBuf arrived) {
        int count = arrived.readableBytes();
        if (end + count > bytes.length) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            end -= start;
            start = 0;
            if (end + count > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, end + count));
                view.wrap(bytes);
            }
        }
        arrived.readBytes(bytes, end, count);
        end += count;
    }

    private boolean takeFrame(long nowNs) {
        int readable = end - start;
        if (readable == 0) {
            start = 0;
            end = 0;
        }
        if (readable < FrameLayout.LENGTH_BYTES) {
            return false;
        }
        long length = FrameLayout.length(view, start);
        if (length < FrameLayout.MIN_LENGTH || length > WireLimits.DEFAULT_MAX_FRAME_BYTES) {
            close("not a frame: length=" + length);
            return false;
        }
        int frameBytes = FrameLayout.LENGTH_BYTES + (int) length;
        if (readable < frameBytes) {
            return false;
        }
        FrameVerdict verdict = FrameCheck.check(view, start);
        if (verdict != FrameVerdict.SOUND) {
            close(verdict.message());
            return false;
        }
        FrameListener to = listener;
        if (to != null) {
            to.frame(this, view, start, nowNs);
        }
        start += frameBytes;
        return true;
    }

    /** Ends the connection for a reason. */
    void close(String reason) {
        why = reason;
        channel().close();
        ended();
    }

    private void ended() {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        ByteBuf unsent = output;
        if (unsent != null) {
            output = null;
            unsent.release();
        }
        FrameListener to = listener;
        if (to != null) {
            to.closed(this, why);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        String text = cause.getMessage();
        close(text == null ? cause.getClass().getSimpleName() : text);
    }
}
