package io.millrace.loadgen.watch;

import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.ProcessMeter;
import io.millrace.core.thread.LowPriority;
import io.millrace.loadgen.report.LoadReport;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks each second at what generator and server use. A server that stops telling is asked again
 * the next second: the load goes on without it.
 *
 * <p>Threading: looks on {@code millrace-watch-0}; started, ended and asked by one thread.
 */
public final class LoadWatch implements AutoCloseable {
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_MS = 5_000;

    /** A run has begun to count by then, behind its warm-up. */
    private static final long CONNECTED_MS = 5_000;

    /** More than lie between the earliest and the latest beginning. */
    private static final int MOST_EARLY = 10;

    private final @Nullable AdminPages pages;
    private final ProcessMeter meter = new ProcessMeter();
    private final long earlyUntilMs;
    private final List<WatchSample> early = new ArrayList<>();
    private final List<WatchSecond> seconds = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable WatchSample last;
    private @Nullable WatchSample told;

    private LoadWatch(@Nullable AdminPages pages, long warmupMs) {
        this.pages = pages;
        this.earlyUntilMs = System.currentTimeMillis() + warmupMs + CONNECTED_MS;
        // What it reads of the server takes milliseconds, in which requests are to leave in time.
        this.thread = LowPriority.newThread("millrace-watch-0", this::run);
    }

    /**
     * Takes the first sample and starts.
     *
     * @param pages of the server, or null where it has none.
     * @param warmupMs how long the run loads before it counts.
     * @return the watch.
     * @throws MillraceException UNAVAILABLE when the pages do not answer.
     */
    public static LoadWatch start(@Nullable AdminPages pages, long warmupMs) {
        LoadWatch watch = new LoadWatch(pages, warmupMs);
        watch.add(pages == null ? null : pages.firstPage());
        watch.thread.start();
        return watch;
    }

    private void run() {
        long nextNs = System.nanoTime() + PAUSE_NS;
        try {
            while (!end.await(nextNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                look();
                nextNs += PAUSE_NS;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        add(ask());
    }

    /** What the server tells, or null where it tells nothing: the report says so. */
    private @Nullable ServerPage ask() {
        try {
            return pages == null ? null : pages.page();
        } catch (MillraceException e) {
            return null;
        }
    }

    /** Keeps whole pages only where a report may begin or end. */
    private synchronized void add(@Nullable ServerPage server) {
        WatchSample sample = new WatchSample(System.currentTimeMillis(), meter.read(), server);
        if (last != null) {
            seconds.add(WatchSecond.between(last, sample));
        }
        if (sample.atMs() <= earlyUntilMs) {
            early.add(sample);
            if (early.size() > MOST_EARLY) {
                early.removeFirst();
            }
        }
        last = sample;
        told = server == null ? told : sample;
    }

    /** Ends; what was seen may still be asked for. */
    @Override
    public void close() {
        if (end.getCount() == 0) {
            return;
        }
        end.countDown();
        try {
            thread.join(STOP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        look();
    }

    /**
     * Ends, and tells what was seen during a run.
     *
     * @param load the run, which began after this watch.
     * @return the report.
     */
    public WatchReport report(LoadReport load) {
        close();
        synchronized (this) {
            WatchSample ended = Objects.requireNonNull(last, "started");
            return WatchReport.of(early, told, ended, seconds, load.startMs());
        }
    }
}
