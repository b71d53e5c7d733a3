package io.millrace.cli.data;

import io.millrace.data.train.TrainingPlan;
import io.millrace.data.train.ranker.LabelWeights;
import io.millrace.data.train.ranker.RankerTrainingPlan;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.HashMap;
import java.util.Map;

/** How the rankers are trained, where it is not to be chosen by the size of the data set. */
final class RankerOptions {
    @Option(
            names = "--label-weights",
            split = ",",
            paramLabel = "LABEL=WEIGHT",
            description =
                    "How much the losses of labels count, as in click=1,like=0.5. Default: click=1,"
                            + " and 0.3 for any other label of the data set.")
    private Map<String, Float> labelWeights = new HashMap<>();

    @Option(
            names = "--ensemble",
            paramLabel = "N",
            description =
                    "Train N rankers that differ in their seeds, and from their mean the one that"
                            + " is written: better and served as fast, for about N + 6 times the"
                            + " time. Default: ${DEFAULT-VALUE}.")
    private int ensemble;

    @Option(
            names = "--match-dimension",
            paramLabel = "N",
            description =
                    "Components of the vectors, one an item, by which the ranker sees how like a"
                            + " candidate is to those in the user's histories: 4 N bytes an item."
                            + " 0 leaves it out. Default: 64.")
    private @Nullable Integer matchDimension;

    @Option(
            names = "--passes",
            paramLabel = "N",
            description =
                    "Passes over the impressions; what is seen a second time is soon learnt by"
                            + " heart. Default: ${DEFAULT-VALUE}.")
    private int passes = 1;

    @Option(
            names = "--early-stopping",
            description =
                    "Let --passes be the most: try one, two and so on on all days but the last,"
                        + " stop where the last day is foretold no better, and learn from all days"
                        + " then.")
    private boolean stopsEarly;

    @Option(
            names = "--hold-out-last-day",
            description =
                    "Let the rankers learn nothing from the last day of the impressions, and tell"
                            + " how well it is foretold: to choose between settings, not to serve.")
    private boolean isLastDayHeldOut;

    @Option(
            names = "--ranker-batch",
            paramLabel = "N",
            description =
                    "Impressions of a step of the rankers. Default: 128, or 1024 where there are"
                            + " 400,000 or more.")
    private @Nullable Integer batch;

    @Option(
            names = "--ranker-rate",
            paramLabel = "R",
            description =
                    "Size of the rankers' first steps; it falls to a fiftieth in the end. Default:"
                            + " 0.003.")
    private @Nullable Float rate;

    @Option(
            names = "--ranker-l2",
            paramLabel = "L",
            description =
                    "Multiple of an embedding that is added to its gradient. Default: 0.00003, or"
                            + " 0 where there are 400,000 impressions or more.")
    private @Nullable Float l2;

    @Option(
            names = "--ranker-dropout",
            paramLabel = "SHARE",
            description = "Share of the deep part's units dropped in a step. Default: 0.1.")
    private @Nullable Float dropout;

    /** A plan with what was chosen in place of what suits the data set. */
    RankerTrainingPlan plan(RankerTrainingPlan suiting) {
        RankerTrainingPlan plan =
                suiting.withWeights(weights())
                        .withTeachers(ensemble)
                        .withPasses(passes, stopsEarly)
                        .withSteps(
                                batch == null ? suiting.batch() : batch,
                                valueOr(rate, suiting.learningRate()),
                                valueOr(l2, suiting.l2()),
                                valueOr(dropout, suiting.dropout()));
        plan = isLastDayHeldOut ? plan.withLastDayHeldOut() : plan;
        return matchDimension == null ? plan : plan.withMatchDimension(matchDimension);
    }

    /** The same for all models; the light ranker has no teachers. */
    TrainingPlan plan(TrainingPlan suiting) {
        RankerTrainingPlan steps = suiting.ranker();
        TrainingPlan plan =
                suiting.withWeights(weights())
                        .withTeachers(ensemble)
                        .withPasses(passes, stopsEarly)
                        .withSteps(
                                batch == null ? steps.batch() : batch,
                                valueOr(rate, steps.learningRate()),
                                valueOr(l2, steps.l2()),
                                valueOr(dropout, steps.dropout()));
        plan = isLastDayHeldOut ? plan.withLastDayHeldOut() : plan;
        return matchDimension == null ? plan : plan.withMatchDimension(matchDimension);
    }

    private static float valueOr(@Nullable Float value, float otherwise) {
        return value == null ? otherwise : value;
    }

    private LabelWeights weights() {
        return LabelWeights.of(labelWeights);
    }
}
