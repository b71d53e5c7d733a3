package io.millrace.loadgen;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;

import org.HdrHistogram.Histogram;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;

/**
 * One second of a run; answers count by the time they arrived.
 *
 * @param endMs end of the second, since the measured part began.
 * @param sent requests that left.
 * @param count OK answers.
 * @param refused because of overload, shutdown or deadline.
 * @param errors not answered in time or at all, or answered with an error.
 * @param degraded of the OK answers, those with something given up.
 * @param p50Us median latency from the intended start.
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
                packed(latencies));
    }

    private static String packed(Histogram latencies) {
        ByteBuffer buffer = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
        int length = latencies.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    /**
     * The latencies of this second.
     *
     * @return in nanoseconds.
     */
    public Histogram histogram() {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(latencies)), 0);
        } catch (DataFormatException | IllegalArgumentException e) {
            throw new MillraceException(ErrorCode.INTERNAL, "packed wrongly: endMs=" + endMs, e);
        }
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
