package io.millrace.server.admin;

import io.millrace.core.error.MillraceException;
import io.millrace.server.config.ServerConfig.NetworkConfig;
import io.millrace.server.transport.ListenAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Answers {@code /healthz /readyz /metrics /stats /config /rates /flight} over HTTP.
 *
 * <p>Threading: one thread of its own; any thread may close.
 */
public final class AdminServer implements AutoCloseable {
    private static final int MAX_REQUEST_BYTES = 16 << 10;
    private static final int READ_TIMEOUT_SECONDS = 60;

    private final MultiThreadIoEventLoopGroup loop;
    private final Channel listener;

    private AdminServer(NetworkConfig network, AdminSource source) {
        InetSocketAddress address =
                ListenAddress.resolve(network, network.adminHost(), network.adminPort());
        loop =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("millrace-admin"), NioIoHandler.newFactory());
        try {
            listener =
                    ListenAddress.await(
                            bootstrap(source).bind(address), address, "network.adminPort");
        } catch (Throwable t) {
            stop();
            throw t;
        }
    }

    private ServerBootstrap bootstrap(AdminSource source) {
        FlightPage flight = new FlightPage();
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(
                        new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                channel.pipeline()
                                        .addLast(new ReadTimeoutHandler(READ_TIMEOUT_SECONDS))
                                        .addLast(new HttpServerCodec())
                                        .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES))
                                        .addLast(new AdminHandler(source, flight));
                            }
                        });
    }

    /**
     * Starts answering.
     *
     * @param network where to listen
     * @param source where answers come from
     * @return a server that listens
     * @throws MillraceException when the port is in use or the address may not be listened on
     */
    public static AdminServer start(NetworkConfig network, AdminSource source) {
        return new AdminServer(network, source);
    }

    /**
     * Where the server listens.
     *
     * @return the port that was bound
     */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        stop();
    }

    private void stop() {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
