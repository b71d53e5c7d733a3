package io.millrace.loadgen;

import io.millrace.client.MillraceClient;
import io.millrace.client.connection.ClientSecurity;
import io.millrace.core.error.MillraceException;
import io.millrace.core.thread.RealTimePriority;
import io.millrace.loadgen.plan.SendPriority;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.FastThreadLocalThread;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLEngine;

/**
 * The one thread of a load, {@code millrace-load-0}, with its connections: epoll where its native
 * library loads, else the JDK's selector.
 *
 * <p>Threading: opened and closed by the caller. Ownership: closes its connections and its thread.
 */
final class LoadLoop implements AutoCloseable {
    private static final long STOP_MS = 2_000;

    private final MultiThreadIoEventLoopGroup group;
    private final List<LoadConnection> connections = new ArrayList<>();

    private volatile boolean isRealTime;

    private LoadLoop(SendPriority priority) {
        this.group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        (ThreadFactory) task -> newThread(task, priority),
                        Epoll.isAvailable()
                                ? EpollIoHandler.newFactory()
                                : NioIoHandler.newFactory());
    }

    private Thread newThread(Runnable task, SendPriority priority) {
        return new FastThreadLocalThread(
                () -> {
                    isRealTime =
                            priority == SendPriority.REALTIME
                                    && RealTimePriority.takeForThisThread();
                    task.run();
                },
                "millrace-load-0");
    }

    /**
     * Opens connections after a ping has told that there is a server of ours, and pings on each of
     * them.
     */
    static LoadLoop connect(
            String host,
            int port,
            int count,
            int timeoutMs,
            SendPriority priority,
            ClientSecurity security) {
        Duration timeout = Duration.ofMillis(timeoutMs);
        try (MillraceClient client = MillraceClient.of(host, port, timeout, security)) {
            client.ping();
        }
        OpenFiles.require(count);
        LoadLoop loop = new LoadLoop(priority);
        try {
            Greeting greeting = new Greeting(count);
            loop.open(host, port, greeting, timeoutMs, security);
            greeting.await(timeoutMs);
            return loop;
        } catch (MillraceException e) {
            loop.close();
            throw e;
        }
    }

    private void open(
            String host, int port, Greeting greeting, int timeoutMs, ClientSecurity security) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(group)
                        .channel(
                                Epoll.isAvailable()
                                        ? EpollSocketChannel.class
                                        : NioSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs);
        for (int i = 0; i < greeting.wanted() && !greeting.isRefused(); i++) {
            LoadConnection connection = new LoadConnection(i);
            connection.listen(greeting);
            bootstrap.handler(
                    new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            SSLEngine engine = security.newEngine(host, port);
                            if (engine != null) {
                                channel.pipeline().addLast(new SslHandler(engine));
                            }
                            channel.pipeline().addLast(connection);
                        }
                    });
            ChannelFuture opened = bootstrap.connect(host, port).awaitUninterruptibly();
            if (!opened.isSuccess()) {
                Throwable cause = opened.cause();
                throw Greeting.tooMany(greeting.wanted(), i, String.valueOf(cause), cause);
            }
            connections.add(connection);
            eventLoop().execute(() -> greeting.ask(connection, security));
        }
    }

    EventLoop eventLoop() {
        return group.next();
    }

    /** Whether its thread runs before others; once it has connected. */
    boolean isRealTime() {
        return isRealTime;
    }

    List<LoadConnection> connections() {
        return connections;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, STOP_MS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * STOP_MS);
    }
}
