package io.millrace.index.bench;

import org.HdrHistogram.Histogram;

import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Times searches that run one after another on the calling thread: once through all queries at
 * least, and again and again until a time is over.
 *
 * <p>Threading: one thread. Allocation: none in the measured loop.
 */
final class SearchTimer {
    private static final long LONGEST_QUERY_NS = 60_000_000_000L;
    private static final int DIGITS = 3;
    private static final double NS_PER_SECOND = 1e9;
    private static final double NS_PER_US = 1e3;

    private final long warmUpNs;
    private final long measuredNs;
    private final Histogram latencies = new Histogram(LONGEST_QUERY_NS, DIGITS);

    /** Warms up for half a second and measures for one. */
    SearchTimer() {
        this(500, 1_000);
    }

    SearchTimer(long warmUpMs, long measuredMs) {
        warmUpNs = TimeUnit.MILLISECONDS.toNanos(warmUpMs);
        measuredNs = TimeUnit.MILLISECONDS.toNanos(measuredMs);
    }

    /**
     * How long searches took.
     *
     * @param qps searches per second.
     * @param p50Us median time of a search.
     * @param p99Us time that 99 of 100 searches stay below.
     */
    record Times(double qps, double p50Us, double p99Us) {}

    /** Times the searches for so many queries. */
    Times time(int queries, IntConsumer search) {
        long warmUpEnd = System.nanoTime() + warmUpNs;
        do {
            searchAll(queries, search);
        } while (System.nanoTime() - warmUpEnd < 0);
        latencies.reset();
        long searches = 0;
        long start = System.nanoTime();
        long now;
        do {
            searchAll(queries, search);
            searches += queries;
            now = System.nanoTime();
        } while (now - start < measuredNs);
        return new Times(
                searches * NS_PER_SECOND / (now - start),
                latencies.getValueAtPercentile(50) / NS_PER_US,
                latencies.getValueAtPercentile(99) / NS_PER_US);
    }

    private void searchAll(int queries, IntConsumer search) {
        long before = System.nanoTime();
        for (int i = 0; i < queries; i++) {
            search.accept(i);
            long after = System.nanoTime();
            latencies.recordValue(Math.min(after - before, LONGEST_QUERY_NS));
            before = after;
        }
    }
}
