package io.millrace.server.http;

import io.millrace.server.security.tokens.Permission;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * One peer: takes one request at a time and reads no further before its answer is written, so that
 * answers come in order and a peer holds no more than one request and one answer.
 *
 * <p>Threading: the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Of closing: nobody waits for it.
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    private static final int LINGER_MS = 1_000;

    private final SocketChannel channel;
    private final HttpServer server;
    private final RequestClock clock;
    private final BearerGate gate;
    private boolean isBusy;
    private boolean isHead;
    private boolean isLast;
    private boolean isEnding;

    HttpConnection(SocketChannel channel, HttpServer server, RequestClock clock) {
        this.channel = channel;
        this.server = server;
        this.clock = clock;
        this.gate = new BearerGate(server.security().newGate());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        boolean isAdmitted = server.admit(this);
        channel.closeFuture()
                .addListener(
                        closed -> {
                            clock.stop();
                            server.remove(this, isAdmitted);
                        });
        if (isAdmitted) {
            clock.start(this::giveUpWaiting);
        } else {
            begin(false, true);
            reply(
                    HttpAnswer.error(
                                    503,
                                    "OVERLOADED",
                                    "too many connections; close some or raise admin.connections")
                            .with("retry-after", "1"));
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (isEnding || isBusy) {
            // Only what comes behind the last request, which is not answered.
            return;
        }
        boolean isSound = request.decoderResult().isSuccess();
        begin(
                HttpMethod.HEAD.equals(request.method()),
                isLast || !isSound || !HttpUtil.isKeepAlive(request));
        if (isSound) {
            take(request);
        } else {
            reply(refusal(request.decoderResult().cause()));
        }
    }

    private void begin(boolean isHead, boolean isLast) {
        isBusy = true;
        this.isHead = isHead;
        this.isLast = isLast;
        clock.stop();
        channel.config().setAutoRead(false);
    }

    private void take(FullHttpRequest request) {
        HttpCall call;
        try {
            QueryStringDecoder uri = new QueryStringDecoder(request.uri());
            call =
                    new HttpCall(
                            request.method().name(),
                            uri.path(),
                            uri.parameters(),
                            request.headers().get(HttpHeaderNames.HOST),
                            request.headers().get(HttpHeaderNames.CONTENT_TYPE),
                            ByteBufUtil.getBytes(request.content()),
                            System.nanoTime());
        } catch (IllegalArgumentException e) {
            reply(
                    HttpAnswer.error(
                            400, "BAD_REQUEST", "not a path: escape % as %25; correct the path"));
            return;
        }
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        server.routes().answer(call, needed -> refusal(needed, authorization), this::reply);
    }

    private @Nullable HttpAnswer refusal(Permission needed, @Nullable String authorization) {
        HttpAnswer refusal = gate.refusal(needed, authorization);
        isLast |= gate.isExhausted();
        return refusal;
    }

    private static HttpAnswer refusal(Throwable cause) {
        return switch (cause) {
            case TooLongHttpContentException body ->
                    HttpAnswer.error(
                            413, "TOO_LARGE", body.getMessage() + " bytes; send less at once");
            case TooLongHttpLineException line ->
                    HttpAnswer.error(414, "TOO_LARGE", "request line too long; shorten the path");
            case TooLongHttpHeaderException header ->
                    HttpAnswer.error(431, "TOO_LARGE", "headers too long; send fewer");
            default -> HttpAnswer.error(400, "BAD_REQUEST", "not an http request; correct it");
        };
    }

    private void reply(HttpAnswer answer) {
        String reason = answer.refusal();
        if (reason != null) {
            server.refusals().count(reason);
        }
        if (!channel.isActive()) {
            return;
        }
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(answer.status()),
                        Unpooled.wrappedBuffer(answer.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        answer.headers().forEach((name, value) -> response.headers().set(name, value));
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, !isLast);
        if (isHead) {
            response.content().clear();
        }
        clock.start(channel::close);
        channel.writeAndFlush(response).addListener(this::written);
    }

    private void written(Future<? super Void> written) {
        clock.stop();
        if (!written.isSuccess()) {
            channel.close();
        } else if (isLast) {
            end();
        } else {
            // Not at once: a peer that has sent many requests must not make the stack deep.
            channel.eventLoop().execute(this::awaitNext);
        }
    }

    private void awaitNext() {
        isBusy = false;
        if (isLast) {
            end();
            return;
        }
        clock.start(this::giveUpWaiting);
        channel.config().setAutoRead(true);
    }

    private void giveUpWaiting() {
        if (clock.hasBytes()) {
            begin(false, true);
            reply(
                    HttpAnswer.error(
                            408, "REQUEST_TIMEOUT", "request not whole in time; send it faster"));
        } else {
            channel.close();
        }
    }

    /**
     * Closes the connection when its answer has been written; what still comes is thrown away for a
     * while, since closing with unread bytes would reset the connection and lose the answer.
     */
    private void end() {
        isEnding = true;
        if (channel.isInputShutdown()) {
            channel.close();
            return;
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            // TLS says itself first that nothing more will come.
            tls.closeOutbound().addListener(told -> channel.shutdownOutput());
        }
        channel.config().setAutoRead(true);
        channel.eventLoop().schedule(() -> channel.close(), LINGER_MS, TimeUnit.MILLISECONDS);
    }

    /** Takes no further request, and tells of the end. */
    ChannelFuture drain() {
        isLast = true;
        if (!isBusy && !isEnding) {
            channel.close();
        }
        return channel.closeFuture();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && (!isBusy || isEnding)) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.debug("http connection closed: peer={}", channel.remoteAddress(), cause);
        }
        channel.close();
    }
}
