package io.millrace.cli.ann;

import io.millrace.cli.ann.AnnBenchCommand.MetricName;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.index.bench.AnnBenchmarkResult;
import io.millrace.index.bench.IndexChoice;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What was measured of an index, for people and for programs. */
final class AnnBenchText {
    private static final int PERCENT = 100;

    private final AnnBenchmarkResult result;
    private final int k;

    AnnBenchText(AnnBenchmarkResult result, int k) {
        this.result = result;
        this.k = k;
    }

    void print(PrintWriter out) {
        new TextTable()
                .row("vectors", Texts.count(result.vectors()))
                .row("dimension", Texts.count(result.dimension()))
                .row("queries", Texts.count(result.queries()))
                .row("metric", MetricName.of(result.metric()))
                .row("layout", name(result.layout(), result.codeBits()))
                .row("rows", result.rows().label())
                .row("error of distances", percent(result.rowsError()))
                .row("worst of them", percent(result.rowsWorstError()))
                .row("build", Texts.seconds(result.buildSeconds()))
                .row("bytes a vector", Texts.number(result.bytesPerVector(), 1))
                .print(out, "");
        out.println();
        TextTable sizes = new TextTable().row("layout", "bytes a vector");
        for (AnnBenchmarkResult.LayoutBytes each : result.layouts()) {
            sizes.row(name(each.layout(), each.codeBits()), Texts.number(each.bytesPerVector(), 1));
        }
        sizes.print(out, "");
        out.println();
        TextTable runs =
                new TextTable().row("wanted", "ef", "recall@" + k, "queries/s", "p50", "p99");
        for (AnnBenchmarkResult.Run run : result.runs()) {
            runs.row(
                    Texts.number(run.target(), 4),
                    String.valueOf(run.ef()),
                    Texts.number(run.recall(), 4),
                    Texts.number(run.qps(), 0),
                    Texts.micros(run.p50Us()),
                    Texts.micros(run.p99Us()));
        }
        runs.print(out, "");
        if (!result.filtered().isEmpty()) {
            printFiltered(out);
        }
    }

    private void printFiltered(PrintWriter out) {
        out.println();
        out.println(
                "with filters; exact search of all rows takes "
                        + Texts.micros(result.filtered().getFirst().scanUs()));
        TextTable table =
                new TextTable(8)
                        .row(
                                "accepted",
                                "rows",
                                "ef",
                                "recall@" + k,
                                "queries/s",
                                "p99",
                                "of the exact",
                                "",
                                "way");
        for (AnnBenchmarkResult.FilteredRun run : result.filtered()) {
            table.row(
                    Texts.number(PERCENT * run.selectivity(), 2) + " %",
                    Texts.number(run.accepted(), 0),
                    String.valueOf(run.ef()),
                    Texts.number(run.recall(), 4),
                    Texts.number(run.qps(), 0),
                    Texts.micros(run.p99Us()),
                    Texts.number(PERCENT * run.shareOfScan(), 1) + " %",
                    "",
                    ways(run));
        }
        table.print(out, "");
    }

    /** The ways that were taken, the number of queries with each unless all took one. */
    private static String ways(AnnBenchmarkResult.FilteredRun run) {
        int all = run.scans() + run.maskedWalks() + run.plainWalks();
        List<String> ways = new ArrayList<>();
        addWay(ways, "scan of the accepted", run.scans(), all);
        addWay(ways, "masked walk", run.maskedWalks(), all);
        addWay(ways, "plain walk", run.plainWalks(), all);
        return String.join(", ", ways);
    }

    private static void addWay(List<String> ways, String name, int count, int all) {
        if (count > 0) {
            ways.add(count == all ? name : name + " " + count);
        }
    }

    private static String name(IndexChoice.Layout layout, int codeBits) {
        return layout.label() + (codeBits > 0 ? ", codes of " + codeBits + " bit" : "");
    }

    private static String percent(double part) {
        return Texts.number(PERCENT * part, 3) + " %";
    }

    Figures figures() {
        List<Figures> layouts = new ArrayList<>();
        for (AnnBenchmarkResult.LayoutBytes each : result.layouts()) {
            layouts.add(
                    new Figures()
                            .put("layout", each.layout().label())
                            .put("code_bits", each.codeBits())
                            .put("bytes_per_vector", each.bytesPerVector()));
        }
        List<Figures> runs = new ArrayList<>();
        for (AnnBenchmarkResult.Run run : result.runs()) {
            runs.add(
                    new Figures()
                            .put("target", run.target())
                            .put("ef", run.ef())
                            .put("recall", run.recall())
                            .put("qps", run.qps())
                            .put("p50_us", run.p50Us())
                            .put("p99_us", run.p99Us()));
        }
        List<Figures> filtered = new ArrayList<>();
        for (AnnBenchmarkResult.FilteredRun run : result.filtered()) {
            filtered.add(
                    new Figures()
                            .put("selectivity", run.selectivity())
                            .put("ef", run.ef())
                            .put("accepted", run.accepted())
                            .put("recall", run.recall())
                            .put("qps", run.qps())
                            .put("p99_us", run.p99Us())
                            .put("scan_us", run.scanUs())
                            .put("scans", run.scans())
                            .put("masked_walks", run.maskedWalks())
                            .put("plain_walks", run.plainWalks()));
        }
        return new Figures()
                .put("vectors", result.vectors())
                .put("dimension", result.dimension())
                .put("queries", result.queries())
                .put("k", k)
                .put("metric", MetricName.of(result.metric()))
                .put("layout", result.layout().label())
                .put("code_bits", result.codeBits())
                .put("rows", result.rows().label())
                .put("rows_error", result.rowsError())
                .put("rows_worst_error", result.rowsWorstError())
                .put("build_seconds", result.buildSeconds())
                .put("bytes_per_vector", result.bytesPerVector())
                .put("layouts", layouts)
                .put("runs", runs)
                .put("filtered", filtered);
    }
}
