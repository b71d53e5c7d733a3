package io.millrace.server.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Says in one line, and not again for a while, that the system gives no more connections, as when
 * too many files are open. Accepting them is tried again each second; those that are open go on.
 *
 * <p>Threading: the event loop of the port.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(60);

    private boolean hasSaid;
    private long saidNs;

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            context.fireExceptionCaught(cause);
            return;
        }
        long nowNs = System.nanoTime();
        if (!hasSaid || nowNs - saidNs > SILENCE_NS) {
            hasSaid = true;
            saidNs = nowNs;
            LOG.warn(
                    "no more connections are accepted for now: address={}, reason={}; raise"
                            + " ulimit -n, or lower limits.connections",
                    context.channel().localAddress(),
                    cause.getMessage());
        }
    }
}
