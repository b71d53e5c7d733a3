package io.millrace.server.transport;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.server.config.ServerConfig.TransportChoice;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;

import org.jspecify.annotations.Nullable;

/**
 * How sockets are waited for: the operating system's way where its native library loads, else the
 * JDK's.
 *
 * <p>Left to itself it takes epoll before io_uring: Netty's io_uring allocates for every operation,
 * epoll does not.
 */
public enum NetworkStack {
    /** Linux's epoll. */
    EPOLL("epoll", EpollServerSocketChannel.class) {
        @Override
        @Nullable Throwable unavailabilityCause() {
            return Epoll.unavailabilityCause();
        }
    },
    /** Linux's io_uring. */
    IO_URING("io_uring", IoUringServerSocketChannel.class) {
        @Override
        @Nullable Throwable unavailabilityCause() {
            return IoUring.unavailabilityCause();
        }
    },
    /** The JDK's, everywhere. */
    NIO("nio", NioServerSocketChannel.class) {
        @Override
        @Nullable Throwable unavailabilityCause() {
            return null;
        }
    };

    private final String label;
    private final Class<? extends ServerChannel> serverChannel;

    NetworkStack(String label, Class<? extends ServerChannel> serverChannel) {
        this.label = label;
        this.serverChannel = serverChannel;
    }

    abstract @Nullable Throwable unavailabilityCause();

    /**
     * Picks the stack to use.
     *
     * @param choice as configured
     * @return one that loads
     * @throws MillraceException when the one asked for does not load
     */
    public static NetworkStack choose(TransportChoice choice) {
        return switch (choice) {
            case AUTO -> {
                for (NetworkStack stack : values()) {
                    if (stack.unavailabilityCause() == null) {
                        yield stack;
                    }
                }
                yield NIO;
            }
            case EPOLL -> EPOLL.required();
            case IO_URING -> IO_URING.required();
            case NIO -> NIO;
        };
    }

    private NetworkStack required() {
        Throwable cause = unavailabilityCause();
        if (cause != null) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "transport does not load: network.transport="
                            + label
                            + ", reason="
                            + cause.getMessage()
                            + "; use auto",
                    cause);
        }
        return this;
    }

    /**
     * The name to report.
     *
     * @return as in the configuration
     */
    public String label() {
        return label;
    }

    /**
     * Makes event loops wait.
     *
     * @return a new factory
     */
    public IoHandlerFactory newHandlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /**
     * Accepts connections.
     *
     * @return the channel's class
     */
    public Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }
}
