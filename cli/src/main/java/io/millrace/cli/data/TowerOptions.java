package io.millrace.cli.data;

import io.millrace.core.error.MillraceException;
import io.millrace.data.train.tower.TowerTrainingPlan;
import io.millrace.ranker.tower.TowerShape;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** How the towers are trained, where it is not to be chosen by the size of the data set. */
final class TowerOptions {
    @Option(
            names = "--tower-dimension",
            paramLabel = "N",
            description = "Components of the vectors of users and items. Default: 64.")
    private @Nullable Integer dimension;

    @Option(
            names = "--tower-hidden",
            paramLabel = "N",
            description = "Units of the hidden layer of each tower. Default: 128.")
    private @Nullable Integer hidden;

    @Option(
            names = "--tower-epochs",
            paramLabel = "N",
            description =
                    "Passes over the users. Default: 2 to 7, the fewer the more users there are.")
    private @Nullable Integer epochs;

    @Option(
            names = "--tower-batch",
            paramLabel = "N",
            description =
                    "Positives of a step, each of which is a negative for the others. Default:"
                            + " 1024.")
    private @Nullable Integer batch;

    @Option(
            names = "--positives-per-user",
            paramLabel = "N",
            description = "The most positives of a user in a pass. Default: 16.")
    private @Nullable Integer positivesPerUser;

    @Option(
            names = "--tower-rate",
            paramLabel = "R",
            description =
                    "Size of the first steps; it falls to a tenth in the end. Default: 0.003.")
    private @Nullable Float rate;

    @Option(
            names = "--tower-trend",
            paramLabel = "W",
            description =
                    "How much the towers favour items that are the last of a history more often"
                            + " than their count says, 0 for not at all. Default: 0.6.")
    private @Nullable Float trend;

    @Option(
            names = "--hard-negatives",
            paramLabel = "N",
            description =
                    "Negatives that are drawn for a step beside its positives, from the second pass"
                            + " on: items that an index of the towers finds for its users and they"
                            + " have not watched. 1024 suit many items. Default: 0, for none.")
    private @Nullable Integer hardNegatives;

    /** A plan with what was chosen in place of what suits the data set. */
    TowerTrainingPlan plan(TowerTrainingPlan suiting) {
        TowerShape shape = suiting.shape();
        return new TowerTrainingPlan(
                new TowerShape(
                        valueOr(dimension, shape.dimension()),
                        valueOr(hidden, shape.hidden()),
                        shape.featureDimension()),
                valueOr(epochs, suiting.epochs()),
                valueOr(batch, suiting.batch()),
                valueOr(positivesPerUser, suiting.positivesPerUser()),
                rate == null ? suiting.learningRate() : rate,
                trend == null ? suiting.trendWeight() : trend,
                hardNegatives == null
                        ? suiting.hardNegatives()
                        : suiting.hardNegatives().withCount(hardNegatives),
                suiting.seed(),
                suiting.threads());
    }

    /** Refuses choices about towers where none are trained. */
    void requireNone() {
        if (dimension != null
                || hidden != null
                || epochs != null
                || batch != null
                || positivesPerUser != null
                || rate != null
                || trend != null
                || hardNegatives != null) {
            throw MillraceException.usage(
                    "options of towers, but the data set has no histories to train them on; leave"
                            + " out --tower-..., --positives-per-user and --hard-negatives");
        }
    }

    private static int valueOr(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }
}
