package io.millrace.cli.serving;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.report.FlightParts;
import io.millrace.cli.report.HtmlReport;
import io.millrace.cli.report.MachineFacts;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.LoadCounts;
import io.millrace.loadgen.LoadGenerator;
import io.millrace.loadgen.LoadPlan;
import io.millrace.loadgen.LoadReport;
import io.millrace.loadgen.limit.AnswerQuality;
import io.millrace.loadgen.watch.AdminPages;
import io.millrace.loadgen.watch.FlightFetch;
import io.millrace.loadgen.watch.LoadWatch;
import io.millrace.loadgen.watch.WatchReport;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ExitCode;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
        try (LoadWatch watch = watch(plan.warmupMs())) {
            report = load(plan);
            watched = watch.report(report);
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
        List<Table> flight = fetch == null ? List.of() : flight(fetch, report, figures);
        if (outputs.page() != null) {
            HtmlReport.write(outputs.page(), LoadPage.of(report, figures, watched, flight));
        }
        common.write(
                figures.put("started_at", Instant.ofEpochMilli(report.startMs()).toString())
                        .putAll(MachineFacts.figures())
                        .put("seconds", report.secondFigures()));
        return code(report);
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
            Instant start = Instant.ofEpochMilli(report.startMs());
            FlightParts parts = FlightParts.read(file, start);
            figures.putAll(parts.figures());
            return parts.tables();
        } catch (MillraceException e) {
            isFlightMissing = true;
            common.err().println("millrace: no flight recording: " + e.getMessage());
            return List.of();
        }
    }

    private LoadReport load(LoadPlan plan) {
        if (!common.isProgressDrawn()) {
            return LoadGenerator.run(plan, common.progress());
        }
        try (LiveView view = new LiveView(common.err(), plan.durationMs())) {
            view.warmingUp();
            return LoadGenerator.run(plan, ProgressListener.NONE, view);
        }
    }

    private LoadWatch watch(long warmupMs) {
        AdminPages pages = outputs.adminPages(target);
        try {
            return LoadWatch.start(pages, warmupMs);
        } catch (MillraceException e) {
            if (outputs.isAdminNamed()) {
                throw e;
            }
            return LoadWatch.start(null, warmupMs);
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
