package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.LogOptions;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.impressions.ImpressionImporter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace import impressions}. */
@Command(
        name = "impressions",
        header = "make a data set of a server's log",
        description = {
            "%nReads a log of impressions with the features that scored them, and what came of"
                    + " them from a delimited file with the columns correlation, user, item, click,"
                    + " long_view and like (docs/impression-log.md).%n"
        },
        footerHeading = "%nExamples:%n",
        footer =
                "  millrace import impressions log --bundle bundle --outcomes clicks.csv --out"
                        + " served")
public final class ImportImpressionsCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ImportOptions options;
    @Mixin LogOptions logged;

    @Option(
            names = "--outcomes",
            required = true,
            paramLabel = "FILE",
            description = "What came of the impressions; what is not in it was not clicked.")
    private Path outcomes;

    /** Filled by picocli. */
    public ImportImpressionsCommand() {}

    @Override
    public void run() {
        ImportTask task = options.task(common);
        ImportOptions.print(
                ImpressionImporter.run(logged.log(), logged.bundle(), outcomes, task), common);
    }
}
