package io.millrace.server.transport;

import io.millrace.core.wire.Status;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.NetworkConfig;
import io.millrace.server.security.Gate;
import io.millrace.server.security.SecurityRefusal;
import io.millrace.server.security.ServerSecurity;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The port for frames and, where connections to it are encrypted, another one on loopback for the
 * gateway of this process, who alone has the token that it takes.
 *
 * <p>Threading: any thread closes; connections are accepted on their event loops.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Of closing: closeFuture tells.
final class FrameListeners implements AutoCloseable {
    private static final byte[] PLAIN_REFUSAL =
            FrameDispatcher.refusalFrame(
                    Status.UNAUTHENTICATED,
                    "this port speaks tls 1.3; connect with tls, as by millrace query --tls-ca");

    private final ServerSecurity security;
    private final Acceptor acceptor;
    private final Channel outer;
    private final @Nullable Channel inner;

    private FrameListeners(
            ServerSecurity security,
            Acceptor acceptor,
            InetSocketAddress address,
            Supplier<ServerBootstrap> bootstraps) {
        this.security = security;
        this.acceptor = acceptor;
        this.outer = bind(bootstraps.get(), address, false);
        this.inner =
                security.isEncrypted()
                        ? bind(
                                bootstraps.get(),
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                true)
                        : null;
    }

    /**
     * Listens.
     *
     * @param bootstraps give one without a handler of connections
     * @param acceptor takes connections
     */
    static FrameListeners bind(
            ServerConfig config,
            ServerSecurity security,
            Supplier<ServerBootstrap> bootstraps,
            Acceptor acceptor) {
        NetworkConfig network = config.network();
        InetSocketAddress address = ListenAddress.resolve(config, network.host(), network.port());
        return new FrameListeners(security, acceptor, address, bootstraps);
    }

    private Channel bind(ServerBootstrap bootstrap, InetSocketAddress address, boolean isInner) {
        bootstrap.childHandler(
                new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (isInner) {
                            accept(channel, security.newInnerGate(), false);
                        } else {
                            security.encrypt(channel.pipeline(), PLAIN_REFUSAL.clone());
                            accept(channel, security.newGate(), security.isEncrypted());
                        }
                    }
                });
        return ListenAddress.await(bootstrap.bind(address), address, "network.port");
    }

    private void accept(SocketChannel channel, Gate gate, boolean isEncrypted) {
        acceptor.accept(channel, gate, isEncrypted);
        if (gate.isWaiting()) {
            channel.eventLoop()
                    .schedule(
                            () -> closeUnknown(channel, gate),
                            security.tokenWaitMs(),
                            TimeUnit.MILLISECONDS);
        }
    }

    /** Whoever has not said who he is by now takes the place of others. */
    private void closeUnknown(SocketChannel channel, Gate gate) {
        if (gate.isWaiting() && channel.isActive()) {
            security.refusals().count(SecurityRefusal.NO_TOKEN);
            channel.close();
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) outer.localAddress();
    }

    /** Where the gateway connects: the address of all where nothing is encrypted. */
    InetSocketAddress innerAddress() {
        return inner == null ? address() : (InetSocketAddress) inner.localAddress();
    }

    @Override
    public void close() {
        outer.close().awaitUninterruptibly();
        if (inner != null) {
            inner.close().awaitUninterruptibly();
        }
    }

    /** Takes a connection that was accepted. */
    @FunctionalInterface
    interface Acceptor {
        /** Adds what serves it behind what encrypts it, if that is so. */
        void accept(SocketChannel channel, Gate gate, boolean isEncrypted);
    }
}
