package io.millrace.cli.limit;

import io.millrace.cli.console.OptionValues;
import io.millrace.cli.serve.Target;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** By what the answers of a load are judged. */
public final class JudgeOptions {
    private static final int MOST_JUDGED = 100_000;

    @Option(
            names = "--bundle",
            paramLabel = "BUNDLE",
            description =
                    "Folder of the bundle that is served: what searches find is compared with exact"
                            + " search of it.")
    private @Nullable Path bundle;

    @Option(
            names = "--dataset",
            paramLabel = "DATASET",
            description =
                    "Folder of the data set that the bundle was built from: recommendations are"
                            + " judged by what it says, beside those that the same users get when"
                            + " nobody else asks.")
    private @Nullable Path dataset;

    @Option(
            names = "--judged",
            paramLabel = "N",
            description =
                    "How many answers of each kind to judge at most. Default: ${DEFAULT-VALUE}.")
    private int judged = 500;

    /** Filled by picocli. */
    public JudgeOptions() {}

    /** Checks the values. */
    public void validate() {
        OptionValues.requireRange("--judged", judged, 1, MOST_JUDGED);
        if (dataset != null && bundle == null) {
            throw MillraceException.usage(
                    "--dataset=%s without --bundle; give the bundle that is served, too", dataset);
        }
    }

    /** Whether answers are judged by a bundle. */
    public boolean hasBundle() {
        return bundle != null;
    }

    /** Whether answers are judged by a data set, too. */
    public boolean hasDataset() {
        return dataset != null;
    }

    /** How many answers of each kind to judge at most. */
    public int judged() {
        return judged;
    }

    /**
     * Opens what to judge by.
     *
     * @param target where the server is that is loaded.
     * @param threads to judge with.
     * @return null where nothing is judged.
     */
    public @Nullable BundleJudge open(Target target, int threads) {
        return bundle == null ? null : BundleJudge.open(bundle, dataset, target, threads);
    }
}
