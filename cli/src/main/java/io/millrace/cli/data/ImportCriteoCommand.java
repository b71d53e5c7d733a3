package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.criteo.CriteoImporter;
import io.millrace.data.importers.criteo.CriteoPlan;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

/** {@code millrace import criteo}. */
@Command(
        name = "criteo",
        header = "make a data set of a log of shown ads",
        description = {
            "%nReads a log in the form of Criteo's (tabs: click, 13 counts, 26 categories; may be"
                    + " .gz or .zip) as impressions alone: there is nothing to retrieve, only to"
                    + " rank. The rows of the last day are to test on.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = "  millrace import criteo train.txt.gz --out ads")
public final class ImportCriteoCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ImportOptions options;

    @Parameters(paramLabel = "FILE", description = "The log.")
    private Path file;

    @Option(
            names = "--hash-size",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Ids that each category is hashed to. Default: ${DEFAULT-VALUE}.")
    private long buckets = CriteoPlan.DEFAULT.buckets();

    @Option(
            names = "--days",
            paramLabel = "N",
            description = "Days that the log spans. Default: ${DEFAULT-VALUE}.")
    private int days = CriteoPlan.DEFAULT.days();

    /** Filled by picocli. */
    public ImportCriteoCommand() {}

    @Override
    public void run() {
        ImportTask task = options.task(common);
        OptionValues.requireRange("--hash-size", buckets, 1, Integer.MAX_VALUE);
        CriteoPlan plan = new CriteoPlan((int) buckets, days);
        ImportOptions.print(CriteoImporter.run(file, plan, task), common);
    }
}
