package io.millrace.server.log;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.log.LogLimits;
import io.millrace.core.log.LogPlan;
import io.millrace.core.log.RollingLog;
import io.millrace.core.thread.LowPriority;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.server.config.LogConfig;
import io.millrace.server.metrics.Counter;
import io.millrace.server.metrics.Gauge;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries impressions and feedback from the workers' rings to files. Where the system refuses to
 * take them, as when the disk is full, the log says so once and ends; the server goes on.
 *
 * <p>Threading: any thread; one of its own writes. Allocation: none per impression.
 */
public final class ImpressionLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImpressionLog.class);

    /** What comes within this time goes to the system at once. */
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long CLOSE_TIMEOUT_MS = 5_000;
    private static final long SAMPLE_SEED = 0x10C;

    private final LogConfig config;
    private final LogPlan files;
    private final InstantSource clock;
    private final List<ImpressionRing> rings = new CopyOnWriteArrayList<>();
    private final Counter written = new Counter();
    private final Counter bytes = new Counter();
    private final Thread thread;
    private volatile boolean isClosing;
    private volatile boolean hasStopped;

    private ImpressionLog(LogConfig config, ImpressionPlan plan, InstantSource clock) {
        this.config = config;
        this.files =
                new LogPlan(
                        Path.of(Objects.requireNonNull(config.folder(), "log.folder")),
                        ImpressionDescription.KIND,
                        plan.description().toJson(),
                        new LogLimits(
                                plan.maxRecordBytes(),
                                config.fileBytes(),
                                TimeUnit.SECONDS.toMillis(config.fileSeconds()),
                                config.totalBytes()));
        this.clock = clock;
        this.thread = new Thread(this::run, "millrace-log-0");
    }

    /**
     * Starts a log.
     *
     * @param config where to, which must be said, and how much.
     * @param plan what the impressions are like.
     * @param clock tells the age of files.
     * @return the log.
     * @throws MillraceException USAGE when a ring is too small for the longest impression.
     */
    public static ImpressionLog start(LogConfig config, ImpressionPlan plan, InstantSource clock) {
        int limit = config.bufferBytes() / ImpressionRing.RECORDS_AT_LEAST;
        if (plan.maxRecordBytes() > limit) {
            throw MillraceException.usage(
                    "impressions may be too long for the log's buffer: bytes=%d, limit=%d; raise"
                            + " log.bufferBytes, or lower limits.k, limits.excluded,"
                            + " limits.candidates or limits.events",
                    plan.maxRecordBytes(), limit);
        }
        ImpressionLog log = new ImpressionLog(config, plan, clock);
        log.thread.setDaemon(true);
        LowPriority.start(log.thread);
        return log;
    }

    /**
     * A way into the log for one more worker.
     *
     * @return belongs to the thread that uses it.
     */
    public ImpressionSink newSink() {
        ImpressionRing ring =
                new ImpressionRing(
                        config.bufferBytes(), config.share(), SAMPLE_SEED + rings.size());
        rings.add(ring);
        return ring;
    }

    private void run() {
        try (RollingLog log = RollingLog.open(files, clock)) {
            carry(log);
        } catch (MillraceException e) {
            stop(e.getMessage());
        } catch (Throwable t) { // Whatever ends the log must not do so in silence.
            LOG.error("log of impressions failed", t);
            stop("a defect: " + t);
        }
    }

    private void carry(RollingLog log) {
        MessageHandler handler =
                (int type, MutableDirectBuffer buffer, int index, int length) ->
                        log.append(buffer, index, length);
        boolean isLast;
        do {
            // Read before the rings are: what was committed before closing is carried still.
            isLast = isClosing;
            try {
                for (ImpressionRing ring : rings) {
                    ring.drain(handler);
                }
                log.flush();
            } finally {
                written.add(log.recordCount() - written.get());
                bytes.add(log.byteCount() - bytes.get());
            }
            if (!isLast) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        } while (!isLast);
    }

    private void stop(String reason) {
        hasStopped = true;
        LOG.warn(
                "impressions are logged no more, all else goes on: {}; start the server again when"
                        + " that is mended",
                reason);
    }

    /**
     * What is measured about it.
     *
     * @return now.
     */
    public List<Gauge> gauges() {
        return List.of(
                Gauge.of(
                        "log_records_total",
                        "Impressions and feedback written.",
                        (double) writtenCount()),
                Gauge.of(
                        "log_dropped_total",
                        "Impressions and feedback that were to be logged and were not.",
                        (double) droppedCount()),
                Gauge.of(
                        "log_bytes_total",
                        "Bytes of files of impressions written.",
                        (double) bytes.get()),
                Gauge.of(
                        "log_stopped",
                        "1 when the system refused to take impressions.",
                        hasStopped ? 1 : 0));
    }

    /**
     * Impressions and feedback that the system has taken.
     *
     * @return so far.
     */
    public long writtenCount() {
        return written.get();
    }

    /**
     * What was to be logged and was not: its ring was full, or the log had stopped.
     *
     * @return so far.
     */
    public long droppedCount() {
        long wanted = 0;
        long dropped = 0;
        for (ImpressionRing ring : rings) {
            dropped += ring.droppedCount();
            wanted += ring.wantedCount();
        }
        return hasStopped ? wanted - written.get() : dropped;
    }

    /** Carries what is in the rings, when no worker answers any more, and ends. */
    @Override
    public void close() {
        isClosing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE, "interrupted while the log of impressions closes", e);
        }
        if (thread.isAlive()) {
            LOG.warn(
                    "the disk takes no impressions, those not written are lost: folder={}",
                    files.folder());
        } else {
            rings.forEach(ImpressionRing::free);
        }
    }
}
