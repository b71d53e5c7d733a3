package io.millrace.cli.data;

import io.millrace.core.error.MillraceException;

import picocli.CommandLine.Command;

/** {@code millrace import}: one subcommand a format. */
@Command(
        name = "import",
        subcommands = {
            ImportKuaiRandCommand.class,
            ImportMovieLensCommand.class,
            ImportCriteoCommand.class,
            ImportCsvCommand.class,
            ImportParquetCommand.class,
            ImportImpressionsCommand.class
        },
        synopsisSubcommandLabel = "FORMAT",
        commandListHeading = "%nFormats:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace import kuairand data/kuairand-pure --out kuairand",
            "  millrace import movielens data/ml-32m --out movielens",
            "  millrace import criteo train.txt --out ads",
            "  millrace import csv --mapping shop.json may.csv june.csv --out shop",
            "  millrace import parquet --mapping shop.json may.parquet --out shop",
            "  millrace import impressions log --bundle bundle --out served"
        })
public final class ImportCommand implements Runnable {
    /** Filled by picocli. */
    public ImportCommand() {}

    @Override
    public void run() {
        throw MillraceException.usage(
                "no format given; name one, as in millrace import kuairand SRC --out DATASET");
    }
}
