package io.millrace.server.transport;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.server.config.ServerConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Addresses that may be listened on, and what to say when one can't be. */
public final class ListenAddress {
    private static final Logger LOG = LoggerFactory.getLogger(ListenAddress.class);

    private ListenAddress() {}

    /**
     * Resolves an address.
     *
     * @param config tells whether it may be other than loopback
     * @param host as configured
     * @param port as configured
     * @return the address
     * @throws MillraceException when the host is not known or may not be listened on
     */
    public static InetSocketAddress resolve(ServerConfig config, String host, int port) {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new MillraceException(
                    ErrorCode.USAGE, "no such host: host=" + host + "; give an address", e);
        }
        boolean isGuarded = config.tls().isOn() || config.network().allowRemote();
        if (!address.isLoopbackAddress() && !isGuarded) {
            throw MillraceException.usage(
                    "address is not loopback: host=%s; anyone who reaches it could ask and listen:"
                            + " name tls.certificate and tls.key, or set network.allowRemote to"
                            + " allow that",
                    host);
        }
        if (!address.isLoopbackAddress() && isOpenToAll(config)) {
            LOG.warn(
                    "whoever reaches the address may ask and change everything: host={}, port={};"
                            + " name tokens.file, or tls.clients",
                    host,
                    port);
        }
        return new InetSocketAddress(address, port);
    }

    /** TLS alone keeps out who listens, not who asks. */
    private static boolean isOpenToAll(ServerConfig config) {
        return config.tokens().file() == null && config.tls().clients() == null;
    }

    /**
     * Waits until an address is bound.
     *
     * @param bind in progress
     * @param address to bind
     * @param key of the configuration that names the port
     * @return what listens
     * @throws MillraceException when it can't be bound
     */
    public static Channel await(ChannelFuture bind, InetSocketAddress address, String key) {
        bind.awaitUninterruptibly();
        Throwable cause = bind.cause();
        if (cause != null) {
            String reason = String.valueOf(cause.getMessage());
            boolean isInUse = reason.contains("in use");
            throw new MillraceException(
                    ErrorCode.IO,
                    (isInUse ? "port is in use: " : "cannot listen: ")
                            + "address="
                            + address.getAddress().getHostAddress()
                            + ":"
                            + address.getPort()
                            + (isInUse ? "" : ", reason=" + reason)
                            + "; stop the other process or change "
                            + key,
                    cause);
        }
        // Behind what accepts, which goes on after a pause.
        bind.channel().pipeline().addLast(new AcceptFailures());
        return bind.channel();
    }
}
