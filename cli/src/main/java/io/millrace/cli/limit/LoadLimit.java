package io.millrace.cli.limit;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.limit.LimitGoals;
import io.millrace.loadgen.limit.LimitReport;
import io.millrace.loadgen.limit.LimitSearch;
import io.millrace.loadgen.limit.LimitStep;
import io.millrace.loadgen.limit.StepVerdict;
import io.millrace.loadgen.plan.LoadPlan;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** Looks for the highest rate that holds, and prints what was measured on the way. */
public final class LoadLimit {
    private static final double SHARE_OF_CAPACITY = 0.5;
    private static final double LEAST_REQUESTS = 10;
    private static final double MS_PER_SECOND = 1_000;
    private static final int PART_DIGITS = 4;

    private final LimitOptions options;
    private final StepLoad load;
    private final ProgressListener progress;

    /**
     * Prepares a search.
     *
     * @param options what has to hold.
     * @param load of all but the rate.
     * @param progress told of the steps.
     */
    public LoadLimit(LimitOptions options, StepLoad load, ProgressListener progress) {
        this.options = options;
        this.load = load;
        this.progress = progress;
    }

    /**
     * Searches.
     *
     * @param rate where to begin, or null to find out.
     * @return what was found.
     */
    public LimitReport run(@Nullable Double rate) {
        LoadPlan plan = load.plan(rate == null ? 1_000 : rate);
        LimitGoals goals = options.goals(plan.mix());
        double first = rate == null ? SHARE_OF_CAPACITY * load.capacity() : rate;
        try (ProgressListener.Stage stage = progress.start("find the limit", options.maxSteps())) {
            return new LimitSearch(
                            tried -> {
                                LimitStep step = load.run(tried, goals);
                                stage.advance(1);
                                stage.note(perSecond(tried) + ": " + step.label());
                                return step;
                            },
                            leastRate(plan, goals),
                            options.precision(),
                            options.maxSteps())
                    .run(first);
        }
    }

    /** A percentile of fewer requests would say nothing, of whatever kind they are. */
    private static double leastRate(LoadPlan plan, LimitGoals goals) {
        double seconds = plan.durationMs() / MS_PER_SECOND;
        return LEAST_REQUESTS / (seconds * goals.latency().leastShare(plan.mix()));
    }

    /** Prints the curve and the rate. */
    public static void print(LimitReport report, CommonOptions common) {
        PrintWriter out = common.out();
        Set<String> kinds = report.best().goals().latency().p99Ms().keySet();
        List<String> columns = new ArrayList<>(List.of("rate", "p50"));
        kinds.forEach(kind -> columns.add("p99 of " + kind));
        columns.addAll(
                List.of("unanswered", "degraded", "recall", "ndcg lost", "longest hiccup", ""));
        // The last says in words what does not hold, from the left.
        TextTable table = new TextTable(columns.size() - 1).row(columns.toArray(String[]::new));
        for (LimitStep step : report.curve()) {
            Figures figures = step.figures();
            double planned = figures.number("planned");
            List<String> cells = new ArrayList<>();
            cells.add(perSecond(step.rate()));
            cells.add(Texts.micros(figures.number("latency.p50_us")));
            kinds.forEach(kind -> cells.add(micros(figures.number("goal." + kind + ".p99_us"))));
            cells.add(part((planned - figures.number("answered")) / planned));
            cells.add(part(figures.number("degraded") / planned));
            cells.add(part(step.quality().recall()));
            cells.add(part(step.quality().ndcgLoss()));
            cells.add(Texts.micros(figures.number("hiccup.max_us")));
            cells.add(step.label());
            table.row(cells.toArray(String[]::new));
        }
        table.print(out, "");
        out.println();
        out.println(summary(report));
    }

    /** What was found, in one line. */
    public static String summary(LimitReport report) {
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
                    .append(report.bounding().map(LimitStep::label).orElse(""));
        }
        if (report.boundedBy() == StepVerdict.NOT_KEPT) {
            text.append(", so the server may do more; load it from another machine");
        }
        if (report.highest().isPresent() && !report.isFound()) {
            text.append("; not found more closely in the steps there were, see --max-steps");
        }
        return text.toString();
    }

    private static String micros(double us) {
        return Double.isFinite(us) ? Texts.micros(us) : "-";
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
