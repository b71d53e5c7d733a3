package io.millrace.cli.load;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.limit.BundleJudge;
import io.millrace.cli.report.FlightParts;
import io.millrace.cli.report.HtmlReport;
import io.millrace.cli.report.LoadPage;
import io.millrace.cli.report.MachineFacts;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.cli.serve.Target;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.LoadGenerator;
import io.millrace.loadgen.limit.AnswerQuality;
import io.millrace.loadgen.plan.ClosedLoop;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.watch.AdminPages;
import io.millrace.loadgen.watch.FlightFetch;
import io.millrace.loadgen.watch.GeneratorFlight;
import io.millrace.loadgen.watch.LoadWatch;
import io.millrace.loadgen.watch.WatchReport;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ExitCode;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Runs one load, watches both processes meanwhile, and writes what was seen. */
final class WatchedLoad {
    private final CommonOptions common;
    private final LoadOutputs outputs;
    private final Target target;
    private final @Nullable BundleJudge judge;
    private boolean isFlightMissing;

    /**
     * Prepares a load.
     *
     * @param common what to print with.
     * @param outputs where to write.
     * @param target the server.
     * @param judge of the answers, or null.
     */
    WatchedLoad(
            CommonOptions common, LoadOutputs outputs, Target target, @Nullable BundleJudge judge) {
        this.common = common;
        this.outputs = outputs;
        this.target = target;
        this.judge = judge;
    }

    /**
     * Runs a plan.
     *
     * @param plan of the load.
     * @return the exit code.
     */
    int run(LoadPlan plan) {
        LoadReport report;
        WatchReport watched;
        FlightFetch fetch = fetch(plan);
        GeneratorFlight own = generatorFlight();
        try (own;
                LoadWatch watch = outputs.watch(target, plan.warmupMs())) {
            report = load(plan);
            watched = watch.report(report);
            if (own != null) {
                write(own);
            }
        }
        LoadText.print(report, common.out());
        LoadText.print(watched, common.out());
        Figures figures = report.figures();
        if (judge != null) {
            AnswerQuality quality = judge.judge(report);
            LoadText.print(quality, common.out());
            figures.putAll(quality.figures());
        }
        figures.putAll(watched.figures());
        List<Table> flight = new ArrayList<>(generatorTables(report, figures));
        if (fetch != null) {
            flight.addAll(flight(fetch, report, figures));
        }
        if (outputs.page() != null) {
            HtmlReport.write(outputs.page(), LoadPage.of(report, figures, watched, flight));
        }
        common.write(
                figures.put("started_at", Instant.ofEpochMilli(report.startMs()).toString())
                        .putAll(MachineFacts.figures())
                        .put("seconds", report.secondFigures()));
        return code(report);
    }

    private @Nullable GeneratorFlight generatorFlight() {
        Path file = outputs.generatorFlight();
        return file == null ? null : GeneratorFlight.start(file);
    }

    /** The load is told of without its recording as well. */
    private void write(GeneratorFlight own) {
        try {
            own.writeTo(Objects.requireNonNull(outputs.generatorFlight(), "asked for"));
        } catch (MillraceException e) {
            missing(e);
        }
    }

    private void missing(MillraceException e) {
        isFlightMissing = true;
        common.err().println("millrace: no flight recording: " + e.getMessage());
    }

    /** What this process recorded of itself; nothing where it could not be written. */
    private List<Table> generatorTables(LoadReport report, Figures figures) {
        Path file = outputs.generatorFlight();
        if (file == null || isFlightMissing) {
            return List.of();
        }
        return shown(file, FlightParts.GENERATOR, report, figures);
    }

    private static List<Table> shown(
            Path file, String process, LoadReport report, Figures figures) {
        FlightParts parts = FlightParts.read(file, process, Instant.ofEpochMilli(report.startMs()));
        figures.putAll(parts.figures());
        return parts.tables();
    }

    private @Nullable FlightFetch fetch(LoadPlan plan) {
        if (outputs.flight() == null) {
            return null;
        }
        AdminPages pages = outputs.adminPages(target);
        if (pages == null) {
            throw MillraceException.usage(
                    "whose flight recording: --flight=%s; name the admin port by --admin",
                    outputs.flight());
        }
        return FlightFetch.start(
                pages, Duration.ofMillis(plan.warmupMs() + plan.durationMs()), outputs.slow());
    }

    /** Reads what the server recorded; the load is told of without it as well. */
    private List<Table> flight(FlightFetch fetch, LoadReport report, Figures figures) {
        Path file = Objects.requireNonNull(outputs.flight(), "asked for");
        try {
            AtomicFile.write(file, fetch.await());
            return shown(file, FlightParts.SERVER, report, figures);
        } catch (MillraceException e) {
            missing(e);
            return List.of();
        }
    }

    private LoadReport load(LoadPlan plan) {
        if (!common.isProgressDrawn()) {
            return LoadGenerator.run(plan, common.progress());
        }
        String name = plan.isClosedLoop() ? ClosedLoop.name(plan.underWay()) : "load";
        try (LiveView view = new LiveView(common.err(), name, plan.durationMs())) {
            view.warmingUp();
            return LoadGenerator.run(plan, ProgressListener.NONE, view);
        }
    }

    private int code(LoadReport report) {
        for (Path broken : report.brokenLogs()) {
            common.err()
                    .println(
                            "millrace: a log is not whole: file="
                                    + broken
                                    + "; make room for it, the figures are of the whole run");
        }
        LoadCounts counts = report.counts();
        return report.isPartial()
                        || isFlightMissing
                        || report.stoppedAnswering()
                        || !report.brokenLogs().isEmpty()
                        || counts.answered() == 0
                        || counts.malformed() > 0
                ? ExitCode.SOFTWARE
                : ExitCode.OK;
    }
}
