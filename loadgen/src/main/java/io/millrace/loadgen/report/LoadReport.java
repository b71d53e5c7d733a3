package io.millrace.loadgen.report;

import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.plan.ClosedLoop;
import io.millrace.loadgen.plan.LoadPlan;

import org.HdrHistogram.Histogram;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a run has shown. Percentiles are of OK answers only: read them beside the errors.
 *
 * @param plan what was run.
 * @param counts what became of the requests.
 * @param givenUp what those answered said was given up.
 * @param types what became of each kind of request that the plan has.
 * @param startMs when the measured part began, in milliseconds since 1970.
 * @param elapsedSeconds the answers are spread over this time.
 * @param latency nanoseconds from the intended start to the answer; in a closed loop, which has
 *     none, from the sending.
 * @param service nanoseconds from the actual sending to the answer.
 * @param dispatchLag nanoseconds from the intended start to the actual sending; empty of a closed
 *     loop.
 * @param hiccups of this machine while the load ran, in nanoseconds.
 * @param series one point a second.
 * @param sampledAnswers the recommendations kept, in the order they arrived.
 * @param sampledSearches what was found for vectors and kept, in the order it arrived.
 * @param isRealTime whether the thread that sent ran before others, as the system permitted.
 * @param isPartial whether a connection was lost, so that not all of the plan was run.
 * @param brokenLogs logs of this run that could not be written whole, as to a full disk.
 * @param firstFailure the first reason for an error or refusal.
 */
public record LoadReport(
        LoadPlan plan,
        LoadCounts counts,
        GivenUpCounts givenUp,
        List<TypeReport> types,
        long startMs,
        double elapsedSeconds,
        Histogram latency,
        Histogram service,
        Histogram dispatchLag,
        Histogram hiccups,
        List<SecondPoint> series,
        List<SampledAnswer> sampledAnswers,
        List<SampledSearch> sampledSearches,
        boolean isRealTime,
        boolean isPartial,
        List<Path> brokenLogs,
        Optional<String> firstFailure) {
    /** The largest share of late dispatches with which a plan counts as kept. */
    public static final double MAX_LATE_SHARE = 0.01;

    private static final double MS_PER_SECOND = 1_000;
    private static final double LEAST_SILENT_SECONDS = 2;

    /**
     * Whether the generator did what the plan says: everything was sent, and no more than one
     * request in a hundred left more than a millisecond late. Where it did not, the figures tell of
     * this machine as much as of the server.
     *
     * @return true when the plan was kept; says nothing of a closed loop, which has none.
     */
    public boolean keptPlan() {
        return counts.sent() == counts.planned()
                && counts.lateDispatches() <= MAX_LATE_SHARE * counts.sent();
    }

    /**
     * OK answers a second.
     *
     * @return the rate.
     */
    public double ratePerSecond() {
        return counts.answered() / elapsedSeconds;
    }

    /**
     * OK answers a second that came by their deadline, which is counted as latency is.
     *
     * @return the rate; without a deadline that of all OK answers.
     */
    public double goodputPerSecond() {
        return inTime() / elapsedSeconds;
    }

    private long inTime() {
        return plan.deadlineUs() == 0
                ? counts.answered()
                : latency.getCountBetweenValues(
                        0, Math.round(plan.deadlineUs() * LoadTally.NS_PER_US));
    }

    /**
     * When the last answer came.
     *
     * @return the end of its second, in seconds since the measured part began; 0 where there was
     *     none.
     */
    public double lastAnswerSecond() {
        long lastMs = 0;
        for (SecondPoint point : series) {
            lastMs = point.count() > 0 ? point.endMs() : lastMs;
        }
        return lastMs / MS_PER_SECOND;
    }

    /**
     * Whether the server answered for a while and then no more.
     *
     * @return true when requests ended badly and the last two seconds or more brought no answer.
     */
    public boolean stoppedAnswering() {
        double silent = plan.durationMs() / MS_PER_SECOND - lastAnswerSecond();
        return counts.answered() > 0 && counts.errors() > 0 && silent >= LEAST_SILENT_SECONDS;
    }

    /**
     * What became of the requests by kind, and where some of them change what is served, of all
     * that ask and of all that change: a change waits for a disk, so percentiles over both say
     * little.
     *
     * @return kinds of the plan, then {@code reads} and {@code changes}.
     */
    public List<TypeReport> byKind() {
        List<TypeReport> all = new ArrayList<>(types);
        List<TypeReport> changes = types.stream().filter(TypeReport::isChange).toList();
        List<TypeReport> reads = types.stream().filter(type -> !type.isChange()).toList();
        if (!changes.isEmpty() && !reads.isEmpty()) {
            all.add(TypeReport.sum(TypeReport.READS, reads));
        }
        if (!changes.isEmpty()) {
            all.add(TypeReport.sum(TypeReport.CHANGES, changes));
        }
        return all;
    }

    /**
     * What became of the requests of a kind.
     *
     * @param kind of one type, or {@code reads}, {@code changes} or {@code all}.
     * @return nothing was planned where the plan has none.
     */
    public TypeReport of(String kind) {
        return TypeReport.sum(
                kind,
                types.stream()
                        .filter(type -> TypeReport.isOf(kind, type.name(), type.isChange()))
                        .toList());
    }

    /**
     * Whether it began slower than it ended.
     *
     * @return by how much; nothing where it did not, or where its rate changed.
     */
    public Optional<SlowStart> slowStart() {
        return SlowStart.of(plan, series);
    }

    private double plannedPerSecond() {
        return counts.planned() * MS_PER_SECOND / plan.durationMs();
    }

    /**
     * All figures by flat keys. Those of a closed loop say that they are, and leave out what only a
     * plan has.
     *
     * @return a new object.
     */
    public Figures figures() {
        boolean isClosedLoop = plan.isClosedLoop();
        Figures figures = new Figures().put("loop", isClosedLoop ? "closed" : "open");
        if (isClosedLoop) {
            figures.put("under_way", plan.underWay())
                    .put("loop.note", ClosedLoop.label(plan.underWay()));
        } else {
            figures.put("rate_planned", plannedPerSecond()).put("planned", counts.planned());
        }
        figures.put("rate_achieved", ratePerSecond())
                .put("elapsed_s", elapsedSeconds)
                .put("sent", counts.sent())
                .put("answered", counts.answered())
                .put("errors", counts.errors())
                .put("timeouts", counts.timeouts())
                .put("lost", counts.lost())
                .put("failed", counts.failed())
                .put("refused", counts.refused())
                .put("degraded", counts.degraded())
                .put("in_time", inTime())
                .put("goodput", goodputPerSecond())
                .putAll(givenUp.figures())
                .put("malformed", counts.malformed())
                .put("late_answers", counts.late());
        putPercentiles(figures, "latency", latency);
        if (!isClosedLoop) {
            putPercentiles(figures, "service", service);
        }
        byKind().forEach(kind -> figures.putAll(kind.figures(isClosedLoop)));
        figures.put("hiccup.p99_us", us(hiccups.getValueAtPercentile(99)))
                .put("hiccup.max_us", us(hiccups.getMaxValue()));
        if (!isClosedLoop) {
            figures.put("dispatch_late", counts.lateDispatches())
                    .put("dispatch_lag.p99_us", us(dispatchLag.getValueAtPercentile(99)))
                    .put("dispatch_lag.max_us", us(dispatchLag.getMaxValue()))
                    .put("kept_plan", keptPlan() ? 1 : 0);
        }
        slowStart().ifPresent(slow -> figures.putAll(slow.figures()));
        return figures.put("dispatch_real_time", isRealTime ? 1 : 0)
                .put("slow_start", slowStart().isPresent() ? 1 : 0)
                .put("partial", isPartial ? 1 : 0)
                .put("stopped_answering", stoppedAnswering() ? 1 : 0);
    }

    /**
     * Figures of each second.
     *
     * @return in their order.
     */
    public List<Figures> secondFigures() {
        return series.stream().map(SecondPoint::figures).toList();
    }

    private static void putPercentiles(Figures figures, String name, Histogram histogram) {
        figures.put(name + ".p50_us", us(histogram.getValueAtPercentile(50)))
                .put(name + ".p90_us", us(histogram.getValueAtPercentile(90)))
                .put(name + ".p99_us", us(histogram.getValueAtPercentile(99)))
                .put(name + ".p999_us", us(histogram.getValueAtPercentile(99.9)))
                .put(name + ".p9999_us", us(histogram.getValueAtPercentile(99.99)))
                .put(name + ".p99999_us", us(histogram.getValueAtPercentile(99.999)))
                .put(name + ".max_us", us(histogram.getMaxValue()))
                .put(name + ".mean_us", us(histogram.getMean()));
    }

    private static double us(long ns) {
        return us((double) ns);
    }

    private static double us(double ns) {
        return ns / LoadTally.NS_PER_US;
    }
}
