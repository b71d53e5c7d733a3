package io.millrace.client.connection;

import io.millrace.client.connection.Timers.Timer;
import io.millrace.client.message.AnswerFrames;
import io.millrace.client.message.RequestFrames;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;

import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One connection from its opening to its end, with many requests under way that are told apart by
 * their correlation ids. Whatever brings nothing for long is asked by a ping, and ended when that
 * is not answered: a peer that is gone without a word is found, idle or not.
 *
 * <p>Threading: the event loop.
 */
final class Connection {
    /** Whom a connection tells of itself. */
    interface Listener {
        /** Requests may be sent from now on. */
        void opened();

        /** No more is to be sent: the server is going away, and answers what it has. */
        void leaving(MillraceException why);

        /**
         * It is over; comes once, before what was under way is told. One that was lost was open and
         * as it should be; another may be opened at once.
         */
        void closed(MillraceException why, boolean isLost);
    }

    private final EventLoop loop;
    private final Address address;
    private final long silenceNs;
    private final LongSupplier correlationIds;
    private final Listener listener;
    private final @Nullable String token;
    private final FramePipe pipe;
    private final Long2ObjectHashMap<UnderWay> underWay = new Long2ObjectHashMap<>();

    private Timer timer;

    /** Requests may be sent. */
    private boolean isReady;

    private boolean isClosed;
    private boolean hasAnswered;
    private boolean isPinged;
    private boolean isLeaving;
    private long heardNs;

    /** The ids sent lie between these two, both among them. */
    private long firstId;

    private long lastId = -1;

    /**
     * Begins to connect; the listener is told how it went, never before this has returned.
     *
     * @throws MillraceException USAGE when a token would be sent in the clear.
     */
    Connection(Link.Shared shared, Address address, InetSocketAddress remote, Listener listener)
            throws IOException {
        this.loop = shared.loop();
        this.address = address;
        this.silenceNs = shared.plan().silence().toNanos();
        this.correlationIds = shared.correlationIds();
        this.listener = listener;
        this.token = shared.plan().security().tokenFor(remote.getAddress());
        this.pipe = new FramePipe(shared, address, remote, this::ready);
        timer = after(shared.plan().connectTimeout().toNanos(), this::giveUpConnecting);
    }

    Address address() {
        return address;
    }

    /** Whether it was of use, so that the next may be opened at once. */
    boolean hasAnswered() {
        return hasAnswered;
    }

    int underWay() {
        return underWay.size();
    }

    /**
     * Sends a request with the end of this turn.
     *
     * @return the correlation id it is known by here.
     */
    long send(Exchange exchange, long nowNs) {
        long id = correlationIds.getAsLong();
        ByteBuffer frame = exchange.leaving(id, nowNs);
        underWay.put(id, new UnderWay(exchange, frame));
        pipe.add(frame);
        if (lastId < firstId) {
            firstId = id;
        }
        lastId = id;
        return id;
    }

    /** Forgets a request: it tells of nothing any more, and an answer to it is dropped. */
    void forget(long correlationId) {
        UnderWay forgotten = underWay.remove(correlationId);
        if (forgotten != null && !forgotten.isWritten()) {
            pipe.takeBack(forgotten.frame);
        }
        endIfLeft();
    }

    /** Lets what is under way be answered, and ends after it. */
    void leave() {
        if (!isLeaving) {
            isLeaving = true;
            listener.leaving(Failures.leaving(address));
        }
    }

    private void endIfLeft() {
        if (isLeaving && underWay.isEmpty()) {
            close(Failures.leaving(address));
        }
    }

    /** Writes what is to be sent. */
    void flush() {
        if (!pipe.isOpen() || isClosed) {
            return;
        }
        try {
            pipe.flush();
        } catch (IOException e) {
            lose(Failures.reason(e));
        }
    }

    /** Ends it for a reason that all are told who wait for an answer. */
    void close(MillraceException why) {
        end(why, false);
    }

    private void lose(String reason) {
        end(isReady ? Failures.lost(address, reason) : pipe.brokenEarly(reason), isReady);
    }

    private void end(MillraceException why, boolean isLost) {
        if (isClosed) {
            return;
        }
        isClosed = true;
        loop.timers().cancel(timer);
        pipe.close();
        listener.closed(why, isLost);
        List<UnderWay> unanswered = List.copyOf(underWay.values());
        underWay.clear();
        for (UnderWay request : unanswered) {
            request.exchange.lost(why, request.isWritten());
        }
    }

    private Timer after(long delayNs, Runnable task) {
        return loop.timers().schedule(System.nanoTime() + delayNs, task);
    }

    private void giveUpConnecting() {
        close(Failures.unreachable(address, "the connection took too long to open"));
    }

    private void ready() {
        if (isClosed) {
            return;
        }
        if (!pipe.isOpen()) {
            open();
        } else if (pipe.isReadable()) {
            read();
        }
        // Where it is writable again, the end of the turn writes.
    }

    private void open() {
        try {
            if (!pipe.open()) {
                return;
            }
        } catch (MillraceException e) {
            close(e);
            return;
        }
        if (token == null) {
            established();
        } else {
            send(
                    new Introduction(token, address, this::established, this::close),
                    System.nanoTime());
        }
        if (pipe.hasMore()) {
            read();
        }
    }

    private void established() {
        isReady = true;
        heardNs = System.nanoTime();
        loop.timers().cancel(timer);
        timer = after(silenceNs, this::watch);
        listener.opened();
    }

    private void watch() {
        long silentNs = System.nanoTime() - heardNs;
        if (silentNs < silenceNs) {
            timer = after(silenceNs - silentNs, this::watch);
        } else if (isPinged) {
            lose("silent, even when asked by a ping");
        } else {
            isPinged = true;
            send(new Ping(), System.nanoTime());
            timer = after(silenceNs, this::watch);
        }
    }

    private void read() {
        try {
            do {
                if (pipe.read() < 0) {
                    lose("closed by the server");
                    return;
                }
                heardNs = System.nanoTime();
                isPinged = false;
                takeFrames();
            } while (!isClosed && pipe.hasMore());
            endIfLeft();
        } catch (IOException e) {
            lose(Failures.reason(e));
        } catch (MillraceException e) {
            close(e);
        }
    }

    private void takeFrames() {
        for (DirectBuffer frame = pipe.next(); frame != null && !isClosed; frame = pipe.next()) {
            take(frame);
        }
    }

    private void take(DirectBuffer frame) {
        FrameVerdict verdict = FrameCheck.check(frame, 0);
        boolean isTooNew =
                verdict == FrameVerdict.UNKNOWN_VERSION || verdict == FrameVerdict.UNKNOWN_MESSAGE;
        if (verdict != FrameVerdict.SOUND && !isTooNew) {
            throw Failures.foreign(address, verdict.message());
        }
        long id = FrameLayout.correlationId(frame, 0);
        if (id == FrameLayout.NO_CORRELATION_ID && !isTooNew) {
            throw Failures.refused(address, AnswerFrames.refusalText(frame));
        }
        UnderWay request = underWay.remove(id);
        if (request == null) {
            requireAsked(id);
            return;
        }
        hasAnswered = isReady;
        if (isTooNew) {
            int template = FrameLayout.templateId(frame, 0);
            request.exchange.unreadable(
                    Failures.tooNew(address, FrameLayout.version(frame, 0), template));
        } else {
            request.exchange.answered(frame);
        }
    }

    /** An answer that nobody waits for is late, unless it is to what was never asked. */
    private void requireAsked(long id) {
        if (id < firstId || id > lastId) {
            throw Failures.foreign(address, "it answers what was not asked, correlationId=" + id);
        }
    }

    /** A request that was sent, or is about to be. */
    private record UnderWay(Exchange exchange, ByteBuffer frame) {
        boolean isWritten() {
            return frame.position() > 0;
        }
    }

    /** Asks a silent peer; that anything comes back is enough. */
    private static final class Ping implements Exchange {
        @Override
        public ByteBuffer leaving(long correlationId, long nowNs) {
            return RequestFrames.ping().leaving(correlationId, 0);
        }

        @Override
        public void answered(DirectBuffer frame) {}

        @Override
        public void unreadable(MillraceException why) {}

        @Override
        public void lost(MillraceException why, boolean isWritten) {}
    }
}
