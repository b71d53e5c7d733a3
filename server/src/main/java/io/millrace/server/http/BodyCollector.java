package io.millrace.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;

import org.jspecify.annotations.Nullable;

/**
 * Makes whole requests of headers and parts of bodies. One that is too long becomes a request
 * without a body whose decoding failed, so that it is answered in its turn and by the same code as
 * any other.
 *
 * <p>Threading: the event loop.
 */
final class BodyCollector extends HttpObjectAggregator {
    private final int bodyBytes;

    BodyCollector(int bodyBytes) {
        super(bodyBytes);
        this.bodyBytes = bodyBytes;
    }

    /** Whoever asks before sending too much is refused like one who sends it. */
    @Override
    protected @Nullable Object newContinueResponse(
            HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
        return HttpUtil.getContentLength(start, 0L) > bodyBytes
                ? null
                : super.newContinueResponse(start, maxContentLength, pipeline);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        DefaultFullHttpRequest refused =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        refused.setDecoderResult(
                DecoderResult.failure(
                        new TooLongHttpContentException("body longer than " + bodyBytes)));
        context.fireChannelRead(refused);
    }
}
