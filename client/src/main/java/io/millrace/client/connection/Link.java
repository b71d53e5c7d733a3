package io.millrace.client.connection;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * A place for a connection to one address: when it ends another is opened, as long as the client
 * lives. After one that was of use, or the first that was not, that is at once; after others at
 * growing intervals.
 *
 * <p>Threading: the event loop, but for looking up the address, which may take long and has a
 * virtual thread of its own.
 */
final class Link implements Connection.Listener {
    private static final Backoff REST = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

    private final Shared shared;
    private final Address address;

    private @Nullable Connection connection;
    private @Nullable MillraceException trouble;
    private State state = State.RESTING;
    private int failures;

    /** Where a link stands. */
    private enum State {
        RESTING,
        OPENING,
        OPEN,
        LEAVING,
        STOPPED
    }

    Link(Shared shared, Address address) {
        this.shared = shared;
        this.address = address;
    }

    Address address() {
        return address;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isOpening() {
        return state == State.OPENING;
    }

    /** Why there is no connection; null while nothing has gone wrong. */
    @Nullable MillraceException trouble() {
        return trouble;
    }

    /** The connection where it takes another request, else null. */
    @Nullable Connection withRoom() {
        Connection current = connection;
        return current != null
                        && state == State.OPEN
                        && current.underWay() < shared.plan.inFlightPerConnection()
                ? current
                : null;
    }

    /** Opens a connection, which may take long. */
    void open() {
        if (state != State.RESTING) {
            return;
        }
        state = State.OPENING;
        Thread.ofVirtual().name("millrace-client-lookup-0").start(this::lookUp);
    }

    private void lookUp() {
        InetSocketAddress remote = new InetSocketAddress(address.host(), address.port());
        shared.loop.execute(() -> connect(remote));
    }

    private void connect(InetSocketAddress remote) {
        if (state == State.STOPPED) {
            return;
        }
        if (remote.isUnresolved()) {
            closed(Failures.unreachable(address, "unknown host"), false);
            return;
        }
        try {
            connection = new Connection(shared, address, remote, this);
        } catch (MillraceException e) {
            closed(e, false);
        } catch (IOException e) {
            closed(Failures.unreachable(address, Failures.reason(e)), false);
        }
    }

    @Override
    public void opened() {
        state = State.OPEN;
    }

    @Override
    public void leaving(MillraceException why) {
        state = State.LEAVING;
        trouble = why;
    }

    @Override
    public void closed(MillraceException why, boolean isLost) {
        Connection ended = connection;
        connection = null;
        trouble = why;
        // Whatever waits may have to go elsewhere, and this may be the end of a turn.
        shared.loop.wakeUp();
        if (state == State.STOPPED) {
            return;
        }
        state = State.RESTING;
        failures = ended != null && ended.hasAnswered() ? 1 : failures + 1;
        if (isLost && failures == 1) {
            open();
        } else {
            long restNs = REST.delayNs(failures, shared.random);
            shared.loop.timers().schedule(System.nanoTime() + restNs, this::open);
        }
    }

    /** Writes what is to be sent. */
    void flush() {
        Connection current = connection;
        if (current != null) {
            current.flush();
        }
    }

    /** Ends the connection, on which nothing but a ping may be under way, and opens no other. */
    void stop() {
        state = State.STOPPED;
        Connection current = connection;
        if (current != null) {
            current.close(Failures.closed("ping"));
        }
    }

    /**
     * What all links of a client have in common.
     *
     * @param loop that everything happens on.
     * @param plan of the connections.
     * @param correlationIds gives the next one.
     * @param random for the length of rests.
     */
    record Shared(
            EventLoop loop,
            ConnectionPlan plan,
            LongSupplier correlationIds,
            RandomGenerator random) {}
}
