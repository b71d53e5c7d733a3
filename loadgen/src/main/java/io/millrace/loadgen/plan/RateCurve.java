package io.millrace.loadgen.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * The rate of a plan over its time, in pieces that are straight lines, and its integral: how many
 * requests are meant to have started until some moment. The inverse of that turns arrivals at rate
 * 1 into arrivals at this rate, whether they come at equal distances or at random (time-rescaling;
 * Brown et al. 2002, Neural Computation 14, section 2).
 *
 * <p>Threading: one thread; asked for later and later arrivals.
 */
final class RateCurve {
    private static final double MS_PER_SECOND = 1_000;

    private final List<Piece> pieces = new ArrayList<>();
    private int at;

    /** Requests before the piece that was asked for last. */
    private double before;

    /** A stretch of time, in seconds, and the requests a second at both of its ends. */
    private record Piece(double from, double to, double firstRate, double lastRate) {
        double requests() {
            return (to - from) * (firstRate + lastRate) / 2;
        }

        /** When so many requests of the piece have started. */
        double timeOf(double requests) {
            double slope = (lastRate - firstRate) / (to - from);
            double root = Math.sqrt(Math.max(0, firstRate * firstRate + 2 * slope * requests));
            // The usual formula divides by the slope, which may be 0.
            return requests == 0 ? from : from + 2 * requests / (firstRate + root);
        }
    }

    RateCurve(LoadPlan plan) {
        double rate = plan.ratePerSecond();
        double warmup = plan.warmupMs() / MS_PER_SECOND;
        double end = warmup + plan.durationMs() / MS_PER_SECOND;
        switch (plan.shape()) {
            case RateShape.Steady() -> add(0, end, rate, rate);
            case RateShape.Ramp(double from) -> {
                add(0, warmup, from, from);
                add(warmup, end, from, rate);
            }
            case RateShape.Bursts bursts -> addBursts(bursts, rate, end);
        }
    }

    private void addBursts(RateShape.Bursts bursts, double rate, double end) {
        double burst = rate * bursts.factor();
        double between = rate * bursts.between();
        double period = bursts.periodSeconds();
        for (int i = 0; i * period < end; i++) {
            double quiet = (i + RateShape.Bursts.SHARE) * period;
            add(i * period, Math.min(quiet, end), burst, burst);
            add(quiet, Math.min((i + 1) * period, end), between, between);
        }
    }

    private void add(double from, double to, double firstRate, double lastRate) {
        if (to > from) {
            pieces.add(new Piece(from, to, firstRate, lastRate));
        }
    }

    /** Requests of the whole time. */
    double requests() {
        return pieces.stream().mapToDouble(Piece::requests).sum();
    }

    /**
     * When so many requests have started.
     *
     * @param requests not fewer than in the question before.
     * @return seconds since the start, or infinity where that many never do.
     */
    double secondsOf(double requests) {
        while (at < pieces.size() && requests - before >= pieces.get(at).requests()) {
            before += pieces.get(at++).requests();
        }
        return at == pieces.size()
                ? Double.POSITIVE_INFINITY
                : pieces.get(at).timeOf(requests - before);
    }
}
