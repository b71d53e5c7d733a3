package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.data.importers.mapped.SourceForm;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace import parquet}. */
@Command(
        name = "parquet",
        header = "make a data set of any log in Parquet files",
        description = {
            "%nReads the columns that a mapping names, a JSON file that says which are user, item,"
                    + " time, labels and features (docs/data-sets.md).%n"
        },
        footerHeading = "%nExamples:%n",
        footer =
                "  millrace import parquet --mapping shop.json may.parquet june.parquet --out shop")
public final class ImportParquetCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ImportOptions options;
    @Mixin MappedFiles files;

    /** Filled by picocli. */
    public ImportParquetCommand() {}

    @Override
    public void run() {
        files.run(SourceForm.PARQUET, options, common);
    }
}
