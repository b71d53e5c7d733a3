package io.millrace.cli.limit;

import io.millrace.cli.report.LoadPage;
import io.millrace.cli.report.ReportData;
import io.millrace.cli.report.ReportData.LineGroup;
import io.millrace.loadgen.limit.LimitStep;
import io.millrace.loadgen.limit.LoadCurve;
import io.millrace.loadgen.report.LoadReport;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What load step by step has shown, as the data of a report. */
public final class LoadCurvePage {
    private static final double MS_PER_US = 1e-3;

    private LoadCurvePage() {}

    /**
     * The page.
     *
     * @param curve what was seen.
     * @return data of the report, the load of the highest rate in full.
     */
    public static ReportData of(LoadCurve curve) {
        LimitStep highest = curve.highest();
        LoadReport load = highest.report();
        return LoadPage.page(
                LoadPage.subtitle(load.plan()) + ", load step by step",
                load.counts().errors() == 0,
                LoadSteps.summary(curve),
                LoadPage.tiles(highest.figures()),
                load,
                highest.watch().orElse(null),
                StepParts.server(curve.steps()),
                lines(curve),
                curve.figures());
    }

    private static List<LineGroup> lines(LoadCurve curve) {
        List<LimitStep> steps =
                curve.steps().stream().sorted(Comparator.comparingDouble(LimitStep::rate)).toList();
        List<LineGroup> groups = new ArrayList<>();
        LoadPage.addLines(
                groups,
                steps,
                "Answers a second by rate",
                List.of("goodput", "rate_planned"),
                List.of("answered by the deadline", "asked for"),
                1);
        LoadPage.addLines(
                groups,
                steps,
                "NDCG@10 by rate",
                List.of("ndcg10", "ndcg10.unloaded"),
                List.of("under load", "the same users alone"),
                1);
        LoadPage.addLines(
                groups,
                steps,
                "Latency by rate, in milliseconds",
                List.of("latency.p50_us", "latency.p99_us"),
                List.of("median", "99th percentile"),
                MS_PER_US);
        LoadPage.addLines(
                groups,
                steps,
                "Requests by what became of them",
                List.of(
                        "refused",
                        "degraded.shallow_ranking",
                        "degraded.fewer_candidates",
                        "degraded.narrow_search",
                        "degraded.light_ranking"),
                List.of(
                        "refused",
                        "fewer ranked",
                        "fewer candidates",
                        "narrower search",
                        "light ranker alone"),
                1);
        StepParts.addServer(groups, steps);
        return groups;
    }
}
