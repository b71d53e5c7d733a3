package io.millrace.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/**
 * Gives a peer its time: for a request from its first byte, or that of the wait before it, to its
 * last; and for reading an answer. Single bytes now and then win no more of it.
 *
 * <p>Threading: the event loop.
 */
final class RequestClock extends ChannelInboundHandlerAdapter {
    private final EventExecutor loop;
    private final long limitMs;
    private @Nullable Future<?> timer;
    private boolean hasBytes;

    RequestClock(EventExecutor loop, long limitMs) {
        this.loop = loop;
        this.limitMs = limitMs;
    }

    /** Begins anew. */
    void start(Runnable late) {
        stop();
        hasBytes = false;
        timer = loop.schedule(late, limitMs, TimeUnit.MILLISECONDS);
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** Whether anything came since the start. */
    boolean hasBytes() {
        return hasBytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        hasBytes = true;
        context.fireChannelRead(message);
    }
}
