package io.millrace.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.millrace.core.json.Json;
import io.millrace.ranker.feedback.EventRates;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Answers one HTTP connection. */
@SuppressWarnings("FutureReturnValueIgnored") // Of closing: nobody waits for it.
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String BYTES = "application/octet-stream";
    private static final double MS_PER_SECOND = 1e3;
    private static final double NS_PER_MS = 1e6;

    private final AdminSource source;
    private final FlightPage flight;

    AdminHandler(AdminSource source, FlightPage flight) {
        this.source = source;
        this.flight = flight;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (isFlight(request)) {
            record(context, new QueryStringDecoder(request.uri()));
            return;
        }
        FullHttpResponse response = respond(request);
        boolean keepAlive = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, keepAlive);
        if (HttpMethod.HEAD.equals(request.method())) {
            response.content().clear();
        }
        ChannelFuture written = context.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static boolean isFlight(FullHttpRequest request) {
        return request.decoderResult().isSuccess()
                && HttpMethod.GET.equals(request.method())
                && new QueryStringDecoder(request.uri()).path().equals("/flight");
    }

    /** Answers when the recording is over; nothing else is answered on the connection. */
    private void record(ChannelHandlerContext context, QueryStringDecoder uri) {
        double seconds = number(uri, "seconds", 10);
        double slowMs = number(uri, "slow_ms", 10);
        if (!(seconds > 0 && seconds <= FlightPage.MOST_SECONDS && slowMs >= 0)) {
            close(
                    context,
                    response(
                            HttpResponseStatus.BAD_REQUEST,
                            TEXT,
                            "say how long, up to an hour, and which requests are slow:"
                                    + " /flight?seconds=10&slow_ms=5\n"));
            return;
        }
        if (context.pipeline().get(ReadTimeoutHandler.class) != null) {
            context.pipeline().remove(ReadTimeoutHandler.class);
        }
        boolean isBegun =
                flight.record(
                        Duration.ofMillis(Math.round(seconds * MS_PER_SECOND)),
                        Duration.ofNanos(Math.round(slowMs * NS_PER_MS)),
                        bytes -> close(context, response(HttpResponseStatus.OK, BYTES, bytes)),
                        failure -> {
                            LOG.error("flight recording failed", failure);
                            close(context, internalError());
                        });
        if (!isBegun) {
            close(
                    context,
                    response(
                            HttpResponseStatus.CONFLICT,
                            TEXT,
                            "there is a recording already; wait for its end\n"));
        }
    }

    private static double number(QueryStringDecoder uri, String name, double otherwise) {
        List<String> given = uri.parameters().get(name);
        try {
            return given == null ? otherwise : Double.parseDouble(String.join(",", given));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static void close(ChannelHandlerContext context, FullHttpResponse response) {
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, false);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private FullHttpResponse respond(FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            return response(HttpResponseStatus.BAD_REQUEST, TEXT, "not an http request\n");
        }
        boolean isRead =
                HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
        if (!isRead) {
            return response(HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, "only GET is answered\n");
        }
        try {
            return get(new QueryStringDecoder(request.uri()));
        } catch (RuntimeException | JsonProcessingException e) {
            LOG.error("admin request failed: uri={}", request.uri(), e);
            return internalError();
        }
    }

    private static FullHttpResponse internalError() {
        return response(
                HttpResponseStatus.INTERNAL_SERVER_ERROR, TEXT, "internal error; see the log\n");
    }

    private FullHttpResponse get(QueryStringDecoder uri) throws JsonProcessingException {
        return switch (uri.path()) {
            case "/healthz" -> response(HttpResponseStatus.OK, TEXT, "ok\n");
            case "/readyz" -> {
                Readiness readiness = source.readiness();
                yield response(
                        readiness == Readiness.READY
                                ? HttpResponseStatus.OK
                                : HttpResponseStatus.SERVICE_UNAVAILABLE,
                        TEXT,
                        readiness.label() + "\n");
            }
            case "/metrics" ->
                    response(
                            HttpResponseStatus.OK,
                            PrometheusText.CONTENT_TYPE,
                            PrometheusText.of(source.statistics(), source.gauges()));
            case "/stats" ->
                    json(
                            StatisticsJson.of(
                                    source,
                                    uri.parameters()
                                            .getOrDefault("histograms", List.of())
                                            .contains("1")));
            case "/config" -> json(source.config());
            case "/rates" -> rates(uri.parameters().getOrDefault("item", List.of()));
            default ->
                    response(
                            HttpResponseStatus.NOT_FOUND,
                            TEXT,
                            "no such page: there are /healthz /readyz /metrics /stats /config"
                                    + " /rates /flight\n");
        };
    }

    private FullHttpResponse rates(List<String> items) throws JsonProcessingException {
        long itemId;
        try {
            itemId = Long.parseLong(String.join(",", items));
        } catch (NumberFormatException e) {
            return response(
                    HttpResponseStatus.BAD_REQUEST, TEXT, "name one item: /rates?item=777\n");
        }
        List<EventRates> rates = source.rates(itemId);
        return rates.isEmpty()
                ? response(
                        HttpResponseStatus.NOT_FOUND, TEXT, "no such item: item=" + itemId + "\n")
                : json(rates);
    }

    private static FullHttpResponse json(Object value) throws JsonProcessingException {
        return response(
                HttpResponseStatus.OK, JSON, Json.mapper().writeValueAsString(value) + "\n");
    }

    private static FullHttpResponse response(
            HttpResponseStatus status, String contentType, String body) {
        return response(status, contentType, body.getBytes(UTF_8));
    }

    private static FullHttpResponse response(
            HttpResponseStatus status, String contentType, byte[] body) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.debug("admin connection closed: peer={}", context.channel().remoteAddress(), cause);
        }
        context.close();
    }
}
