package io.millrace.cli.report;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.Curve;
import io.millrace.cli.report.ReportData.Second;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.loadgen.plan.ClosedLoop;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.SecondPoint;
import io.millrace.loadgen.report.SlowStart;
import io.millrace.loadgen.report.TypeReport;
import io.millrace.loadgen.watch.WatchReport;
import io.millrace.loadgen.watch.WatchSecond;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Parts of a report that tell of a load. */
public final class LoadParts {
    /** What latency counts from in an open loop. */
    public static final String INTENDED_START = "from the intended start";

    /** What it counts from in a closed loop. */
    public static final String SENDING = "from the sending";

    private static final List<String> KIND_COLUMNS =
            List.of(
                    "answered",
                    "refused",
                    "overloaded",
                    "no changes",
                    "errors",
                    "p50",
                    "p99",
                    "p99.9",
                    "max");

    private static final double MS_PER_SECOND = 1e3;

    /** Server and answers are not asked at the very same moments. */
    private static final double LATE_SECONDS = 0.5;

    private LoadParts() {}

    /**
     * Percentile curves.
     *
     * @param load what was seen.
     * @return latency, service time, which is the same in a closed loop, and hiccups.
     */
    public static List<Curve> latency(LoadReport load) {
        List<Curve> curves = new ArrayList<>();
        if (!load.plan().isClosedLoop()) {
            curves.add(new Curve(INTENDED_START, load.latency()));
        }
        curves.add(new Curve(SENDING, load.service()));
        curves.add(new Curve("hiccups of the machine", load.hiccups()));
        return curves;
    }

    /**
     * What latency counts from.
     *
     * @param plan of the load.
     * @return as people write it.
     */
    public static String start(LoadPlan plan) {
        return plan.isClosedLoop() ? SENDING : INTENDED_START;
    }

    /**
     * What to know before latencies are read.
     *
     * @param load what was seen.
     * @return notes; none of most loads.
     */
    public static List<String> notes(LoadReport load) {
        List<String> notes = new ArrayList<>();
        if (load.plan().isClosedLoop()) {
            notes.add(ClosedLoop.label(load.plan().underWay()));
        }
        load.slowStart().ifPresent(slow -> notes.add(slowStart(slow)));
        return notes;
    }

    /**
     * That the warm-up was too short.
     *
     * @param slow by how much.
     * @return one line.
     */
    public static String slowStart(SlowStart slow) {
        return "the first quarter was slower than the last: median "
                + Texts.micros(slow.firstUs())
                + " for "
                + Texts.micros(slow.lastUs())
                + "; it was not warm yet, or something else was at work: a longer warm-up tells"
                + " which";
    }

    /**
     * Headings of what is told of a kind of request.
     *
     * @param plan of the load.
     * @return as many as cells.
     */
    public static List<String> kindColumns(LoadPlan plan) {
        List<String> columns = new ArrayList<>(KIND_COLUMNS);
        // Nothing is planned in a closed loop.
        columns.add(1, plan.isClosedLoop() ? "sent" : "planned");
        return columns;
    }

    /**
     * What is told of a kind of request.
     *
     * @param kind the kind.
     * @return a cell for each of {@link #kindColumns}.
     */
    public static List<String> kindCells(TypeReport kind) {
        return List.of(
                kind.name(),
                Texts.count(kind.planned()),
                Texts.count(kind.answered()),
                Texts.count(kind.refused()),
                Texts.count(kind.overloaded()),
                Texts.count(kind.changesRefused()),
                Texts.count(kind.errors()),
                Texts.micros(kind.latencyUs(50)),
                Texts.micros(kind.latencyUs(99)),
                Texts.micros(kind.latencyUs(99.9)),
                Texts.micros(kind.latencyUs(100)));
    }

    /**
     * Kinds of requests side by side.
     *
     * @param load what was seen.
     * @return a table, or nothing where all are of one kind.
     */
    public static List<Table> kinds(LoadReport load) {
        List<TypeReport> kinds = load.byKind();
        if (kinds.size() < 2) {
            return List.of();
        }
        return List.of(
                new Table(
                        "Kinds of requests",
                        (load.plan().isClosedLoop()
                                        ? "From the sending"
                                        : "From the intended start")
                                + " to the OK answer. Reads and changes wait for"
                                + " different things. Overloaded, and refused because no changes"
                                + " are taken now, are part of those refused.",
                        kindColumns(load.plan()),
                        kinds.stream().map(LoadParts::kindCells).toList()));
    }

    /**
     * Latency by the second beside the hiccups of the machines.
     *
     * @param load what was seen.
     * @param watch of both processes, or null where there was none.
     * @return one for each second.
     */
    public static List<Second> seconds(LoadReport load, @Nullable WatchReport watch) {
        List<Second> seconds = new ArrayList<>();
        for (SecondPoint point : load.series()) {
            double end = point.endMs() / MS_PER_SECOND;
            double hiccup = Double.NaN;
            for (WatchSecond second : watch == null ? List.<WatchSecond>of() : watch.series()) {
                double at = second.endSeconds();
                boolean isWithin = at > end - 1 && at <= end + LATE_SECONDS;
                if (isWithin && Double.isFinite(second.serverHiccupUs())) {
                    hiccup = Double.isNaN(hiccup) ? 0 : hiccup;
                    hiccup = Math.max(hiccup, second.serverHiccupUs());
                }
            }
            seconds.add(new Second(point, hiccup));
        }
        return seconds;
    }
}
