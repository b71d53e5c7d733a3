package io.millrace.server;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.HiccupMeter;
import io.millrace.core.metrics.ProcessMeter;
import io.millrace.core.metrics.ProcessUsage;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.server.admin.AdminSource;
import io.millrace.server.admin.BundleStatus;
import io.millrace.server.admin.Readiness;
import io.millrace.server.admin.SnapshotStatus;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.gateway.FrameDoor;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.metrics.RefusalCounters;
import io.millrace.server.metrics.ServerMetrics;
import io.millrace.server.metrics.ServerStatistics;
import io.millrace.server.security.ServerSecurity;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What a server is like now; there from before the bundle is opened, so that the admin port can
 * tell.
 *
 * <p>Threading: any thread.
 */
final class ServerCondition implements AdminSource, AutoCloseable {
    private static final double US_PER_SECOND = 1e6;
    private static final long HICCUP_INTERVAL_MS = 1_000;

    /** Whoever reads the funnel holds it open. */
    private final ReentrantReadWriteLock held = new ReentrantReadWriteLock();

    private final ServerMetrics metrics = new ServerMetrics();
    private final ProcessMeter process = new ProcessMeter();
    private final ServerSecurity security;
    private final HiccupMeter hiccups;
    private volatile ServerConfig config;
    private volatile @Nullable BundleSwap swap;
    private volatile Readiness readiness = Readiness.STARTING;
    private volatile @Nullable Scrubber scrubber;

    /** Of the bundle that was found damaged last. */
    private volatile @Nullable Long damaged;

    private volatile @Nullable Funnel funnel;
    private volatile @Nullable FrameDoor frames;
    private volatile long idleAllocatedBytes;
    private volatile long idleAnswered;

    ServerCondition(ServerConfig config) {
        this.config = config;
        this.security = ServerSecurity.open(config);
        this.hiccups =
                config.hiccupLog() == null
                        ? HiccupMeter.start()
                        : HiccupMeter.start(Path.of(config.hiccupLog()), HICCUP_INTERVAL_MS);
    }

    ServerMetrics metrics() {
        return metrics;
    }

    void ready(Funnel served, InetSocketAddress address) {
        funnel = served;
        frames = FrameDoor.of(address, served.catalogue());
        idleAllocatedBytes = metrics.allocation().bytes();
        idleAnswered = metrics.answered();
        readiness = Readiness.READY;
    }

    /** Bundles may be changed from now on. */
    void changing(BundleSwap bundles) {
        swap = bundles;
    }

    /** Another bundle is served; returns when nobody looks at the one before any more. */
    void serving(Funnel next, ServerConfig ofNext) {
        held.writeLock().lock();
        try {
            funnel = next;
            config = ofNext;
            // It was checked when it was opened, the same one, too.
            damaged = null;
            FrameDoor door = frames;
            frames = door == null ? null : FrameDoor.of(door.address(), next.catalogue());
        } finally {
            held.writeLock().unlock();
        }
    }

    /** The bundle's files are looked at from now on. */
    void scrubbing(@Nullable Scrubber begun) {
        scrubber = begun;
    }

    /** A file of a bundle is not as it was built; nobody should be sent here until another is. */
    void damaged(long fingerprint) {
        damaged = fingerprint;
    }

    void stopping() {
        // First: whoever reads that the server stops is refused by the gateway, too.
        frames = null;
        readiness = Readiness.STOPPING;
        funnel = null;
    }

    /** Heap bytes allocated by serving threads since the server was ready, for each answer. */
    double allocatedBytesPerRequest() {
        long answered = metrics.answered() - idleAnswered;
        return answered == 0
                ? 0
                : (metrics.allocation().bytes() - idleAllocatedBytes) / (double) answered;
    }

    @Override
    public Readiness readiness() {
        Funnel served = funnel;
        Long bad = damaged;
        boolean isDamaged =
                bad != null && served != null && served.catalogue().fingerprint() == bad;
        return readiness == Readiness.READY && isDamaged ? Readiness.DAMAGED : readiness;
    }

    @Override
    public ServerStatistics statistics() {
        return metrics.snapshot();
    }

    @Override
    public ProcessUsage usage() {
        return process.read();
    }

    @Override
    public RefusalCounters httpRefusals() {
        return metrics.httpRefusals();
    }

    @Override
    public ServerSecurity security() {
        return security;
    }

    @Override
    public Histogram hiccups() {
        return hiccups.histogram();
    }

    @Override
    public ServerConfig config() {
        return config;
    }

    @Override
    public @Nullable FrameDoor frames() {
        return frames;
    }

    @Override
    public List<EventRates> rates(long itemId) {
        held.readLock().lock();
        try {
            Funnel served = funnel;
            return served == null ? List.of() : served.rates(itemId);
        } finally {
            held.readLock().unlock();
        }
    }

    @Override
    public BundleStatus bundle() {
        return requireSwap().status();
    }

    @Override
    public void beginSwap(Path directory) {
        requireSwap().beginSwap(directory);
    }

    @Override
    public void beginRollback() {
        requireSwap().beginRollback();
    }

    @Override
    public SnapshotStatus snapshot() {
        return requireSwap().snapshots().status();
    }

    @Override
    public void beginSnapshot(String name) {
        requireSwap().snapshots().begin(name);
    }

    @Override
    public void beginRestore(String name) {
        requireSwap().beginRestore(name);
    }

    private BundleSwap requireSwap() {
        BundleSwap bundles = swap;
        if (bundles == null) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE, "no bundle is served yet: ask again when it is ready");
        }
        return bundles;
    }

    @Override
    public List<Gauge> gauges() {
        List<Gauge> gauges = new ArrayList<>();
        gauges.add(
                Gauge.of(
                        "ready",
                        "1 when to send requests.",
                        readiness() == Readiness.READY ? 1 : 0));
        gauges.add(
                Gauge.of(
                        "allocated_bytes_per_request",
                        "Heap bytes allocated by serving threads for each request since ready.",
                        allocatedBytesPerRequest()));
        gauges.add(
                Gauge.of(
                        "in_flight_limit",
                        "The most that may be in flight: limits.inFlight.",
                        config.limits().inFlight()));
        gauges.add(
                Gauge.of(
                        "connections_limit",
                        "The most that may be open: limits.connections.",
                        config.limits().connections()));
        gauges.addAll(ProcessGauges.of(usage()));
        gauges.addAll(security.gauges());
        gauges.add(
                Gauge.of(
                        "hiccup_max_seconds",
                        "The longest stall of machine or virtual machine so far.",
                        hiccups.maxUs() / US_PER_SECOND));
        gauges.add(
                Gauge.of(
                        "hiccup_log_broken",
                        "1 when the log of hiccups could not be written whole.",
                        hiccups.isLogBroken() ? 1 : 0));
        held.readLock().lock();
        try {
            addFunnelGauges(gauges);
        } finally {
            held.readLock().unlock();
        }
        return gauges;
    }

    private void addFunnelGauges(List<Gauge> gauges) {
        Funnel served = funnel;
        if (served != null) {
            gauges.add(
                    new Gauge(
                            "bundle_info",
                            "fingerprint=\""
                                    + Long.toHexString(served.catalogue().fingerprint())
                                    + "\"",
                            "The bundle served.",
                            1));
            gauges.add(Gauge.of("items", "Items served.", (double) served.catalogue().items()));
            gauges.add(Gauge.of("users", "Users known.", (double) served.catalogue().users()));
            gauges.addAll(served.gauges());
        }
        BundleSwap bundles = swap;
        if (bundles != null) {
            BundleStatus status = bundles.status();
            gauges.add(
                    Gauge.of(
                            "bundle_swaps_total",
                            "Times that another bundle was served since the start.",
                            (double) status.swaps()));
            gauges.add(
                    Gauge.of(
                            "bundle_swap_seconds",
                            "From the last wish for another bundle until it was served.",
                            status.lastSeconds()));
            gauges.addAll(bundles.snapshots().gauges());
        }
        Scrubber looking = scrubber;
        if (looking != null) {
            gauges.addAll(looking.gauges());
        }
    }

    @Override
    public void close() {
        hiccups.close();
        security.close();
    }
}
