package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.RetrieverName;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.eval.ClickEvaluation;
import io.millrace.data.eval.Evaluation;
import io.millrace.data.eval.EvaluationPlan;
import io.millrace.data.retrieve.Retriever;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** {@code millrace eval}. */
@Command(
        name = "eval",
        description = {
            "%nMeasures retrieval and ranking of a bundle, or the ranker of trained models by"
                    + " itself, on what the data set held out, and baselines beside them.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace eval --bundle bundle --dataset world --json eval.json",
            "  millrace eval --bundle bundle --dataset world --retriever"
                    + " ials,item-knn,popular,blend",
            "  millrace eval --bundle bundle --models models --dataset world",
            "  millrace eval --models ad-models --dataset ads"
        })
public final class EvalCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;

    @ArgGroup(exclusive = false, multiplicity = "1")
    private Measured measured;

    @Option(
            names = "--dataset",
            required = true,
            paramLabel = "DATASET",
            description = "Folder of the data set it was made from.")
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
            names = "--retriever",
            split = ",",
            paramLabel = "NAME",
            converter = RetrieverName.class,
            description =
                    "Ways of retrieval to measure beside that of the bundle: ials (implicit ALS),"
                            + " item-knn, popular, blend, or several, with commas between. They"
                            + " learn from the histories of the data set. Default: no other.")
    private Set<Retriever> retrievers = EnumSet.noneOf(Retriever.class);

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
                        .withBaselines(!isAlone)
                        .withRetrievers(retrievers);
        Figures figures = run(plan);
        print(figures);
        common.write(figures);
    }

    private Figures run(EvaluationPlan plan) {
        if (measured.bundle != null) {
            EvaluationPlan beside = plan.withModels(measured.models);
            return Evaluation.run(measured.bundle, dataset, beside, common.progress()).figures();
        }
        Path models =
                Objects.requireNonNull(measured.models, "picocli asks for one of the two at least");
        if (!retrievers.isEmpty()) {
            throw MillraceException.usage(
                    "nothing to retrieve with: --retriever, --models=%s; give --bundle, or leave"
                            + " --retriever out",
                    models);
        }
        try (Dataset data = Dataset.open(dataset)) {
            return ClickEvaluation.run(models, data, plan, common.progress()).figures();
        }
    }

    private void print(Figures figures) {
        TextTable table = new TextTable();
        for (String key : figures.keys()) {
            table.row(key, Texts.figure(figures, key));
        }
        table.print(common.out(), "");
        RetrieverTable.print(figures, common.out());
    }

    /** What is measured. */
    private static final class Measured {
        @Option(names = "--bundle", paramLabel = "BUNDLE", description = "Folder of the bundle.")
        private @Nullable Path bundle;

        @Option(
                names = "--models",
                paramLabel = "MODELS",
                description =
                        "Folder of trained models, whose ranker is measured by itself; with"
                            + " --bundle, those that it was built from, whose rankers are measured"
                            + " beside its own.")
        private @Nullable Path models;
    }
}
