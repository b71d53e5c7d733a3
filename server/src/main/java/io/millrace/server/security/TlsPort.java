package io.millrace.server.security;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the first two bytes of a connection: TLS goes on, anything else is told in the clear
 * that this port speaks TLS, and closed. Without it a plain client would wait for nothing.
 *
 * <p>Threading: the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Of closing: nobody waits for it.
final class TlsPort extends ByteToMessageDecoder {
    private static final byte HANDSHAKE = 22;
    private static final byte MAJOR_VERSION = 3;
    private static final int LINGER_MS = 500;

    private final byte[] plainAnswer;
    private final SecurityCounters refusals;
    private boolean isRefused;

    /** Answers plain bytes with others. */
    TlsPort(byte[] plainAnswer, SecurityCounters refusals) {
        this.plainAnswer = plainAnswer;
        this.refusals = refusals;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (isRefused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        boolean isHandshake = in.getByte(in.readerIndex()) == HANDSHAKE;
        if (isHandshake && in.readableBytes() < 2) {
            return;
        }
        if (isHandshake && in.getByte(in.readerIndex() + 1) == MAJOR_VERSION) {
            // What was read goes on to the next handler.
            context.pipeline().remove(this);
            return;
        }
        in.skipBytes(in.readableBytes());
        refuse(context);
    }

    private void refuse(ChannelHandlerContext context) {
        isRefused = true;
        refusals.count(SecurityRefusal.PLAIN);
        SocketChannel channel = (SocketChannel) context.channel();
        // From here on towards the socket: what encrypts stands behind.
        context.writeAndFlush(Unpooled.wrappedBuffer(plainAnswer))
                .addListener(written -> channel.shutdownOutput());
        channel.eventLoop().schedule(() -> context.close(), LINGER_MS, TimeUnit.MILLISECONDS);
    }
}
