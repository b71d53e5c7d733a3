package io.millrace.server.transport;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.LimitsConfig;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.metrics.MetricSamples;
import io.millrace.server.metrics.ServerMetrics;
import io.millrace.server.metrics.WorkerMetrics;
import io.millrace.server.security.Gate;
import io.millrace.server.security.ServerSecurity;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Serves a funnel over sockets.
 *
 * <p>Threading: any thread may ask or close; starting and stopping take their time.
 *
 * <p>Ownership: the funnel stays the caller's and must outlive the server.
 */
public final class FrameServer implements AutoCloseable {

    /** Connections that go on sending to a server that stops are closed all the same. */
    private static final long LONGEST_QUIET_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int LONGEST_CHANGE_S = 60;
    private static final int LONGEST_HOLD_S = 5;

    private final LimitsConfig limits;
    private final NetworkStack stack;
    private final MultiThreadIoEventLoopGroup loops;
    private final WorkerPool workers;
    private final StatsAnswers stats;

    /** Of changes: while one funnel follows another, both may be answering some. */
    private final WorkerMetrics[] ofChanges;

    private final IdentityHashMap<EventLoop, IoLane> lanes = new IdentityHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final FrameListeners listeners;
    private volatile ServedFunnel served;
    private int funnels;
    private boolean isClosed;
    private boolean haveWorkersEnded;

    private FrameServer(
            ServerConfig config,
            Funnel funnel,
            ServerMetrics metrics,
            ServerSecurity security,
            Supplier<MetricSamples> samples,
            String version) {
        quietLeakDetector();
        this.limits = config.limits();
        this.stack = NetworkStack.choose(config.network().transport());
        int io = config.threads().io();
        ServingThreads serving = new ServingThreads(config.threads());
        this.loops =
                new MultiThreadIoEventLoopGroup(
                        io, ioThreads(serving, metrics), stack.newHandlers());
        this.workers =
                new WorkerPool(
                        config.threads(),
                        serving,
                        limits.inFlight() + io,
                        limits.mostFeedback(),
                        metrics);
        this.stats = new StatsAnswers(samples);
        this.ofChanges = new WorkerMetrics[] {metrics.newWorker(), metrics.newWorker()};
        try {
            served = newServed(funnel);
            for (EventExecutor executor : loops) {
                EventLoop loop = (EventLoop) executor;
                lanes.put(
                        loop,
                        new IoLane(
                                loop,
                                workers,
                                stats,
                                Math.ceilDiv(limits.inFlight(), io),
                                limits.deadlineMs(),
                                served,
                                version,
                                metrics.newLane()));
            }
            this.listeners =
                    FrameListeners.bind(config, security, this::serverBootstrap, this::add);
        } catch (Throwable t) {
            stopThreads();
            throw t;
        }
    }

    /**
     * It follows one buffer in 128 and allocates for that; whoever asks for it by name keeps it.
     */
    private static void quietLeakDetector() {
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    /**
     * Starts serving.
     *
     * @param config where and how
     * @param funnel what answers
     * @param metrics told of everything
     * @param security guards the port
     * @param samples gathers what was counted, whenever it is asked for; may take its time
     * @param version of the server, to be reported
     * @return a server that listens
     * @throws MillraceException when the port is in use or the address may not be listened on
     */
    public static FrameServer start(
            ServerConfig config,
            Funnel funnel,
            ServerMetrics metrics,
            ServerSecurity security,
            Supplier<MetricSamples> samples,
            String version) {
        return new FrameServer(config, funnel, metrics, security, samples, version);
    }

    private ServedFunnel newServed(Funnel funnel) {
        WorkerMetrics metrics = ofChanges[funnels++ % ofChanges.length];
        return new ServedFunnel(funnel, limits, workers.size(), metrics);
    }

    private static ThreadFactory ioThreads(ServingThreads serving, ServerMetrics metrics) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            int next = number.getAndIncrement();
            Thread thread =
                    new FastThreadLocalThread(serving.ofIo(next, task), "millrace-io-" + next);
            metrics.allocation().add(thread);
            return thread;
        };
    }

    private ServerBootstrap serverBootstrap() {
        ServerBootstrap bootstrap = new ServerBootstrap();
        if (limits.gonePeerMs() > 0) {
            PeerProbes.after(limits.gonePeerMs()).configure(bootstrap, stack);
        }
        return bootstrap
                .group(loops)
                .channel(stack.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1_024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(limits.writeLowBytes(), limits.writeHighBytes()));
    }

    private void add(SocketChannel channel, Gate gate, boolean isEncrypted) {
        IoLane lane = Objects.requireNonNull(lanes.get(channel.eventLoop()));
        Connection connection =
                new Connection(channel, lane, limits, connections, gate, isEncrypted);
        lane.add(connection);
        channel.pipeline().addLast(connection);
    }

    /**
     * Serves another funnel from now on, without a pause: each request is answered by the funnel
     * that it was read for. Returns when the one before answers nothing any more.
     *
     * @param funnel what answers; must outlive the server or the next one
     * @return false where requests of the one before hang: after a minute they are still not
     *     answered, and it must be left as it is
     * @throws MillraceException UNAVAILABLE when the server is closed: the other funnel is not
     *     served
     */
    public synchronized boolean serve(Funnel funnel) {
        if (isClosed) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE, "the server is stopping: no other bundle is served");
        }
        ServedFunnel next = newServed(funnel);
        served = next;
        CountDownLatch idle = new CountDownLatch(lanes.size());
        lanes.values().forEach(lane -> lane.serve(next, idle::countDown));
        try {
            return idle.await(LONGEST_CHANGE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Refuses changes of what is served, and waits until those under way are made, so that they can
     * be carried over to the next funnel. Reads go on.
     *
     * @return false where the disk takes too long: nothing is refused then
     */
    public boolean holdChanges() {
        ChangeAnswers changes = served.changes();
        changes.hold();
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_HOLD_S);
        while (changes.underWay() > 0) {
            if (System.nanoTime() - endNs > 0) {
                changes.release();
                return false;
            }
            sleep();
        }
        return true;
    }

    /** Takes changes of what is served again. */
    public void releaseChanges() {
        served.changes().release();
    }

    /**
     * The frames that asked for something lately.
     *
     * @return copies, of each event loop the oldest first
     */
    public List<byte[]> recentRequests() {
        List<byte[]> frames = new ArrayList<>();
        lanes.forEach(
                (loop, lane) ->
                        frames.addAll(
                                loop.submit(() -> lane.recent().copies())
                                        .syncUninterruptibly()
                                        .getNow()));
        return frames;
    }

    /**
     * Where the server listens.
     *
     * @return the port that was bound
     */
    public int port() {
        return address().getPort();
    }

    /**
     * Where the server listens.
     *
     * @return the address that was bound, which may be that of no interface in particular
     */
    public InetSocketAddress address() {
        return listeners.address();
    }

    /**
     * Where the gateway of this process connects, without TLS.
     *
     * @return an address of loopback where connections are encrypted, else that of all
     */
    public InetSocketAddress innerAddress() {
        return listeners.innerAddress();
    }

    /**
     * How sockets are waited for.
     *
     * @return as chosen at the start
     */
    public NetworkStack stack() {
        return stack;
    }

    /**
     * How many threads answer requests.
     *
     * @return at least 1
     */
    public int workerCount() {
        return workers.size();
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        boolean ignored = stop();
    }

    /**
     * Stops accepting, answers what is in flight, refuses what still comes, and closes; does
     * nothing when closed already.
     *
     * @return false where a request hangs: after some seconds it is still not answered, and the
     *     funnel that is to answer it must be left as it is
     */
    public synchronized boolean stop() {
        if (isClosed) {
            return haveWorkersEnded;
        }
        isClosed = true;
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.drainMs());
        // In this order: whoever finds the port closed finds no request accepted any more.
        lanes.values().forEach(IoLane::beginDraining);
        listeners.close();
        while (inFlight() > 0 && System.nanoTime() - endNs < 0) {
            sleep();
        }
        long latestNs = System.nanoTime() + LONGEST_QUIET_NS;
        lanes.values().forEach(lane -> lane.closeConnections(latestNs));
        while (connections.get() > 0 && System.nanoTime() - endNs < 0) {
            sleep();
        }
        stopThreads();
        return haveWorkersEnded;
    }

    private void stopThreads() {
        haveWorkersEnded = workers.end();
        stats.end();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        lanes.values().forEach(IoLane::retire);
    }

    private long inFlight() {
        return lanes.values().stream().mapToLong(lane -> lane.metrics().inFlight().get()).sum();
    }

    private static void sleep() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE, "interrupted while stopping; wait for it", e);
        }
    }
}
