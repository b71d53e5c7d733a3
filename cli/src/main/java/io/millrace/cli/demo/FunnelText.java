package io.millrace.cli.demo;

import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;

import java.io.PrintWriter;

/** What a demo has shown, as text. */
final class FunnelText {
    private static final double BYTES_PER_MIB = 1 << 20;

    private FunnelText() {}

    static void print(DemoResult result, PrintWriter out) {
        Figures figures = result.figures();
        out.println();
        out.println(
                "  "
                        + count(figures, "items")
                        + " items -> "
                        + count(figures, "retrieved")
                        + " retrieved -> "
                        + count(figures, "ranked")
                        + " ranked -> "
                        + count(figures, "answered")
                        + " answered");
        out.println();
        new TextTable(2)
                .row(
                        "retrieval recall",
                        number(figures, "retrieval.recall"),
                        "of the exact nearest")
                .row(
                        "ranker AUC",
                        number(figures, "ranker.auc"),
                        "log loss " + number(figures, "ranker.logloss"))
                .row("NDCG@10", number(figures, "ndcg10"), "against the " + result.judged().truth())
                .row(
                        "  light ranker first",
                        number(figures, "ndcg10.light_first"),
                        "cuts the candidates to " + DemoPlan.LIGHTLY_RANKED)
                .row("  by popularity", number(figures, "ndcg10.popularity"))
                .row("  at random", number(figures, "ndcg10.random"))
                .print(out, "  ");
        out.println();
        new TextTable(2)
                .row(
                        "latency p50",
                        micros(figures, "latency.p50_us"),
                        "from the intended start, open loop")
                .row("latency p99", micros(figures, "latency.p99_us"))
                .row("latency p99.9", micros(figures, "latency.p999_us"))
                .row(
                        "requests a second",
                        Texts.number(figures.number("requests_per_second"), 0),
                        "in a closed loop "
                                + Texts.number(
                                        figures.number("requests_per_second.closed_loop"), 0))
                .row("errors", count(figures, "errors"), "of " + count(figures, "requests"))
                .row(
                        "allocated a request",
                        Texts.number(figures.number("allocated_bytes_per_request"), 1) + " B")
                .row(
                        "memory",
                        Texts.bytes((long) (figures.number("rss_mb") * BYTES_PER_MIB)),
                        "most resident")
                .row(
                        "time",
                        Texts.seconds(figures.number("total_seconds")),
                        "training "
                                + Texts.seconds(figures.number("train_seconds"))
                                + ", building "
                                + Texts.seconds(figures.number("build_seconds")))
                .print(out, "  ");
        out.println();
        out.println(
                "  "
                        + result.verdict()
                        + " ("
                        + count(figures, "answers_checked")
                        + " looked at one by one)");
        if (figures.number("kept_plan") == 0) {
            out.println(
                    "  "
                            + count(figures, "dispatch_late")
                            + " requests left more than 1 ms late: the load generator shares the"
                            + " processors with the server; their wait counts as latency");
        }
    }

    private static String count(Figures figures, String key) {
        return Texts.count((long) figures.number(key));
    }

    private static String number(Figures figures, String key) {
        return Texts.number(figures.number(key), 4);
    }

    private static String micros(Figures figures, String key) {
        return Texts.micros(figures.number(key));
    }
}
