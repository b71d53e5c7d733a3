package io.millrace.server.security;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;

import javax.net.ssl.SSLException;

/**
 * Counts how handshakes fail and closes what failed. Nothing of it goes into the log by itself: any
 * stranger could fill it.
 *
 * <p>Threading: the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Of closing: nobody waits for it.
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HandshakeWatch.class);

    private final SecurityCounters refusals;

    HandshakeWatch(SecurityCounters refusals) {
        this.refusals = refusals;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent end && !end.isSuccess()) {
            SecurityRefusal reason = reason(end.cause());
            refusals.count(reason);
            LOG.debug(
                    "handshake failed: peer={}, reason={}",
                    context.channel().remoteAddress(),
                    reason,
                    end.cause());
            context.close();
        }
        context.fireUserEventTriggered(event);
    }

    private static SecurityRefusal reason(Throwable failure) {
        if (failure instanceof SslHandshakeTimeoutException) {
            return SecurityRefusal.HANDSHAKE_TIMEOUT;
        }
        if (failure instanceof ClosedChannelException) {
            return SecurityRefusal.HANDSHAKE_CLOSED;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException) {
                return SecurityRefusal.CLIENT_CERTIFICATE;
            }
        }
        return SecurityRefusal.HANDSHAKE;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean isOfTls =
                cause instanceof SSLException
                        || (cause instanceof DecoderException
                                && cause.getCause() instanceof SSLException);
        if (isOfTls) {
            LOG.debug("tls failed: peer={}", context.channel().remoteAddress(), cause);
            context.close();
        } else {
            context.fireExceptionCaught(cause);
        }
    }
}
