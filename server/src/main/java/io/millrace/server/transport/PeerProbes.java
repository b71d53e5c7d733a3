package io.millrace.server.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.uring.IoUringChannelOption;

import jdk.net.ExtendedSocketOptions;

import java.util.concurrent.TimeUnit;

/**
 * Has the system find out whose peer is gone without a word, as when its machine lost power or a
 * cable was pulled: who says nothing is asked whether they are there (RFC 1122, 4.2.3.6), and who
 * does not take note of answers is waited for no longer than that (RFC 5482). By itself Linux asks
 * after two hours, and sends answers again for a quarter of one.
 *
 * @param idleSeconds without a word until the peer is asked
 * @param intervalSeconds between the {@value #PROBES} times that it is asked
 */
record PeerProbes(int idleSeconds, int intervalSeconds) {
    private static final int PROBES = 3;

    /**
     * Asks so that a connection ends about twice so long after its peer was heard last.
     *
     * @param goneMs time without a word, at least 1; rounded up to seconds
     */
    static PeerProbes after(int goneMs) {
        int idle = Math.ceilDiv(goneMs, 1_000);
        return new PeerProbes(idle, Math.ceilDiv(idle, PROBES));
    }

    /** For all connections that are accepted. */
    void configure(ServerBootstrap bootstrap, NetworkStack stack) {
        bootstrap.childOption(ChannelOption.SO_KEEPALIVE, true);
        switch (stack) {
            case EPOLL ->
                    bootstrap
                            .childOption(EpollChannelOption.TCP_KEEPIDLE, idleSeconds)
                            .childOption(EpollChannelOption.TCP_KEEPINTVL, intervalSeconds)
                            .childOption(EpollChannelOption.TCP_KEEPCNT, PROBES)
                            .childOption(EpollChannelOption.TCP_USER_TIMEOUT, mostMs());
            case IO_URING ->
                    bootstrap
                            .childOption(IoUringChannelOption.TCP_KEEPIDLE, idleSeconds)
                            .childOption(IoUringChannelOption.TCP_KEEPINTVL, intervalSeconds)
                            .childOption(IoUringChannelOption.TCP_KEEPCNT, PROBES)
                            .childOption(IoUringChannelOption.TCP_USER_TIMEOUT, mostMs());
            // The JDK has no option for answers that nobody takes note of.
            case NIO ->
                    bootstrap
                            .childOption(
                                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                                    idleSeconds)
                            .childOption(
                                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                                    intervalSeconds)
                            .childOption(
                                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT),
                                    PROBES);
        }
    }

    private int mostMs() {
        return (int) TimeUnit.SECONDS.toMillis(idleSeconds + (long) PROBES * intervalSeconds);
    }
}
