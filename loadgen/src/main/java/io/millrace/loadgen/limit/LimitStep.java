package io.millrace.loadgen.limit;

import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.LoadCounts;
import io.millrace.loadgen.LoadReport;

/**
 * What one rate has shown.
 *
 * @param rate requests a second.
 * @param report of the run.
 * @param quality of its answers.
 * @param verdict whether all that was asked for holds.
 */
public record LimitStep(
        double rate, LoadReport report, AnswerQuality quality, StepVerdict verdict) {
    private static final double NS_PER_MS = 1e6;

    /**
     * Judges a run.
     *
     * @param rate requests a second.
     * @param report of the run.
     * @param quality of its answers.
     * @param goals what has to hold.
     * @return the step with its verdict.
     */
    public static LimitStep of(
            double rate, LoadReport report, AnswerQuality quality, LimitGoals goals) {
        return new LimitStep(rate, report, quality, verdict(report, quality, goals));
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
        if (report.latency().getValueAtPercentile(99) > goals.p99Ms() * NS_PER_MS) {
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
     * The figures of the run and of this step.
     *
     * @return a new object.
     */
    public Figures figures() {
        return report.figures()
                .put("rate", rate)
                .putAll(quality.figures())
                .put("verdict", verdict.label());
    }
}
