package io.millrace.cli.limit;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.limit.LatencyGoals;
import io.millrace.loadgen.limit.LimitGoals;
import io.millrace.loadgen.limit.LimitStep;
import io.millrace.loadgen.limit.LoadCurve;
import io.millrace.loadgen.report.TypeReport;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Loads at parts and multiples of what the server can answer, and prints what comes of it. */
public final class LoadSteps {
    private static final double US_PER_MS = 1_000;
    private static final int PART_DIGITS = 3;

    private final List<Double> loads;
    private final StepLoad load;
    private final ProgressListener progress;

    /**
     * Prepares the steps.
     *
     * @param loads parts and multiples of the rate.
     * @param load of all but the rate.
     * @param progress told of the steps.
     */
    public LoadSteps(List<Double> loads, StepLoad load, ProgressListener progress) {
        this.loads = List.copyOf(loads);
        this.load = load;
        this.progress = progress;
    }

    /**
     * Loads step by step.
     *
     * @param rate that the loads are parts and multiples of, or null to find out.
     * @return what was seen.
     */
    public LoadCurve run(@Nullable Double rate) {
        double saturation = rate == null ? load.capacity() : rate;
        List<LimitStep> steps = new ArrayList<>();
        try (ProgressListener.Stage stage = progress.start("load step by step", loads.size())) {
            for (double part : loads) {
                steps.add(step(part * saturation));
                stage.advance(1);
                stage.note(Texts.number(part, 2) + " x");
            }
        }
        return new LoadCurve(saturation, steps);
    }

    private LimitStep step(double rate) {
        int deadlineUs = load.plan(rate).deadlineUs();
        LatencyGoals latency =
                deadlineUs == 0
                        ? new LatencyGoals(Map.of())
                        : LatencyGoals.of(TypeReport.ALL, deadlineUs / US_PER_MS);
        OptionalDouble any = OptionalDouble.empty();
        return load.run(rate, new LimitGoals(latency, any, any));
    }

    /** Prints the curve and how much of the goodput is left at its end. */
    public static void print(LoadCurve curve, CommonOptions common) {
        TextTable table =
                new TextTable()
                        .row(
                                "load", "rate", "goodput", "p50", "p99", "refused", "errors",
                                "shallow", "fewer", "narrow", "light", "ndcg", "lost", "hiccup");
        for (LimitStep step : curve.steps()) {
            Figures figures = step.figures();
            double planned = figures.number("planned");
            double answered = figures.number("answered");
            table.row(
                    Texts.number(step.rate() / curve.saturation(), 2),
                    Texts.number(step.rate(), 0),
                    Texts.number(figures.number("goodput"), 0),
                    Texts.micros(figures.number("latency.p50_us")),
                    Texts.micros(figures.number("latency.p99_us")),
                    part(figures.number("refused") / planned),
                    part(figures.number("errors") / planned),
                    part(figures.number("degraded.shallow_ranking") / answered),
                    part(figures.number("degraded.fewer_candidates") / answered),
                    part(figures.number("degraded.narrow_search") / answered),
                    part(figures.number("degraded.light_ranking") / answered),
                    part(step.quality().ndcg10()),
                    part(step.quality().ndcgLoss()),
                    Texts.micros(figures.number("hiccup.max_us")));
        }
        table.print(common.out(), "");
        common.out().println();
        common.out().println(summary(curve));
    }

    /** What was seen, in one line. */
    public static String summary(LoadCurve curve) {
        return "at "
                + Texts.number(curve.highest().rate() / curve.saturation(), 2)
                + " times "
                + Texts.number(curve.saturation(), 0)
                + "/s goodput is "
                + Texts.number(100 * curve.kept(), 1)
                + " % of its peak of "
                + Texts.number(curve.peak(), 0)
                + "/s";
    }

    private static String part(OptionalDouble part) {
        return part.isPresent() ? part(part.getAsDouble()) : "-";
    }

    private static String part(double part) {
        return Double.isFinite(part) ? Texts.number(part, PART_DIGITS) : "-";
    }
}
