package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.metrics.LaneMetrics;
import io.millrace.server.request.RequestLimits;
import io.netty.channel.EventLoop;

import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What one event loop owns: its connections, its slots, and the answers that come back to it.
 *
 * <p>Threading: the event loop, but for {@link #finish} and {@link #isDraining}. Allocation: only
 * in the constructor.
 */
@HotPath
final class IoLane {
    private final EventLoop loop;
    private final WorkerPool workers;
    private final LaneMetrics metrics;
    private final SlotPool slots;
    private final FrameDispatcher dispatcher;
    private final Set<Connection> connections = new HashSet<>();

    private final ManyToOneConcurrentArrayQueue<RequestSlot> finished;
    private final AtomicBoolean isDrainScheduled = new AtomicBoolean();
    private final Runnable drain = this::drainFinished;
    private final @Nullable Connection[] touched;
    private int touchedCount;
    private volatile boolean isDraining;

    IoLane(
            EventLoop loop,
            WorkerPool workers,
            int maxInFlight,
            RequestLimits limits,
            Catalogue catalogue,
            String version,
            LaneMetrics metrics) {
        this.loop = loop;
        this.workers = workers;
        this.metrics = metrics;
        this.slots = new SlotPool(this, maxInFlight, limits);
        this.dispatcher = new FrameDispatcher(this, limits, catalogue, version);
        this.finished = new ManyToOneConcurrentArrayQueue<>(Math.max(2, maxInFlight));
        this.touched = new Connection[maxInFlight];
    }

    LaneMetrics metrics() {
        return metrics;
    }

    FrameDispatcher dispatcher() {
        return dispatcher;
    }

    void add(Connection connection) {
        connections.add(connection);
    }

    void remove(Connection connection) {
        connections.remove(connection);
    }

    /** Takes a slot for a connection, or null if all are in flight. */
    @Nullable RequestSlot acquire(Connection connection) {
        RequestSlot slot = slots.acquire();
        if (slot != null) {
            slot.assign(connection);
        }
        return slot;
    }

    void release(RequestSlot slot) {
        slots.release(slot);
    }

    void dispatch(RequestSlot slot) {
        metrics.inFlight().increment();
        workers.dispatch(slot);
    }

    /** A worker is done with a slot; called by that worker. */
    void finish(RequestSlot slot) {
        if (!finished.offer(slot)) {
            throw new IllegalStateException("more slots came back than there are");
        }
        if (isDrainScheduled.compareAndSet(false, true)) {
            try {
                loop.execute(drain);
            } catch (RejectedExecutionException closed) {
                // The event loop has ended, and with it the connection that waited.
                return;
            }
        }
    }

    private void drainFinished() {
        isDrainScheduled.set(false);
        for (RequestSlot slot = finished.poll(); slot != null; slot = finished.poll()) {
            Connection connection = slot.connection();
            metrics.inFlight().add(-1);
            if (connection.complete(slot)) {
                touched[touchedCount++] = connection;
            }
            slots.release(slot);
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

    /** Closes all connections when their answers are written; any thread may call. */
    void closeConnections(int lingerMs) {
        loop.execute(() -> List.copyOf(connections).forEach(c -> c.closeAfterAnswers(lingerMs)));
    }
}
