package io.millrace.server;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.thread.LowPriority;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.Gauge;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at the files of the bundle that is served, slowly and again and again. Where one is not as
 * it was built, the server is not ready any more, and the bundle before is served again if there
 * was one; else it goes on with what it has.
 *
 * <p>Threading: a thread of its own.
 */
final class Scrubber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final double MS_PER_SECOND = 1e3;
    private static final double NS_PER_MEGABYTE_AT_ONE = 1e9;
    private static final double BYTES_PER_MEGABYTE = 1e6;

    /** What is looked at, and what is done about it. */
    interface Subject {
        /** Another one with each time that something else takes over. */
        long turnOver();

        /** The bundle that is served. */
        long fingerprint();

        /** Its folder. */
        Path directory();

        /** Nobody should be sent here while that bundle is served. */
        void damaged(long fingerprint);

        /**
         * Serves the bundle before again, unless something else has taken over.
         *
         * @return false where there was none
         * @throws MillraceException UNAVAILABLE when something else is done just now; others when
         *     that is not possible
         */
        boolean leave(long turnOver);
    }

    private final Subject subject;
    private final double nsPerByte;
    private final Thread thread;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong passes = new AtomicLong();
    private volatile boolean isStopped;
    private volatile long lastPassMs;
    private long dueNs;

    private Scrubber(int megabytesPerSecond, Subject subject) {
        this.subject = subject;
        nsPerByte = NS_PER_MEGABYTE_AT_ONE / BYTES_PER_MEGABYTE / megabytesPerSecond;
        thread = LowPriority.newThread("millrace-scrub-0", this::run);
    }

    /**
     * Begins to look.
     *
     * @return null where it is switched off
     */
    static @Nullable Scrubber start(ServerConfig config, Subject subject) {
        int pace = config.scrub().megabytesPerSecond();
        if (pace == 0) {
            return null;
        }
        Scrubber scrubber = new Scrubber(pace, subject);
        scrubber.thread.start();
        return scrubber;
    }

    private void run() {
        String lastTrouble = "";
        while (!isStopped) {
            long turnOver = subject.turnOver();
            long fingerprint = subject.fingerprint();
            try (FileScrub files = FileScrub.open(subject.directory(), fingerprint)) {
                lastTrouble = "";
                look(files, fingerprint, turnOver);
            } catch (RuntimeException e) {
                // It may be between two bundles, or the folder be another one for good.
                String trouble = e.toString();
                if (!trouble.equals(lastTrouble)) {
                    LOG.warn("files of the bundle are not looked at, to be tried again", e);
                }
                lastTrouble = trouble;
                pause(RETRY_NS);
            }
        }
    }

    /** Until something else is served. */
    private void look(FileScrub files, long fingerprint, long turnOver) {
        dueNs = System.nanoTime();
        while (isServed(turnOver)) {
            String damage = files.pass(read -> goesOnAfter(read, turnOver));
            if (damage != null) {
                errors.incrementAndGet();
                LOG.error("damaged bundle: {}; build it again, or copy it once more", damage);
                subject.damaged(fingerprint);
                leave(turnOver);
                while (isServed(turnOver)) {
                    pause(RETRY_NS);
                }
            } else if (files.isWhole()) {
                passes.incrementAndGet();
                lastPassMs = System.currentTimeMillis();
            }
        }
    }

    private void leave(long turnOver) {
        while (isServed(turnOver)) {
            try {
                if (!subject.leave(turnOver)) {
                    LOG.error("no bundle was served before it: it goes on, and is not ready");
                }
                return;
            } catch (MillraceException e) {
                if (e.code() != ErrorCode.UNAVAILABLE) {
                    LOG.error("the bundle before can't be served either: it is not ready", e);
                    return;
                }
                pause(RETRY_NS);
            }
        }
    }

    private boolean isServed(long turnOver) {
        return !isStopped && subject.turnOver() == turnOver;
    }

    /** What was late is not made up for. */
    private boolean goesOnAfter(int read, long turnOver) {
        bytes.addAndGet(read);
        dueNs += (long) (read * nsPerByte);
        long nowNs = System.nanoTime();
        if (dueNs - nowNs > 0) {
            pause(dueNs - nowNs);
        } else {
            dueNs = nowNs;
        }
        return isServed(turnOver);
    }

    private void pause(long ns) {
        long endNs = System.nanoTime() + ns;
        for (long leftNs = ns; leftNs > 0 && !isStopped; leftNs = endNs - System.nanoTime()) {
            LockSupport.parkNanos(this, leftNs);
        }
    }

    List<Gauge> gauges() {
        return List.of(
                Gauge.of(
                        "scrub_bytes_total",
                        "Bytes of the bundle's files that were read again.",
                        (double) bytes.get()),
                Gauge.of(
                        "scrub_passes_total",
                        "Times that all files of the bundle were found as they were built.",
                        (double) passes.get()),
                Gauge.of(
                        "scrub_errors_total",
                        "Times that a file of the bundle was found damaged.",
                        (double) errors.get()),
                Gauge.of(
                        "scrub_last_pass_seconds",
                        "When the last such pass ended, since 1970; 0 before.",
                        lastPassMs / MS_PER_SECOND));
    }

    @Override
    public void close() {
        isStopped = true;
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            LockSupport.unpark(thread);
            try {
                thread.join(1);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
