package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.metrics.Figures;
import io.millrace.data.eval.Evaluation;
import io.millrace.data.eval.EvaluationPlan;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace eval}. */
@Command(
        name = "eval",
        description = {
            "%nMeasures retrieval and ranking of a bundle on what its data set held out, and"
                    + " baselines beside them.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = "  millrace eval --bundle bundle --dataset world --json eval.json")
public final class EvalCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;

    @Option(
            names = "--bundle",
            required = true,
            paramLabel = "BUNDLE",
            description = "Folder of the bundle.")
    private Path bundle;

    @Option(
            names = "--dataset",
            required = true,
            paramLabel = "DATASET",
            description = "Folder of the data set it was built from.")
    private Path dataset;

    @Option(names = "--no-baselines", description = "Measure the bundle alone, which is quicker.")
    private boolean isAlone;

    @Option(
            names = "--max-impressions",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description =
                    "Most held-out impressions to score; more are left out, evenly. Default:"
                            + " ${DEFAULT-VALUE}.")
    private long maxImpressions = EvaluationPlan.defaults().maxImpressions();

    @Option(
            names = "--max-pairs",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description =
                    "Most users times items to score for retrieval; more users are left out,"
                            + " evenly. Default: ${DEFAULT-VALUE}.")
    private long maxPairs = EvaluationPlan.defaults().maxPairs();

    /** Filled by picocli. */
    public EvalCommand() {}

    @Override
    public void run() {
        common.validate();
        OptionValues.requireRange("--max-impressions", maxImpressions, 1, Integer.MAX_VALUE);
        EvaluationPlan plan =
                EvaluationPlan.defaults()
                        .withThreads(threads.count())
                        .withLimits(maxPairs, (int) maxImpressions)
                        .withBaselines(!isAlone);
        Figures figures = Evaluation.run(bundle, dataset, plan, common.progress()).figures();
        print(figures);
        common.write(figures);
    }

    private void print(Figures figures) {
        TextTable table = new TextTable();
        for (String key : figures.keys()) {
            table.row(key, Texts.figure(figures, key));
        }
        table.print(common.out(), "");
    }
}
