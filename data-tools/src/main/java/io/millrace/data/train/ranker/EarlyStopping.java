package io.millrace.data.train.ranker;

import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.train.checkpoint.TrainingRun;

/**
 * Chooses how many passes over the impressions are best, by the last day of them: rankers learn
 * from the days before in one pass, in two and so on, each with the whole schedule of its step
 * size, until one foretells the last day no better than the one before.
 *
 * <p>Threading: as the training.
 */
final class EarlyStopping {
    private EarlyStopping() {}

    /**
     * Chooses.
     *
     * @throws MillraceException BAD_INPUT when all impressions are of one day.
     */
    static int passes(
            Dataset dataset, RankerTrainingPlan plan, MatchVectors vectors, TrainingRun run) {
        InteractionTable events = dataset.train();
        if (events.count() > 0 && events.day(0) == events.day(events.count() - 1)) {
            throw MillraceException.badInput(
                    "no last day to stop by: impressions=%d, all of one day; leave out"
                            + " --early-stopping",
                    events.count());
        }
        double best = Double.POSITIVE_INFINITY;
        for (int passes = 1; passes <= plan.epochs(); passes++) {
            double loss = lossOfTheLastDay(dataset, plan, passes, vectors, run);
            if (!(loss < best)) {
                return passes - 1;
            }
            best = loss;
        }
        return plan.epochs();
    }

    private static double lossOfTheLastDay(
            Dataset dataset,
            RankerTrainingPlan plan,
            int passes,
            MatchVectors vectors,
            TrainingRun run) {
        String text = String.format("%d of %d passes, no last day", passes, plan.epochs());
        RankerTrainer.Trained trained =
                RankerTrainer.train(
                        dataset,
                        plan.ofPasses(passes).withLastDayHeldOut(),
                        vectors,
                        null,
                        run.part("-passes-" + passes, text));
        trained.model().close();
        return trained.report().heldOut().logLoss();
    }
}
