package io.millrace.loadgen.report;

import io.millrace.core.metrics.Figures;
import io.millrace.core.metrics.PackedHistogram;

import org.HdrHistogram.Histogram;

/**
 * One second of a run; answers count by the time they arrived.
 *
 * @param endMs end of the second, since the measured part began.
 * @param sent requests that left.
 * @param count OK answers.
 * @param refused because of overload, shutdown or deadline, or because no changes are taken.
 * @param errors not answered in time or at all, or answered with an error.
 * @param degraded of the OK answers, those with something given up.
 * @param p50Us median latency from the intended start, in a closed loop from the sending.
 * @param p99Us 99th percentile of it.
 * @param p999Us 99.9th percentile of it.
 * @param maxUs the longest.
 * @param hiccupUs longest hiccup of this machine.
 * @param latencies all of them in nanoseconds, as HdrHistogram packs them, in base 64.
 */
public record SecondPoint(
        long endMs,
        long sent,
        long count,
        long refused,
        long errors,
        long degraded,
        double p50Us,
        double p99Us,
        double p999Us,
        double maxUs,
        double hiccupUs,
        String latencies) {
    private static final double MS_PER_SECOND = 1e3;

    /**
     * Of a second that has ended.
     *
     * @param endMs end of it, since the measured part began.
     * @param counts up to its end.
     * @param before the counts up to its beginning.
     * @param latencies of its OK answers, in nanoseconds.
     * @param hiccupUs longest hiccup of this machine.
     * @return the point.
     */
    public static SecondPoint of(
            long endMs,
            LoadCounts counts,
            LoadCounts before,
            Histogram latencies,
            double hiccupUs) {
        return new SecondPoint(
                endMs,
                counts.sent() - before.sent(),
                latencies.getTotalCount(),
                counts.refused() - before.refused(),
                counts.errors() - before.errors(),
                counts.degraded() - before.degraded(),
                latencies.getValueAtPercentile(50) / LoadTally.NS_PER_US,
                latencies.getValueAtPercentile(99) / LoadTally.NS_PER_US,
                latencies.getValueAtPercentile(99.9) / LoadTally.NS_PER_US,
                latencies.getMaxValue() / LoadTally.NS_PER_US,
                hiccupUs,
                PackedHistogram.pack(latencies));
    }

    /**
     * The latencies of this second.
     *
     * @return in nanoseconds.
     */
    public Histogram histogram() {
        return PackedHistogram.unpack(latencies);
    }

    /**
     * All figures by flat keys.
     *
     * @return a new object.
     */
    public Figures figures() {
        return new Figures()
                .put("end_s", endMs / MS_PER_SECOND)
                .put("sent", sent)
                .put("answered", count)
                .put("refused", refused)
                .put("errors", errors)
                .put("degraded", degraded)
                .put("p50_us", p50Us)
                .put("p99_us", p99Us)
                .put("p999_us", p999Us)
                .put("max_us", maxUs)
                .put("hiccup_us", hiccupUs)
                .put("latencies", latencies);
    }
}
