package io.millrace.loadgen;

import io.millrace.client.FakeServer;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Answers the oldest request when as many are under way as it waits for, or none has come long. */
final class HoldingServer implements AutoCloseable {
    private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(600);
    private static final int K = 10;
    private static final double NS_PER_MS = 1e6;

    private final int wanted;
    private final Deque<Held> held = new ArrayDeque<>();
    private final Set<FakeServer.Peer> peers = new HashSet<>();
    private final Thread answering = new Thread(this::answer);
    private final FakeServer server;
    private int mostHeld;
    private int answeredFull;
    private int hurried;
    private long firstNs;
    private long lastNs;
    private boolean isClosed;

    /** A request that has come; its peer may be reading the next one. */
    private record Held(FakeServer.Peer peer, long correlationId) {}

    HoldingServer(int wanted) {
        this.wanted = wanted;
        this.server = new FakeServer((peer, number) -> hold(peer));
        answering.start();
    }

    int port() {
        return server.port();
    }

    int requests() {
        return server.requests();
    }

    private synchronized void hold(FakeServer.Peer peer) {
        lastNs = System.nanoTime();
        firstNs = peers.isEmpty() ? lastNs : firstNs;
        peers.add(peer);
        held.add(new Held(peer, peer.correlationId()));
        mostHeld = Math.max(mostHeld, held.size());
        notifyAll();
    }

    private void answer() {
        try {
            while (true) {
                Held next = await();
                long[] ids = new long[K];
                for (int i = 0; i < K; i++) {
                    ids[i] = i + 1L;
                }
                next.peer().answer(next.correlationId(), Status.OK, ReasonCode.NONE, ids, 0.5f, "");
            }
        } catch (IOException | InterruptedException e) {
            // The load has ended.
        }
    }

    private synchronized Held await() throws InterruptedException {
        long patientUntilNs = System.nanoTime() + PATIENCE_NS;
        while (!isClosed) {
            long leftNs = patientUntilNs - System.nanoTime();
            boolean isFull = held.size() >= wanted;
            if (leftNs <= 0) {
                // No more will come: the others need not wait as long again.
                hurried = held.size();
            }
            if (isFull || hurried > 0) {
                answeredFull += isFull ? 1 : 0;
                hurried = Math.max(0, hurried - 1);
                return held.remove();
            }
            wait(held.isEmpty() || leftNs <= 0 ? 100 : Math.max(1, leftNs / 1_000_000));
        }
        throw new InterruptedException("closed");
    }

    /** The most requests that were under way. */
    synchronized int mostHeld() {
        return mostHeld;
    }

    /** Requests that were answered when as many were under way as wanted. */
    synchronized int answeredFull() {
        return answeredFull;
    }

    /** Connections that requests came on. */
    synchronized int connectionsUsed() {
        return peers.size();
    }

    /** From the first request to the last. */
    synchronized double spanMs() {
        return (lastNs - firstNs) / NS_PER_MS;
    }

    @Override
    public synchronized String toString() {
        return "answeredFull=" + answeredFull + ", mostHeld=" + mostHeld;
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
        server.close();
    }
}
