package io.millrace.cli.serving;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.CapacityProbe;
import io.millrace.loadgen.LoadGenerator;
import io.millrace.loadgen.LoadPlan;
import io.millrace.loadgen.LoadReport;
import io.millrace.loadgen.limit.LimitGoals;
import io.millrace.loadgen.limit.LimitReport;
import io.millrace.loadgen.limit.LimitSearch;
import io.millrace.loadgen.limit.LimitStep;
import io.millrace.loadgen.limit.QualityJudge;
import io.millrace.loadgen.limit.StepVerdict;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.util.OptionalDouble;

/** Looks for the highest rate that holds, and prints what was measured on the way. */
final class LoadLimit {
    private static final long PROBE_MS = 2_000;
    private static final double SHARE_OF_CAPACITY = 0.5;
    private static final double LEAST_REQUESTS = 10;
    private static final double MS_PER_SECOND = 1_000;
    private static final int PART_DIGITS = 4;
    private static final int VERDICT_COLUMN = 8;

    private final LimitOptions options;
    private final LoadPlan.Builder plans;
    private final QualityJudge judge;
    private final ProgressListener progress;

    /**
     * Prepares a search.
     *
     * @param options what has to hold.
     * @param plans all but the rate.
     * @param judge of the answers.
     * @param progress told of the steps.
     */
    LoadLimit(
            LimitOptions options,
            LoadPlan.Builder plans,
            QualityJudge judge,
            ProgressListener progress) {
        this.options = options;
        this.plans = plans;
        this.judge = judge;
        this.progress = progress;
    }

    /**
     * Searches.
     *
     * @param rate where to begin, or null to find out.
     * @return what was found.
     */
    LimitReport run(@Nullable Double rate) {
        LimitGoals goals = options.goals();
        double first = rate == null ? SHARE_OF_CAPACITY * capacity(plans) : rate;
        try (ProgressListener.Stage stage = progress.start("find the limit", options.maxSteps())) {
            return new LimitSearch(
                            tried -> {
                                LimitStep step = step(tried, goals);
                                stage.advance(1);
                                stage.note(perSecond(tried) + ": " + step.verdict().label());
                                return step;
                            },
                            leastRate(),
                            options.precision(),
                            options.maxSteps())
                    .run(first);
        }
    }

    /** A percentile of fewer requests would say nothing. */
    private double leastRate() {
        double seconds = plans.build().durationMs() / MS_PER_SECOND;
        return LEAST_REQUESTS / seconds;
    }

    /** What the server answers in a closed loop when nobody else asks. */
    static double capacity(LoadPlan.Builder plans) {
        LoadPlan plan = plans.ratePerSecond(1_000).build();
        return CapacityProbe.estimate(plan, PROBE_MS).ratePerSecond();
    }

    private LimitStep step(double rate, LimitGoals goals) {
        LoadReport report =
                LoadGenerator.run(plans.ratePerSecond(rate).build(), ProgressListener.NONE);
        return LimitStep.of(rate, report, judge.judge(report), goals);
    }

    /** Prints the curve and the rate. */
    static void print(LimitReport report, CommonOptions common) {
        PrintWriter out = common.out();
        TextTable table =
                new TextTable(VERDICT_COLUMN)
                        .row(
                                "rate",
                                "p50",
                                "p99",
                                "unanswered",
                                "degraded",
                                "recall",
                                "ndcg lost",
                                "longest hiccup",
                                "");
        for (LimitStep step : report.curve()) {
            Figures figures = step.figures();
            double planned = figures.number("planned");
            table.row(
                    perSecond(step.rate()),
                    Texts.micros(figures.number("latency.p50_us")),
                    Texts.micros(figures.number("latency.p99_us")),
                    part((planned - figures.number("answered")) / planned),
                    part(figures.number("degraded") / planned),
                    part(step.quality().recall()),
                    part(step.quality().ndcgLoss()),
                    Texts.micros(figures.number("hiccup.max_us")),
                    step.verdict().label());
        }
        table.print(out, "");
        out.println();
        out.println(summary(report));
    }

    /** What was found, in one line. */
    static String summary(LimitReport report) {
        StringBuilder text = new StringBuilder();
        if (report.highest().isPresent()) {
            text.append("all holds up to ").append(perSecond(report.highest().getAsDouble()));
        } else {
            text.append("no rate holds");
        }
        if (report.tooHigh().isPresent()) {
            text.append("; at ")
                    .append(perSecond(report.tooHigh().getAsDouble()))
                    .append(": ")
                    .append(report.boundedBy().label());
        }
        if (report.boundedBy() == StepVerdict.NOT_KEPT) {
            text.append(", so the server may do more; load it from another machine");
        }
        if (report.highest().isPresent() && !report.isFound()) {
            text.append("; not found more closely in the steps there were, see --max-steps");
        }
        return text.toString();
    }

    private static String perSecond(double rate) {
        return Texts.number(rate, 0) + "/s";
    }

    private static String part(OptionalDouble part) {
        return part.isPresent() ? part(part.getAsDouble()) : "-";
    }

    private static String part(double part) {
        return Texts.number(part, PART_DIGITS);
    }
}
