package io.millrace.loadgen.limit;

import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.watch.WatchReport;

import java.util.List;
import java.util.Optional;

/**
 * What one rate has shown.
 *
 * @param rate requests a second.
 * @param report of the run.
 * @param quality of its answers.
 * @param goals what was to hold.
 * @param verdict whether all of that holds.
 * @param watch what both processes did meanwhile, where they were watched.
 */
public record LimitStep(
        double rate,
        LoadReport report,
        AnswerQuality quality,
        LimitGoals goals,
        StepVerdict verdict,
        Optional<WatchReport> watch) {
    private static final double US_PER_MS = 1e3;

    /**
     * Judges a run.
     *
     * @param rate requests a second.
     * @param report of the run.
     * @param quality of its answers.
     * @param goals what has to hold.
     * @param watch what both processes did meanwhile, where they were watched.
     * @return the step with its verdict.
     */
    public static LimitStep of(
            double rate,
            LoadReport report,
            AnswerQuality quality,
            LimitGoals goals,
            Optional<WatchReport> watch) {
        return new LimitStep(rate, report, quality, goals, verdict(report, quality, goals), watch);
    }

    private static StepVerdict verdict(LoadReport report, AnswerQuality quality, LimitGoals goals) {
        LoadCounts counts = report.counts();
        if (report.isPartial() || counts.malformed() > 0) {
            return StepVerdict.BROKEN;
        }
        if (!report.keptPlan()) {
            return StepVerdict.NOT_KEPT;
        }
        long unanswered = counts.planned() - counts.answered();
        if (unanswered > LimitGoals.MOST_UNANSWERED * counts.planned()) {
            return StepVerdict.UNANSWERED;
        }
        if (!goals.latency().missed(report).isEmpty()) {
            return StepVerdict.SLOW;
        }
        // What was asked for and could not be judged does not hold.
        if (quality.recall().orElse(0) < goals.recall().orElse(0)) {
            return StepVerdict.POOR_RECALL;
        }
        double most = goals.ndcgLoss().orElse(Double.POSITIVE_INFINITY);
        return quality.ndcgLoss().orElse(Double.POSITIVE_INFINITY) > most
                ? StepVerdict.POOR_NDCG
                : StepVerdict.HOLDS;
    }

    /**
     * Kinds of requests that were too slow.
     *
     * @return none unless that is the verdict.
     */
    public List<String> slowKinds() {
        return verdict == StepVerdict.SLOW ? goals.latency().missed(report) : List.of();
    }

    /**
     * The verdict with the kinds that it is about.
     *
     * @return as in {@code too slow: upsert}.
     */
    public String label() {
        List<String> slow = slowKinds();
        return slow.isEmpty() ? verdict.label() : verdict.label() + ": " + String.join(", ", slow);
    }

    /**
     * The figures of the run, of the server meanwhile and of this step.
     *
     * @return a new object.
     */
    public Figures figures() {
        Figures figures = report.figures().put("rate", rate).putAll(quality.figures());
        watch.ifPresent(watched -> figures.putAll(watched.figures()));
        goals.latency()
                .p99Ms()
                .forEach(
                        (kind, ms) -> {
                            double us =
                                    LatencyGoals.measured(report, kind).orElse(Double.NaN)
                                            * US_PER_MS;
                            figures.put("goal." + kind + ".p99_us", us)
                                    .put("goal." + kind + ".limit_us", ms * US_PER_MS);
                        });
        return figures.put("verdict", verdict.label())
                .put("slow_kinds", String.join(",", slowKinds()));
    }
}
