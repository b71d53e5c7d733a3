package io.millrace.server.http;

import io.millrace.core.error.MillraceException;
import io.millrace.server.metrics.RefusalCounters;
import io.millrace.server.security.ServerSecurity;
import io.millrace.server.transport.ListenAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Answers routes over HTTP/1.1.
 *
 * <p>Threading: one thread of its own; any thread may close.
 */
public final class HttpServer implements AutoCloseable {
    private static final int READ_BYTES = 16 << 10;

    /** As many of the shortest requests as one read can bring; no more is read meanwhile. */
    private static final int MOST_PIPELINED = READ_BYTES / 16;

    private static final byte[] PLAIN_REFUSAL =
            """
            HTTP/1.1 400 Bad Request\r
            content-type: text/plain\r
            connection: close\r
            \r
            this port speaks tls 1.3; ask by https://
            """
                    .getBytes(StandardCharsets.US_ASCII);

    private final HttpLimits limits;
    private final ServerSecurity security;
    private final RefusalCounters refusals;
    private final MultiThreadIoEventLoopGroup loop;
    private final RouteTable routes;
    private final Set<HttpConnection> connections = new HashSet<>();
    private final Channel listener;
    private int admitted;

    private HttpServer(
            HttpPlace place,
            HttpLimits limits,
            RefusalCounters refusals,
            Function<EventLoopGroup, List<Route>> routes) {
        this.limits = limits;
        this.security = place.security();
        this.refusals = refusals;
        this.loop =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory(place.threadName()), NioIoHandler.newFactory());
        try {
            this.routes = new RouteTable(routes.apply(loop));
            this.listener =
                    ListenAddress.await(
                            bootstrap().bind(place.address()), place.address(), place.portKey());
        } catch (Throwable t) {
            stop();
            throw t;
        }
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // Who has said all may still listen.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(
                        new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                accept(channel);
                            }
                        });
    }

    private void accept(SocketChannel channel) {
        RequestClock clock = new RequestClock(channel.eventLoop(), limits.waitMs());
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(READ_BYTES));
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(clock);
        security.encrypt(pipeline, PLAIN_REFUSAL.clone());
        pipeline.addLast(new HttpServerCodec(new HttpDecoderConfig(), MOST_PIPELINED))
                // Holds back what was decoded behind a request that is being answered.
                .addLast(new FlowControlHandler())
                .addLast(new BodyCollector(limits.bodyBytes()))
                .addLast(new HttpConnection(channel, this, clock));
    }

    /**
     * Starts answering.
     *
     * @param place where to listen
     * @param limits how much it takes
     * @param refusals told of requests that are not answered with what they asked for
     * @param routes made on the thread that starts; they run on the one event loop given
     * @return a server that listens
     * @throws MillraceException when the port is in use
     */
    public static HttpServer start(
            HttpPlace place,
            HttpLimits limits,
            RefusalCounters refusals,
            Function<EventLoopGroup, List<Route>> routes) {
        return new HttpServer(place, limits, refusals, routes);
    }

    ServerSecurity security() {
        return security;
    }

    RouteTable routes() {
        return routes;
    }

    RefusalCounters refusals() {
        return refusals;
    }

    /** Takes a connection that has opened; false where it is one too many. */
    boolean admit(HttpConnection connection) {
        connections.add(connection);
        if (admitted >= limits.connections()) {
            return false;
        }
        admitted++;
        return true;
    }

    void remove(HttpConnection connection, boolean isAdmitted) {
        connections.remove(connection);
        if (isAdmitted) {
            admitted--;
        }
    }

    /**
     * Where the server listens.
     *
     * @return the port that was bound
     */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Stops accepting, gives the answers that are under way, and closes. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.drainMs());
        List<ChannelFuture> ends = loop.submit(this::drain).syncUninterruptibly().getNow();
        for (ChannelFuture end : ends) {
            end.awaitUninterruptibly(
                    Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime())));
        }
        stop();
    }

    private List<ChannelFuture> drain() {
        // A copy: those without an answer under way are gone at once.
        return List.copyOf(connections).stream().map(HttpConnection::drain).toList();
    }

    private void stop() {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
