package io.millrace.cli.serving;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.report.HtmlReport;
import io.millrace.cli.report.MachineFacts;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.LoadCounts;
import io.millrace.loadgen.LoadGenerator;
import io.millrace.loadgen.LoadPlan;
import io.millrace.loadgen.LoadReport;
import io.millrace.loadgen.limit.AnswerQuality;
import io.millrace.loadgen.watch.AdminPages;
import io.millrace.loadgen.watch.LoadWatch;
import io.millrace.loadgen.watch.WatchReport;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ExitCode;

import java.nio.file.Path;
import java.time.Instant;

/** Runs one load, watches both processes meanwhile, and writes what was seen. */
final class WatchedLoad {
    private final CommonOptions common;
    private final LoadOutputs outputs;
    private final Target target;
    private final @Nullable BundleJudge judge;

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
        if (outputs.page() != null) {
            HtmlReport.write(outputs.page(), LoadPage.of(report, figures, watched));
        }
        common.write(
                figures.put("started_at", Instant.ofEpochMilli(report.startMs()).toString())
                        .putAll(MachineFacts.figures())
                        .put("seconds", report.secondFigures()));
        return code(report);
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
                        || report.stoppedAnswering()
                        || !report.brokenLogs().isEmpty()
                        || counts.answered() == 0
                        || counts.malformed() > 0
                ? ExitCode.SOFTWARE
                : ExitCode.OK;
    }
}
