package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.server.metrics.LaneMetrics;
import io.millrace.server.request.RequestKind;
import io.netty.channel.EventLoop;

import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What one event loop owns: its connections, its slots, and the answers that come back to it.
 *
 * <p>Threading: the event loop, but for {@link #finish}, {@link #later} and {@link #isDraining}.
 * Allocation: only in the constructor.
 */
@HotPath
final class IoLane {
    private final EventLoop loop;
    private final WorkerPool workers;
    private final StatsAnswers stats;
    private final LaneMetrics metrics;
    private final int maxInFlight;
    private final int usualDeadlineMs;
    private final String version;
    private final RecentRequests recent = new RecentRequests();
    private final Set<Connection> connections = new HashSet<>();

    private final ManyToOneConcurrentArrayQueue<RequestSlot> finished;
    private final AtomicBoolean isDrainScheduled = new AtomicBoolean();
    private final Runnable drain = this::drainFinished;
    private final @Nullable Connection[] touched;
    private int touchedCount;
    private LaneFunnel funnel;

    /** What was served before, until its last request is answered. */
    private @Nullable LaneFunnel retiring;

    private volatile boolean isDraining;

    IoLane(
            EventLoop loop,
            WorkerPool workers,
            StatsAnswers stats,
            int maxInFlight,
            int usualDeadlineMs,
            ServedFunnel served,
            String version,
            LaneMetrics metrics) {
        this.loop = loop;
        this.workers = workers;
        this.stats = stats;
        this.metrics = metrics;
        this.maxInFlight = maxInFlight;
        this.usualDeadlineMs = usualDeadlineMs;
        this.version = version;
        this.funnel = new LaneFunnel(this, served, maxInFlight, version);
        this.finished = new ManyToOneConcurrentArrayQueue<>(Math.max(2, maxInFlight));
        this.touched = new Connection[maxInFlight];
    }

    LaneMetrics metrics() {
        return metrics;
    }

    FrameDispatcher dispatcher() {
        return funnel.dispatcher();
    }

    /** The time to answer in of requests that do not say it; 0 for any. */
    int usualDeadlineMs() {
        return usualDeadlineMs;
    }

    /** The frames that asked for something lately. */
    RecentRequests recent() {
        return recent;
    }

    /**
     * Serves another funnel from the next frame on; any thread may call, after the last such call
     * was told of.
     *
     * @param served the other one
     * @param whenIdle called when the last request of the one before is answered
     */
    void serve(ServedFunnel served, Runnable whenIdle) {
        LaneFunnel next = new LaneFunnel(this, served, maxInFlight, version);
        loop.execute(() -> change(next, whenIdle));
    }

    /**
     * Gives memory back when the event loop has ended; not where a request is still in flight: who
     * answers it may yet write.
     */
    void retire() {
        funnel.retire(() -> {});
    }

    private void change(LaneFunnel next, Runnable whenIdle) {
        LaneFunnel last = funnel;
        funnel = next;
        retiring = last;
        last.retire(
                () -> {
                    retiring = null;
                    whenIdle.run();
                });
    }

    void add(Connection connection) {
        connections.add(connection);
    }

    void remove(Connection connection) {
        connections.remove(connection);
    }

    /** Takes a slot for a connection, or null if all are in flight. */
    @Nullable RequestSlot acquire(Connection connection) {
        LaneFunnel last = retiring;
        if (last != null && last.inFlight() + funnel.inFlight() >= maxInFlight) {
            return null;
        }
        RequestSlot slot = funnel.acquire();
        if (slot != null) {
            slot.assign(connection);
        }
        return slot;
    }

    void release(RequestSlot slot) {
        slot.owner().release(slot);
    }

    /** Whether a request has to be refused since as many as may wait for the disk already. */
    boolean isDiskAwaited(RequestSlot slot) {
        return workers.isFullOf(slot.request());
    }

    /** Hands a request to a worker; false where none can answer it by its deadline. */
    boolean dispatch(RequestSlot slot) {
        WorkerAgent worker = workers.choose(slot.request());
        if (worker == null) {
            return false;
        }
        slot.connection().began();
        metrics.inFlight().increment();
        worker.submit(slot);
        return true;
    }

    /** A worker is done with a slot; called by that worker. */
    void finish(RequestSlot slot) {
        if (!finished.offer(slot)) {
            throw new IllegalStateException("more slots came back than there are");
        }
        if (isDrainScheduled.compareAndSet(false, true)) {
            later(drain);
        }
    }

    /** Does something on the event loop, unless it has ended; any thread may call. */
    void later(Runnable what) {
        try {
            loop.execute(what);
        } catch (RejectedExecutionException closed) {
            // With the event loop the connection that waited has ended.
            return;
        }
    }

    /** Begins to answer what needs no slot; false where too much of that waits already. */
    boolean beginStats(Connection connection, long correlationId, long fingerprint) {
        if (!stats.begin(this, connection, correlationId, fingerprint)) {
            return false;
        }
        connection.began();
        metrics.inFlight().increment();
        return true;
    }

    /** What was begun is done, null where it failed. */
    void complete(Connection connection, @Nullable ByteBuffer frame, long correlationId) {
        metrics.inFlight().add(-1);
        if (frame == null) {
            dispatcher()
                    .refuse(
                            connection,
                            RequestKind.STATS,
                            correlationId,
                            Status.INTERNAL,
                            "statistics could not be gathered; the log of the server says why");
        } else {
            metrics.outcomes().count(RequestKind.STATS, Status.OK);
        }
        connection.complete(frame);
    }

    private void drainFinished() {
        isDrainScheduled.set(false);
        for (RequestSlot slot = finished.poll(); slot != null; slot = finished.poll()) {
            Connection connection = slot.connection();
            metrics.inFlight().add(-1);
            if (connection.complete(slot)) {
                touched[touchedCount++] = connection;
            }
            release(slot);
            if (touchedCount == touched.length) {
                flushTouched();
            }
        }
        flushTouched();
    }

    private void flushTouched() {
        for (int i = 0; i < touchedCount; i++) {
            Connection connection = touched[i];
            touched[i] = null;
            if (connection != null) {
                connection.flushCompleted();
            }
        }
        touchedCount = 0;
    }

    boolean isDraining() {
        return isDraining;
    }

    /** From now on new requests are refused; any thread may call. */
    void beginDraining() {
        isDraining = true;
    }

    /** Closes all connections when what they were sent is answered; any thread may call. */
    void closeConnections(long latestNs) {
        loop.execute(() -> List.copyOf(connections).forEach(c -> c.closeWhenQuiet(latestNs)));
    }
}
