package io.millrace.server.transport;

import io.millrace.server.metrics.LaneMetrics;
import io.netty.channel.socket.SocketChannel;

import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose peer does not read its answers: more of them wait than may, and do not
 * become few within a time.
 *
 * <p>Threading: the connection's event loop. Allocation: a timer at most for each such time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Of closing and of the timer: nobody waits.
final class ReaderWatch {
    private final SocketChannel channel;
    private final LaneMetrics metrics;
    private final long limitNs;
    private boolean isBehind;
    private boolean isWatched;
    private long behindSinceNs;

    /**
     * The watch of a connection.
     *
     * @param limitMs the time; 0 for any
     */
    ReaderWatch(SocketChannel channel, LaneMetrics metrics, int limitMs) {
        this.channel = channel;
        this.metrics = metrics;
        limitNs = TimeUnit.MILLISECONDS.toNanos(limitMs);
    }

    /** More answers wait than may. */
    void fellBehind() {
        isBehind = true;
        behindSinceNs = System.nanoTime();
        if (limitNs > 0 && !isWatched) {
            watch(limitNs);
        }
    }

    /** Few answers wait. */
    void caughtUp() {
        isBehind = false;
    }

    /** One timer at a time, however often the peer falls behind and catches up. */
    private void watch(long delayNs) {
        isWatched = true;
        channel.eventLoop().schedule(this::look, delayNs, TimeUnit.NANOSECONDS);
    }

    private void look() {
        isWatched = false;
        if (!isBehind || !channel.isOpen()) {
            return;
        }
        long leftNs = limitNs - (System.nanoTime() - behindSinceNs);
        if (leftNs > 0) {
            watch(leftNs);
        } else {
            metrics.slowReaders().increment();
            channel.close();
        }
    }
}
