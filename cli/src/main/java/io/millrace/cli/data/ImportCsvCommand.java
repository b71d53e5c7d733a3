package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.data.importers.mapped.SourceForm;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace import csv}. */
@Command(
        name = "csv",
        header = "make a data set of any log in text files",
        description = {
            "%nReads delimited text files (may be .gz or .zip) by a mapping, a JSON file that says"
                    + " which columns are user, item, time, labels and features"
                    + " (docs/data-sets.md).%n"
        },
        footerHeading = "%nExamples:%n",
        footer = "  millrace import csv --mapping shop.json may.csv.gz june.csv.gz --out shop")
public final class ImportCsvCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ImportOptions options;
    @Mixin MappedFiles files;

    /** Filled by picocli. */
    public ImportCsvCommand() {}

    @Override
    public void run() {
        files.run(SourceForm.TEXT, options, common);
    }
}
