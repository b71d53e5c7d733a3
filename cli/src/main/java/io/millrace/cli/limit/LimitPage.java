package io.millrace.cli.limit;

import io.millrace.cli.report.LoadPage;
import io.millrace.cli.report.ReportData;
import io.millrace.cli.report.ReportData.LineGroup;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.loadgen.limit.LimitReport;
import io.millrace.loadgen.limit.LimitStep;
import io.millrace.loadgen.report.LoadReport;

import java.util.ArrayList;
import java.util.List;

/** What a search for the highest rate has shown, as the data of a report. */
public final class LimitPage {
    private static final double MS_PER_US = 1e-3;

    private LimitPage() {}

    /**
     * The page.
     *
     * @param report what was found.
     * @return data of the report, the load of the highest rate that holds in full.
     */
    public static ReportData of(LimitReport report) {
        LimitStep best = report.best();
        LoadReport load = best.report();
        List<LimitStep> curve = report.curve();
        List<Table> tables = new ArrayList<>(StepParts.goals(curve));
        tables.addAll(StepParts.server(curve));
        return LoadPage.page(
                LoadPage.subtitle(load.plan()) + ", search for the highest rate",
                report.highest().isPresent(),
                LoadLimit.summary(report),
                LoadPage.tiles(best.figures()),
                load,
                best.watch().orElse(null),
                tables,
                lines(curve),
                report.figures());
    }

    /** What changes with the rate; a curve needs two points. */
    private static List<LineGroup> lines(List<LimitStep> curve) {
        List<LineGroup> groups = new ArrayList<>();
        LoadPage.addLines(
                groups,
                curve,
                "Latency by rate, in milliseconds",
                List.of("latency.p50_us", "latency.p99_us"),
                List.of("median", "99th percentile"),
                MS_PER_US);
        StepParts.addGoals(groups, curve);
        LoadPage.addLines(
                groups,
                curve,
                "Quality by rate",
                List.of("recall", "ndcg10"),
                List.of("recall of searches", "NDCG@10 of recommendations"),
                1);
        StepParts.addGivenUp(groups, curve);
        StepParts.addServer(groups, curve);
        return groups;
    }
}
