package io.millrace.cli.data;

import io.millrace.cli.console.Texts;
import io.millrace.index.GraphReport;

/** A graph in one line. */
final class Graphs {
    private Graphs() {}

    static String summary(GraphReport graph) {
        return Texts.count(graph.reachable())
                + " of "
                + Texts.count(graph.nodes())
                + " reachable, "
                + graph.levels()
                + " levels, degree "
                + Texts.number(graph.meanDegree(), 1)
                + ", finds itself "
                + Texts.number(graph.selfRecall(), 4);
    }
}
