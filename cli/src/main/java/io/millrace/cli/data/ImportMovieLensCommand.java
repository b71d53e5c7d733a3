package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.movielens.MovieLensImporter;
import io.millrace.data.importers.movielens.MovieLensPlan;
import io.millrace.data.importers.table.SplitPlan;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

/** {@code millrace import movielens}. */
@Command(
        name = "movielens",
        header = "make a data set of MovieLens",
        description = {
            "%nReads ratings, movies and users of MovieLens in any of its layouts (100k, 1M, 20M,"
                + " 32M; files may be .gz or .zip). A good rating is a click. The first ratings"
                + " become histories and counters, the next are to train on, those of the last days"
                + " to test on.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = "  millrace import movielens data/ml-32m --out movielens")
public final class ImportMovieLensCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ImportOptions options;
    @Mixin PoolingOptions pooling;

    @Parameters(paramLabel = "SRC", description = "The unpacked folder.")
    private Path source;

    @Option(
            names = "--positive",
            paramLabel = "X",
            description = "Least rating that counts as a click. Default: ${DEFAULT-VALUE}.")
    private double positive = MovieLensPlan.DEFAULT.positive();

    @Option(
            names = "--history-share",
            paramLabel = "X",
            description =
                    "About how many of the ratings are history, as a share. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double historyShare = SplitPlan.DEFAULT.historyShare();

    @Option(
            names = "--test-share",
            paramLabel = "X",
            description =
                    "About how many of the ratings are to test on, as a share. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double testShare = SplitPlan.DEFAULT.testShare();

    /** Filled by picocli. */
    public ImportMovieLensCommand() {}

    @Override
    public void run() {
        ImportTask task = options.task(common);
        SplitPlan split = new SplitPlan(historyShare, testShare);
        MovieLensPlan plan = new MovieLensPlan(positive, split, pooling.pooling());
        ImportOptions.print(MovieLensImporter.run(source, plan, task), common);
    }
}
