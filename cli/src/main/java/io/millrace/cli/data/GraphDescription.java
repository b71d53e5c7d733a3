package io.millrace.cli.data;

import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.memory.HugePageSupport;
import io.millrace.core.metrics.Figures;
import io.millrace.index.GraphLayout;
import io.millrace.index.GraphReport;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.recall.RecallCurve;

import java.io.PrintWriter;
import java.util.List;

/** What there is to say of the graph of an index, for people and for programs. */
final class GraphDescription {
    private final HnswIndex index;
    private final GraphReport graph;

    GraphDescription(HnswIndex index, GraphReport graph) {
        this.index = index;
        this.graph = graph;
    }

    void print(PrintWriter out) {
        out.println();
        out.println("graph");
        HnswParameters built = index.parameters();
        boolean hasCodes = built.layout() == GraphLayout.INLINED;
        GraphReport.InDegree in = graph.inDegree();
        new TextTable()
                .row(
                        "layout",
                        built.layout().label()
                                + (hasCodes ? ", codes of " + built.codeBits() + " bit" : ""))
                .row("rows", built.rowType().label())
                .row("bytes a vector", Texts.number(bytesPerVector(), 1))
                .row("pages", HugePageSupport.ofThisMachine().text())
                .row("nodes", Texts.count(graph.nodes()))
                .row("reachable", Texts.count(graph.reachable()))
                .row("levels", Texts.count(graph.levels()))
                .row(
                        "degree",
                        graph.minDegree()
                                + " to "
                                + graph.maxDegree()
                                + ", mean "
                                + Texts.number(graph.meanDegree(), 1))
                .row(
                        "in-degree",
                        in.least()
                                + " to "
                                + in.most()
                                + ", 1 % up to "
                                + in.low()
                                + ", half up to "
                                + in.median()
                                + ", 99 % up to "
                                + in.high())
                .row("linked to by none", Texts.count(graph.zeroInDegree()))
                .row("finds itself", Texts.number(graph.selfRecall(), 4))
                .print(out, "  ");
        printInDegrees(out);
        printCurve(out);
    }

    private void printInDegrees(PrintWriter out) {
        out.println();
        out.println("nodes by in-degree");
        TextTable table = new TextTable();
        List<Integer> counts = graph.inDegree().histogram();
        for (int step = 0; step < counts.size(); step++) {
            int least = GraphReport.InDegree.least(step);
            int most = GraphReport.InDegree.most(step);
            String range = least == most ? String.valueOf(least) : least + " to " + most;
            table.row(
                    range,
                    Texts.count(counts.get(step)),
                    Texts.number(100.0 * counts.get(step) / graph.nodes(), 1) + " %");
        }
        table.print(out, "  ");
    }

    private void printCurve(PrintWriter out) {
        RecallCurve curve = index.recallCurve();
        if (curve == null) {
            return;
        }
        out.println();
        out.println("recall by ef, of " + Texts.count(curve.queries()) + " queries");
        TextTable table = new TextTable();
        for (RecallCurve.Line line : curve.lines()) {
            for (RecallCurve.Point point : line.points()) {
                table.row(
                        "recall@" + line.k(),
                        Texts.count(point.ef()),
                        Texts.number(point.recall(), 4));
            }
        }
        table.print(out, "  ");
    }

    void addTo(Figures figures) {
        GraphReport.InDegree in = graph.inDegree();
        figures.put("graph.layout", index.parameters().layout().label())
                .put("graph.rows", index.parameters().rowType().label())
                .put("graph.bytes_per_vector", bytesPerVector())
                .put("graph.nodes", graph.nodes())
                .put("graph.reachable", graph.reachable())
                .put("graph.levels", graph.levels())
                .put("graph.degree_floor", graph.minDegree())
                .put("graph.mean_degree", graph.meanDegree())
                .put("graph.in_degree_p1", in.low())
                .put("graph.in_degree_p50", in.median())
                .put("graph.in_degree_p99", in.high())
                .put("graph.zero_in_degree", graph.zeroInDegree())
                .put("graph.self_recall", graph.selfRecall());
        for (int step = 0; step < in.histogram().size(); step++) {
            figures.put(
                    "graph.in_degree.from_" + GraphReport.InDegree.least(step),
                    in.histogram().get(step));
        }
        RecallCurve curve = index.recallCurve();
        if (curve != null) {
            for (RecallCurve.Line line : curve.lines()) {
                figures.put("graph.best_recall" + line.k(), line.bestRecall());
            }
        }
    }

    private double bytesPerVector() {
        return index.size() == 0 ? 0 : (double) index.memoryBytes() / index.size();
    }
}
