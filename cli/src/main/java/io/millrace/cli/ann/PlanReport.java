package io.millrace.cli.ann;

import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.index.IndexSize;
import io.millrace.index.bench.IndexChoice;
import io.millrace.index.plan.PlanCheck;
import io.millrace.index.plan.SpeedEstimate;
import io.millrace.index.plan.SpeedPlan;

import java.io.PrintWriter;
import java.util.List;

/**
 * What {@code millrace plan} found out, for people and for programs; what was printed is among the
 * figures.
 *
 * <p>Threading: one thread.
 */
final class PlanReport {
    private final SpeedPlan plan;
    private final IndexChoice.Layout layout;
    private final IndexSize size;
    private final Figures figures = new Figures();
    private List<PlanCheck.Comparison> comparisons = List.of();

    PlanReport(SpeedPlan plan, IndexChoice.Layout layout, IndexSize size) {
        this.plan = plan;
        this.layout = layout;
        this.size = size;
    }

    Figures figures() {
        return figures;
    }

    void printSizes(PrintWriter out) {
        String rows = plan.parameters().rowType().label();
        new TextTable()
                .row("layout", layout.label())
                .row("rows", rows)
                .row("a row with its links", Texts.count(size.recordBytes()) + " B")
                .row("rows with their links", Texts.bytes(size.nodeBytes()))
                .row("upper levels", Texts.bytes(size.upperBytes()))
                .row("ids", Texts.bytes(size.idBytes()))
                .row("memory", Texts.bytes(size.memoryBytes()))
                .row("most memory while building, about", Texts.bytes(size.buildPeakBytes()))
                .row("file", Texts.bytes(size.fileBytes()))
                .print(out, "");
        figures.put("items", plan.items())
                .put("dimension", plan.dimension())
                .put("layout", layout.label())
                .put("rows", rows)
                .put("record_bytes", size.recordBytes())
                .put("node_bytes", size.nodeBytes())
                .put("upper_bytes", size.upperBytes())
                .put("id_bytes", size.idBytes())
                .put("memory_bytes", size.memoryBytes())
                .put("build_peak_bytes", size.buildPeakBytes())
                .put("file_bytes", size.fileBytes());
    }

    void printSpeed(SpeedEstimate estimate, PrintWriter out) {
        int threads = plan.parameters().threads();
        out.println();
        new TextTable()
                .row(
                        "build on " + threads + (threads == 1 ? " thread" : " threads"),
                        Texts.seconds(estimate.coldBuildSeconds()))
                .row("  of that until code is compiled", Texts.seconds(estimate.warmUpSeconds()))
                .row(
                        "queries/s of one thread at recall@" + plan.k() + " " + plan.recall(),
                        Texts.number(estimate.queriesPerSecond(), 0))
                .row("  ef that it takes, about", Texts.number(estimate.ef(), 0))
                .print(out, "");
        figures.put("threads", threads)
                .put("build_seconds", estimate.coldBuildSeconds())
                .put("warm_up_seconds", estimate.warmUpSeconds())
                .put("k", plan.k())
                .put("recall", plan.recall())
                .put("ef", estimate.ef())
                .put("visits", estimate.visits())
                .put("qps", estimate.queriesPerSecond());
    }

    void printCheck(List<PlanCheck.Comparison> checked, PrintWriter out) {
        comparisons = List.copyOf(checked);
        out.println();
        TextTable table = new TextTable().row("", "planned", "real", "real/planned");
        for (PlanCheck.Comparison each : comparisons) {
            table.row(
                    each.figure(),
                    Texts.number(each.planned(), digits(each.planned())),
                    Texts.number(each.real(), digits(each.planned())),
                    Texts.number(each.ratio(), 3));
        }
        table.print(out, "");
        figures.put(
                "checks",
                comparisons.stream()
                        .map(
                                each ->
                                        new Figures()
                                                .put("figure", each.figure())
                                                .put("planned", each.planned())
                                                .put("real", each.real())
                                                .put("ratio", each.ratio()))
                        .toList());
    }

    private static int digits(double value) {
        return value < 100 ? 2 : 0;
    }

    /**
     * Refuses a plan that the real thing was not like.
     *
     * @throws MillraceException MISMATCH naming the figure.
     */
    void validate() {
        for (PlanCheck.Comparison each : comparisons) {
            if (!each.isClose()) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "plan is more than 25 %% off: figure=%s, planned=%.2f, real=%.2f; run it"
                                + " again when nothing else works on this machine, or raise"
                                + " --probe-items",
                        each.figure(),
                        each.planned(),
                        each.real());
            }
        }
    }
}
