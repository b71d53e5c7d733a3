package io.millrace.data.train.ranker;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.data.train.checkpoint.TrainingRun;
import io.millrace.ranker.dcn.DcnModel;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;

/**
 * Trains the ranker on impressions: with the vectors of its items, in as many passes as help, with
 * teachers where they are wanted.
 *
 * <p>Threading: one caller; works on a pool of its own.
 */
public final class RankerTrainer {
    private RankerTrainer() {}

    /**
     * Trains a new model and keeps no checkpoints.
     *
     * @param dataset whose impressions to train on are learnt from.
     * @param plan how.
     * @param progress told how far it is, with the loss.
     * @return the trained model and what was done.
     * @throws MillraceException as {@link #train(Dataset, RankerTrainingPlan, TrainingRun)}.
     */
    public static Trained train(
            Dataset dataset, RankerTrainingPlan plan, ProgressListener progress) {
        return train(dataset, plan, TrainingRun.of(progress));
    }

    /**
     * Trains a model, or goes on with it where its run has a checkpoint.
     *
     * @param dataset whose impressions to train on are learnt from.
     * @param asked how.
     * @param run told how far it is, with the loss.
     * @return the trained model and what was done.
     * @throws MillraceException BAD_INPUT when there are no impressions, all have the same label,
     *     or all are of one day where the last is to be held out, INTERNAL when the loss is no
     *     number any more, MISMATCH when the checkpoint is of another training.
     */
    public static Trained train(Dataset dataset, RankerTrainingPlan asked, TrainingRun run) {
        long startNs = System.nanoTime();
        try (MatchVectors vectors = MatchVectors.of(dataset, asked, run.progress())) {
            RankerTrainingPlan plan =
                    asked.stopsEarly()
                            ? asked.ofPasses(EarlyStopping.passes(dataset, asked, vectors, run))
                            : asked;
            if (plan.teachers() == 0) {
                double seconds = (System.nanoTime() - startNs) / 1e9;
                return train(dataset, plan, vectors, null, run).after(seconds);
            }
            try (Teachers teachers = Teachers.train(dataset, plan, vectors, run)) {
                double seconds = (System.nanoTime() - startNs) / 1e9;
                return train(dataset, plan.ofStudent(), vectors, teachers, run).after(seconds);
            }
        }
    }

    /** One ranker, whose items' vectors are there already. */
    static Trained train(
            Dataset dataset,
            RankerTrainingPlan plan,
            MatchVectors vectors,
            @Nullable Teachers teachers,
            TrainingRun run) {
        long learnt = learntEvents(dataset.train(), plan);
        List<Label> labels = dataset.labels();
        plan.weights().validateFor(labels);
        DcnModel model =
                DcnModel.initial(
                        dataset.schema(),
                        plan.shape(),
                        Label.headsOf(labels),
                        vectors.table(),
                        plan.seed());
        MatchVectors.standardise(model.input(), dataset, learnt);
        try (ForkJoinPool pool = new ForkJoinPool(plan.threads());
                RankerTrainingLoop loop =
                        new RankerTrainingLoop(dataset, model, plan, teachers, run)) {
            float[] bias = model.network().head().bias();
            Label main = plan.weights().main(labels);
            Heads.begin(bias, labels, dataset.train(), learnt, main);
            return new Trained(model, pool.submit(() -> loop.run(learnt)).get());
        } catch (ExecutionException e) {
            model.close();
            if (e.getCause() instanceof MillraceException own) {
                throw own;
            }
            throw new MillraceException(ErrorCode.INTERNAL, "training of the ranker failed", e);
        } catch (InterruptedException e) {
            model.close();
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.INTERNAL, "training of the ranker was interrupted", e);
        } catch (MillraceException e) {
            model.close();
            throw e;
        }
    }

    /**
     * A trained model and the report of its training.
     *
     * @param model the model, to be closed by the caller.
     * @param report what was done.
     */
    public record Trained(DcnModel model, RankerTrainingReport report) {
        /** The same after what took so long. */
        private Trained after(double seconds) {
            return new Trained(model, report.after(seconds));
        }
    }

    private static long learntEvents(InteractionTable events, RankerTrainingPlan plan) {
        long end = events.count();
        if (!plan.isLastDayHeldOut() || end == 0) {
            return end;
        }
        int lastDay = events.day(end - 1);
        while (end > 0 && events.day(end - 1) == lastDay) {
            end--;
        }
        return end;
    }
}
