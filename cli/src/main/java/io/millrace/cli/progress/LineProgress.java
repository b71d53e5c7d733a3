package io.millrace.cli.progress;

import io.millrace.core.progress.ProgressListener;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Progress for logs and pipes: one line when a stage ends, and one every ten seconds while it
 * lasts.
 *
 * <p>Threading: a stage may be advanced by many threads.
 */
final class LineProgress implements ProgressListener {
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(10);

    private final PrintWriter err;

    LineProgress(PrintWriter err) {
        this.err = err;
    }

    @Override
    public Stage start(String name, long total) {
        return new LineStage(name, total);
    }

    private final class LineStage implements Stage {
        private final StageLine line;
        private final AtomicLong done = new AtomicLong();
        private final AtomicLong nextNs;
        private volatile String note = "";

        LineStage(String name, long total) {
            line = new StageLine(name, total);
            nextNs = new AtomicLong(System.nanoTime() + PAUSE_NS);
        }

        @Override
        public void advance(long steps) {
            long sum = done.addAndGet(steps);
            long nowNs = System.nanoTime();
            long dueNs = nextNs.get();
            if (nowNs - dueNs >= 0 && nextNs.compareAndSet(dueNs, nowNs + PAUSE_NS)) {
                err.println(line.underWay(sum, note));
            }
        }

        @Override
        public void note(String text) {
            note = text;
        }

        @Override
        public void close() {
            err.println(line.ended(done.get(), note));
        }
    }
}
