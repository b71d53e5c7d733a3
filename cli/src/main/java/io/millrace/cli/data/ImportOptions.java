package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.function.Consumer;

/** What every {@code millrace import} command takes and prints. */
final class ImportOptions {
    @Option(
            names = "--out",
            required = true,
            paramLabel = "DATASET",
            description = "Folder to make; must be missing or empty.")
    private Path out;

    @Option(
            names = "--max-rejects",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Broken rows to leave out before giving up. Default: ${DEFAULT-VALUE}.")
    private long maxRejects = ImportTask.DEFAULT_MAX_REJECTS;

    /** The options as a task, validated. */
    ImportTask task(CommonOptions common) {
        common.validate();
        return new ImportTask(out, maxRejects, common.progress());
    }

    static void print(ImportReport report, CommonOptions common) {
        print(report, report.figures(), table -> {}, common);
    }

    /** The same with more to tell than every import has. */
    static void print(
            ImportReport report,
            Figures figures,
            Consumer<TextTable> addRows,
            CommonOptions common) {
        TextTable table = new TextTable();
        table.row("users", Texts.count(report.users()))
                .row("items", Texts.count(report.items()))
                .row("impressions to train on", Texts.count(report.trainEvents()))
                .row("impressions to test on", Texts.count(report.testEvents()))
                .row("rows left out", Texts.count(report.rejected()));
        addRows.accept(table);
        table.row("time", Texts.seconds(report.seconds())).print(common.out(), "");
        for (String example : report.examples()) {
            common.out().println("left out: " + example);
        }
        common.write(figures);
    }
}
