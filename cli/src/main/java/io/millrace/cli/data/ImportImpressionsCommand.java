package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.LogOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.impressions.FeedbackCounts;
import io.millrace.data.importers.impressions.ImpressionImporter;
import io.millrace.data.importers.impressions.ImpressionReport;
import io.millrace.data.importers.impressions.ImpressionSource;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace import impressions}. */
@Command(
        name = "impressions",
        header = "make a data set of a server's log",
        description = {
            "%nReads a log of impressions with the features that scored them. What came of them"
                    + " the feedback says that the log has, or a delimited file with the columns"
                    + " correlation, user, item, click, long_view and like"
                    + " (docs/impression-log.md).%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace import impressions log --bundle bundle --out served",
            "  millrace import impressions log --bundle bundle --outcome-window 30m --out served",
            "  millrace import impressions log --bundle bundle --outcomes clicks.csv --out served"
        })
public final class ImportImpressionsCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ImportOptions options;
    @Mixin LogOptions logged;

    @Option(
            names = "--outcomes",
            paramLabel = "FILE",
            description =
                    "What came of the impressions; what is not in it was not clicked. Feedback in"
                            + " the log is not looked at then.")
    private @Nullable Path outcomes;

    @Option(
            names = "--outcome-window",
            paramLabel = "TIME",
            defaultValue = "24h",
            converter = OptionValues.Time.class,
            description =
                    "How long after an impression feedback belongs to it, as in 90s, 30m, 24h, 7d."
                            + " Default: ${DEFAULT-VALUE}.")
    private long windowMs;

    /** Filled by picocli. */
    public ImportImpressionsCommand() {}

    @Override
    public void run() {
        ImportTask task = options.task(common);
        ImpressionSource source =
                new ImpressionSource(logged.log(), logged.bundle(), outcomes, windowMs);
        ImpressionReport report = ImpressionImporter.run(source, task);
        ImportOptions.print(
                report.done(), report.figures(), table -> addRows(report, table), common);
    }

    private void addRows(ImpressionReport report, TextTable table) {
        if (outcomes == null) {
            FeedbackCounts feedback = report.feedback();
            table.row("feedback joined", Texts.count(feedback.joined()))
                    .row("feedback of other bundles' answers", Texts.count(feedback.elsewhere()))
                    .row("feedback without an impression", Texts.count(feedback.unjoined()));
        }
        if (report.laterUsers() > 0) {
            table.row("answers to later users, left out", Texts.count(report.laterUsers()));
        }
        if (report.laterItems() > 0) {
            table.row("later items, left out", Texts.count(report.laterItems()));
        }
    }
}
