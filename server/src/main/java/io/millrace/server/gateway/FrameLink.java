package io.millrace.server.gateway;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.WireLimits;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A connection to the port for frames like that of any client, opened when it is needed. Answers
 * are told apart by their correlation ids.
 *
 * <p>Threading: the event loop.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Of writing and closing: the end of the channel tells.
final class FrameLink {
    private final EventLoopGroup loop;
    private final byte @Nullable [] greeting;
    private final Map<Long, Waiter> waiting = new HashMap<>();
    private final ArrayDeque<byte[]> unsent = new ArrayDeque<>();
    private @Nullable Channel channel;
    private long lastId;

    /**
     * Makes a link that connects when it is needed.
     *
     * @param greeting the first frame of each connection, or null for none
     */
    FrameLink(EventLoopGroup loop, byte @Nullable [] greeting) {
        this.loop = loop;
        this.greeting = greeting;
    }

    /**
     * Sends a frame, to which a correlation id is given.
     *
     * @param address where to connect if there is no connection
     * @param frame the whole frame; belongs to the link from now on
     * @param answered told of the frame that comes back
     */
    void send(InetSocketAddress address, byte[] frame, Waiter answered) {
        long id = ++lastId;
        new UnsafeBuffer(frame)
                .putLong(FrameLayout.CORRELATION_ID_OFFSET, id, ByteOrder.LITTLE_ENDIAN);
        waiting.put(id, answered);
        Channel open = channel;
        if (open != null && open.isActive()) {
            open.writeAndFlush(Unpooled.wrappedBuffer(frame));
            return;
        }
        unsent.add(frame);
        if (open == null) {
            connect(address);
        }
    }

    private void connect(InetSocketAddress address) {
        ChannelFuture connected =
                new Bootstrap()
                        .group(loop)
                        .channel(NioSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .handler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel opened) {
                                        opened.pipeline()
                                                .addLast(newFrameDecoder())
                                                .addLast(new Answers());
                                    }
                                })
                        .connect(address);
        Channel opened = connected.channel();
        channel = opened;
        opened.closeFuture().addListener(closed -> end(opened));
    }

    private static LengthFieldBasedFrameDecoder newFrameDecoder() {
        return new LengthFieldBasedFrameDecoder(
                ByteOrder.LITTLE_ENDIAN,
                WireLimits.MAX_FRAME_BYTES,
                FrameLayout.LENGTH_OFFSET,
                FrameLayout.LENGTH_BYTES,
                0,
                0,
                true);
    }

    private void end(Channel closed) {
        if (closed.equals(channel)) {
            channel = null;
            unsent.clear();
            answerAll(null);
        }
    }

    private void answerAll(@Nullable DirectBuffer frame) {
        List<Waiter> all = List.copyOf(waiting.values());
        waiting.clear();
        all.forEach(answered -> answered.answer(frame));
    }

    private void take(DirectBuffer frame) {
        long id = FrameLayout.correlationId(frame, 0);
        if (id == FrameLayout.NO_CORRELATION_ID) {
            // Of the connection as a whole: there are too many.
            answerAll(frame);
            return;
        }
        Waiter answered = waiting.remove(id);
        if (answered != null) {
            answered.answer(frame);
        }
    }

    /** Who waits for a frame. */
    @FunctionalInterface
    interface Waiter {
        /** Takes the frame, or null where none will come any more. */
        void answer(@Nullable DirectBuffer frame);
    }

    /** What comes back. */
    private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (greeting != null) {
                context.write(Unpooled.wrappedBuffer(greeting));
            }
            for (byte[] frame = unsent.poll(); frame != null; frame = unsent.poll()) {
                context.write(Unpooled.wrappedBuffer(frame));
            }
            context.flush();
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
            take(new UnsafeBuffer(ByteBufUtil.getBytes(frame)));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
