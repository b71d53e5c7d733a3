package io.millrace.cli.load;

import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.report.LoadParts;
import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.limit.AnswerQuality;
import io.millrace.loadgen.plan.ClosedLoop;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.TypeReport;
import io.millrace.loadgen.watch.WatchReport;

import java.io.PrintWriter;
import java.util.List;

/** What a load of one rate has shown, as text. */
final class LoadText {
    private static final double NS_PER_US = 1e3;

    /** What less than this takes from a request is lost among what else does. */
    private static final double NOTABLE_PROCESSORS = 0.1;

    private static final double MS_PER_SECOND = 1e3;

    private LoadText() {}

    /** Prints what a run has shown. */
    static void print(LoadReport report, PrintWriter out) {
        LoadCounts counts = report.counts();
        Figures figures = report.figures();
        boolean isClosedLoop = report.plan().isClosedLoop();
        TextTable table = new TextTable();
        if (isClosedLoop) {
            out.println(ClosedLoop.label(report.plan().underWay()));
            out.println();
        } else {
            table.row("planned", Texts.number(figures.number("rate_planned"), 0) + "/s");
        }
        table.row("achieved", Texts.number(report.ratePerSecond(), 0) + "/s")
                .row("sent", Texts.count(counts.sent()))
                .row("answered", Texts.count(counts.answered()))
                .row("errors", Texts.count(counts.errors()))
                .row("refused", Texts.count(counts.refused()))
                .row("degraded", Texts.count(counts.degraded()))
                .row("malformed", Texts.count(counts.malformed()))
                .print(out, "");
        out.println();
        printLatency(figures, isClosedLoop, out);
        printKinds(report, out);
        out.println(
                "longest hiccup of this machine "
                        + us(figures, "hiccup.max_us")
                        + (isClosedLoop
                                ? ""
                                : ", longest delay of a dispatch "
                                        + us(figures, "dispatch_lag.max_us")));
        report.slowStart()
                .ifPresent(slow -> out.println(LoadParts.slowStart(slow) + " (--warmup)"));
        if (!isClosedLoop && !report.keptPlan()) {
            out.println(
                    "the plan was not kept: "
                            + Texts.count(counts.lateDispatches())
                            + " of "
                            + Texts.count(counts.planned())
                            + " requests left late; lower --rate"
                            + (report.isRealTime() ? "" : ", permit a real-time priority")
                            + " or use another machine, these figures tell of this one");
        }
        if (report.isPartial()) {
            out.println("partial: a connection was lost; what is told is of what came until then");
        }
        if (report.stoppedAnswering()) {
            out.println(
                    "nothing was answered after second "
                            + Texts.number(report.lastAnswerSecond(), 0)
                            + " of "
                            + Texts.number(report.plan().durationMs() / MS_PER_SECOND, 0));
        }
        report.firstFailure().ifPresent(failure -> out.println("first failure: " + failure));
    }

    /** A closed loop has no intended starts, so that its latency is the service time. */
    private static void printLatency(Figures figures, boolean isClosedLoop, PrintWriter out) {
        TextTable table = new TextTable().row("", "p50", "p90", "p99", "p99.9", "max");
        if (isClosedLoop) {
            row(table, LoadParts.SENDING, figures, "latency");
        } else {
            row(table, LoadParts.INTENDED_START, figures, "latency");
            row(table, LoadParts.SENDING, figures, "service");
        }
        table.print(out, "");
    }

    private static void row(TextTable table, String label, Figures figures, String kind) {
        table.row(
                label,
                us(figures, kind + ".p50_us"),
                us(figures, kind + ".p90_us"),
                us(figures, kind + ".p99_us"),
                us(figures, kind + ".p999_us"),
                us(figures, kind + ".max_us"));
    }

    /** What became of each kind of request, where there are several. */
    private static void printKinds(LoadReport report, PrintWriter out) {
        List<TypeReport> kinds = report.byKind();
        if (kinds.size() < 2) {
            return;
        }
        out.println();
        TextTable table =
                new TextTable().row(LoadParts.kindColumns(report.plan()).toArray(new String[0]));
        kinds.forEach(kind -> table.row(LoadParts.kindCells(kind).toArray(new String[0])));
        table.print(out, "");
        out.println();
    }

    /** Prints what both processes used. */
    static void print(WatchReport watch, PrintWriter out) {
        Figures figures = watch.figures();
        out.println(
                "processors kept busy: generator "
                        + Texts.number(figures.number("generator.cpu"), 2)
                        + watch.server()
                                .map(
                                        server ->
                                                ", server "
                                                        + Texts.number(
                                                                figures.number("server.cpu"), 2)
                                                        + ", its longest hiccup "
                                                        + Texts.micros(
                                                                server.hiccups().getMaxValue()
                                                                        / NS_PER_US))
                                .orElse(""));
        if (watch.mostStolen() >= NOTABLE_PROCESSORS) {
            out.println(
                    "the host of the machine took up to "
                            + Texts.number(watch.mostStolen(), 2)
                            + " processors in a second: these figures tell of it, too");
        }
        if (watch.server().isPresent() && !watch.isServerWhole()) {
            out.println("the server's admin port stopped answering before the end");
        }
    }

    /** Prints how good its answers are. */
    static void print(AnswerQuality quality, PrintWriter out) {
        TextTable table = new TextTable();
        quality.recall().ifPresent(recall -> table.row("recall", part(recall)));
        quality.ndcg10().ifPresent(ndcg -> table.row("ndcg@10", part(ndcg)));
        quality.unloadedNdcg10().ifPresent(ndcg -> table.row("without load", part(ndcg)));
        table.print(out, "");
    }

    private static String part(double part) {
        return Texts.number(part, 4);
    }

    private static String us(Figures figures, String key) {
        return Texts.micros(figures.number(key));
    }
}
