package io.millrace.loadgen.report;

import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.RateShape;

import java.util.List;
import java.util.Optional;

/**
 * A run whose first quarter was clearly slower than its last, though it was asked for the same: its
 * warm-up was too short for the server, or something else was at work. Of each quarter it is the
 * median of the medians of its seconds, which a stall of a few seconds does not move.
 *
 * @param firstUs median latency of the first quarter.
 * @param lastUs of the last quarter.
 */
public record SlowStart(double firstUs, double lastUs) {
    /** Medians of quiet seconds differ by less. */
    private static final double CLEARLY = 1.3;

    private static final int QUARTERS = 4;

    /** Medians of fewer answers differ by chance. */
    private static final long LEAST_ANSWERS = 100;

    /** Looks at a run whose rate stays the same; the others are slower where they ask for more. */
    static Optional<SlowStart> of(LoadPlan plan, List<SecondPoint> series) {
        if (plan.trace() != null || !plan.shape().equals(RateShape.STEADY)) {
            return Optional.empty();
        }
        // What comes after the last request was sent is no whole second.
        List<SecondPoint> whole =
                series.stream().filter(point -> point.endMs() <= plan.durationMs()).toList();
        int quarter = whole.size() / QUARTERS;
        List<SecondPoint> first = whole.subList(0, quarter);
        List<SecondPoint> last = whole.subList(whole.size() - quarter, whole.size());
        if (answers(first) < LEAST_ANSWERS || answers(last) < LEAST_ANSWERS) {
            return Optional.empty();
        }
        SlowStart found = new SlowStart(medianUs(first), medianUs(last));
        return found.firstUs > CLEARLY * found.lastUs ? Optional.of(found) : Optional.empty();
    }

    private static long answers(List<SecondPoint> seconds) {
        return seconds.stream().mapToLong(SecondPoint::count).sum();
    }

    private static double medianUs(List<SecondPoint> seconds) {
        double[] medians =
                seconds.stream()
                        .filter(point -> point.count() > 0)
                        .mapToDouble(SecondPoint::p50Us)
                        .sorted()
                        .toArray();
        return medians[medians.length / 2];
    }

    /** All figures by flat keys. */
    Figures figures() {
        return new Figures()
                .put("slow_start.first_p50_us", firstUs)
                .put("slow_start.last_p50_us", lastUs);
    }
}
