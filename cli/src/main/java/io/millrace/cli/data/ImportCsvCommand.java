package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.mapped.MappedImporter;
import io.millrace.data.importers.mapped.Mapping;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;

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

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Files of events, all written in the same way.")
    private List<Path> files;

    @Option(
            names = "--mapping",
            required = true,
            paramLabel = "JSON",
            description = "What the columns mean.")
    private Path mapping;

    /** Filled by picocli. */
    public ImportCsvCommand() {}

    @Override
    public void run() {
        ImportTask task = options.task(common);
        ImportOptions.print(MappedImporter.run(files, Mapping.read(mapping), task), common);
    }
}
