package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.KuaiRandImporter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

/** {@code millrace import kuairand}. */
@Command(
        name = "kuairand",
        header = "make a data set of KuaiRand-Pure",
        description = {
            "%nReads watch histories, impressions, user and video attributes of KuaiRand-Pure. The"
                + " impressions of April are to train on, those of May to test on; what is known"
                + " only after an impression becomes a label, never a feature.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = "  millrace import kuairand data/kuairand-pure --out kuairand")
public final class ImportKuaiRandCommand implements Runnable {
    @Mixin CommonOptions common;

    @Parameters(paramLabel = "SRC", description = "Folder that holds the five files.")
    private Path source;

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
    private long maxRejects = KuaiRandImporter.DEFAULT_MAX_REJECTS;

    /** Filled by picocli. */
    public ImportKuaiRandCommand() {}

    @Override
    public void run() {
        common.validate();
        ImportReport report = KuaiRandImporter.run(source, out, maxRejects, common.progress());
        new TextTable()
                .row("users", Texts.count(report.users()))
                .row("items", Texts.count(report.items()))
                .row("impressions to train on", Texts.count(report.trainEvents()))
                .row("impressions to test on", Texts.count(report.testEvents()))
                .row("rows left out", Texts.count(report.rejected()))
                .row("time", Texts.seconds(report.seconds()))
                .print(common.out(), "");
        for (String example : report.examples()) {
            common.out().println("left out: " + example);
        }
        common.write(report.figures());
    }
}
