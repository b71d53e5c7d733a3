package io.millrace.server.funnel.search;

import io.millrace.core.memory.HugePageSupport;
import io.millrace.index.GraphReport;
import io.millrace.index.HnswIndex;
import io.millrace.server.metrics.Gauge;

import java.util.ArrayList;
import java.util.List;

/** What the check of a graph has found, for the metrics. */
public final class GraphGauges {
    private GraphGauges() {}

    public static List<Gauge> of(HnswIndex index, GraphReport graph) {
        List<Gauge> gauges = new ArrayList<>();
        gauges.add(Gauge.of("graph_nodes", "Nodes of the graph.", graph.nodes()));
        gauges.add(
                Gauge.of(
                        "graph_unreachable_nodes",
                        "Nodes that no search can reach.",
                        graph.unreachable()));
        gauges.add(
                Gauge.of(
                        "graph_unlinked_nodes",
                        "Nodes that no other links to.",
                        graph.zeroInDegree()));
        gauges.add(
                Gauge.of(
                        "graph_degree_floor",
                        "The fewest links of a node on level 0.",
                        graph.minDegree()));
        gauges.add(inDegree("0.01", graph.inDegree().low()));
        gauges.add(inDegree("0.5", graph.inDegree().median()));
        gauges.add(inDegree("0.99", graph.inDegree().high()));
        long nodes = 0;
        for (int step = 0; step < graph.inDegree().histogram().size(); step++) {
            nodes += graph.inDegree().histogram().get(step);
            gauges.add(
                    new Gauge(
                            "graph_in_degree_nodes",
                            "most=\"" + GraphReport.InDegree.most(step) + "\"",
                            "Nodes that so many link to at most.",
                            nodes));
        }
        gauges.add(
                Gauge.of(
                        "graph_self_recall_ratio",
                        "Part of the sampled nodes that their own vector finds.",
                        graph.selfRecall()));
        gauges.add(
                Gauge.of(
                        "graph_bytes_per_vector",
                        "Memory of vectors, links and codes, a vector.",
                        (double) index.memoryBytes() / Math.max(1, index.size())));
        gauges.add(
                Gauge.of(
                        "huge_pages_granted",
                        "1 when the system gives huge pages to those who ask.",
                        HugePageSupport.ofThisMachine().isGranted() ? 1 : 0));
        return gauges;
    }

    private static Gauge inDegree(String quantile, int value) {
        return new Gauge(
                "graph_in_degree",
                "share=\"" + quantile + "\"",
                "How many nodes link to one on level 0.",
                value);
    }
}
