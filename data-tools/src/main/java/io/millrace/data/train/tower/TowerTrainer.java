package io.millrace.data.train.tower;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.checkpoint.Checkpoint;
import io.millrace.data.train.checkpoint.TrainingRun;
import io.millrace.data.train.checkpoint.TrainingState;
import io.millrace.data.train.optimise.LossCurve;
import io.millrace.data.train.optimise.Shards;
import io.millrace.data.train.optimise.TableTrainer;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.tower.TwoTowerModel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * Trains the towers on watch histories. See the package for the loss.
 *
 * <p>Threading: one trainer, one caller; works on a pool of its own.
 */
public final class TowerTrainer implements AutoCloseable {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final float LAST_RATE_SHARE = 0.1f;
    private static final float FIRST_SCALE = 10;
    private static final float LARGEST_SCALE = 50;
    private static final int LARGE_TABLE_ROWS = 2_048;
    private static final int LARGE_TABLE_PARTS = 4;

    private final Dataset dataset;
    private final TwoTowerModel model;
    private final TowerTrainingPlan plan;
    private final ProgressListener progress;
    private final Checkpoint checkpoint;
    private final LossCurve losses;
    private final PositiveDraws draws;
    private final NetworkTrainer queries;
    private final NetworkTrainer items;
    private final TowerRows rows;
    private final SampledSoftmax softmax;
    private final TowerBatch batch;
    private final List<TableTrainer> tables = new ArrayList<>();
    private final Shards shards;
    private final AdamStep step = new AdamStep(MEAN_DECAY, SQUARE_DECAY);
    private final float[] corrections;
    private MinedNegatives mined;

    /** The last pass that negatives were mined for, or -1. */
    private int minedEpoch = -1;

    private final float[] logScale = {(float) Math.log(FIRST_SCALE)};
    private final float[] logScaleGradient = new float[1];
    private final float[] logScaleMean = new float[1];
    private final float[] logScaleSquare = new float[1];
    private int stepNumber;
    private int resumedSteps;
    private int stepsDrawn;
    private long positivesDone;

    private TowerTrainer(
            Dataset dataset, TwoTowerModel model, TowerTrainingPlan plan, TrainingRun run) {
        this.shards = new Shards(plan.threads());
        this.dataset = dataset;
        this.model = model;
        this.plan = plan;
        this.progress = run.progress();
        this.checkpoint = run.checkpoint(dataset, plan);
        this.losses = new LossCurve(plan.epochs());
        this.draws = new PositiveDraws(dataset, model.history(), plan);
        int negatives = plan.hardNegatives().count();
        this.queries = new NetworkTrainer(model.queryNetwork(), plan.batch());
        this.items =
                new NetworkTrainer(
                        model.itemNetwork(), SampledSoftmax.columnRoom(plan.batch(), negatives));
        this.rows = new TowerRows(dataset, model, queries, items);
        this.softmax =
                new SampledSoftmax(plan.batch(), negatives, model.shape().dimension(), shards);
        this.batch = new TowerBatch(plan.batch(), negatives);
        this.corrections = LogitCorrections.of(dataset, model, plan.trendWeight());
        this.mined = MinedNegatives.none(corrections);
        for (EmbeddingTable table : model.tables()) {
            int parts = table.rows() >= LARGE_TABLE_ROWS ? LARGE_TABLE_PARTS : 1;
            tables.addAll(TableTrainer.inParts(table, parts));
        }
    }

    /**
     * Trains a new model and keeps no checkpoints.
     *
     * @param dataset whose histories are learnt from.
     * @param plan how.
     * @param progress told how far it is, with the loss.
     * @return the trained model and what was done.
     * @throws MillraceException as {@link #train(Dataset, TowerTrainingPlan, TrainingRun)}.
     */
    public static Trained train(
            Dataset dataset, TowerTrainingPlan plan, ProgressListener progress) {
        return train(dataset, plan, TrainingRun.of(progress));
    }

    /**
     * Trains a model, or goes on with it where its run has a checkpoint.
     *
     * @param dataset whose histories are learnt from.
     * @param plan how.
     * @param run told how far it is, with the loss.
     * @return the trained model and what was done.
     * @throws MillraceException BAD_INPUT when no user has a history, INTERNAL when the loss is no
     *     number any more, MISMATCH when the checkpoint is of another training.
     */
    public static Trained train(Dataset dataset, TowerTrainingPlan plan, TrainingRun run) {
        TwoTowerModel model = TwoTowerModel.initial(dataset.schema(), plan.shape(), plan.seed());
        try (ForkJoinPool pool = new ForkJoinPool(plan.threads());
                TowerTrainer trainer = new TowerTrainer(dataset, model, plan, run)) {
            return new Trained(model, pool.submit(trainer::run).get());
        } catch (ExecutionException e) {
            model.close();
            if (e.getCause() instanceof MillraceException own) {
                throw own;
            }
            throw new MillraceException(ErrorCode.INTERNAL, "training of the towers failed", e);
        } catch (InterruptedException e) {
            model.close();
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.INTERNAL, "training of the towers was interrupted", e);
        }
    }

    /**
     * A trained model and the report of its training.
     *
     * @param model the model, to be closed by the caller.
     * @param report what was done.
     */
    public record Trained(TwoTowerModel model, TowerTrainingReport report) {}

    @Override
    public void close() {
        tables.forEach(TableTrainer::close);
    }

    private TowerTrainingReport run() {
        long startNs = System.nanoTime();
        long perEpoch = draws.count();
        HardNegatives hard = plan.hardNegatives();
        checkpoint.resume(this::walk);
        resumedSteps = stepNumber;
        int epoch = 0;
        while (epoch < plan.epochs()) {
            if (hard.isMinedBefore(epoch) && epoch > minedEpoch) {
                mined =
                        new NegativeMiner(dataset, model, plan, corrections)
                                .mine(draws.users(), epoch, progress);
                minedEpoch = epoch;
            }
            int end = epoch + 1;
            while (end < plan.epochs() && !hard.isMinedBefore(end)) {
                end++;
            }
            try (ProgressListener.Stage stage =
                    progress.start("train towers", perEpoch * (end - epoch))) {
                for (; epoch < end; epoch++) {
                    trainEpoch(epoch, perEpoch * plan.epochs(), stage);
                }
            }
        }
        checkpoint.finish(this::walk);
        giveUnseenItemsTheCommonVector();
        model.setTemperature((float) Math.exp(-logScale[0]));
        return new TowerTrainingReport(
                positivesDone,
                losses.means(),
                Math.exp(-logScale[0]),
                (System.nanoTime() - startNs) / 1e9);
    }

    /**
     * One pass over the users. What a resumed training has learnt already is drawn once more and
     * left out.
     */
    private void trainEpoch(int epoch, long total, ProgressListener.Stage stage) {
        draws.begin(epoch);
        while (draws.fill(batch, mined)) {
            if (++stepsDrawn > resumedSteps) {
                double loss = trainBatch(rateAt((double) positivesDone / total), epoch);
                losses.add(epoch, loss, 1);
                double mean = losses.mean(epoch);
                stage.note(String.format("epoch %d loss %.3f", epoch + 1, mean));
                checkpoint.saveIfDue(this::walk);
            }
            positivesDone += batch.rows();
            stage.advance(batch.rows());
        }
    }

    /** Over all that is to be kept. */
    private void walk(TrainingState state) {
        int[] steps = {stepNumber};
        state.part("steps", MemorySegment.ofArray(steps));
        while (stepNumber < steps[0]) {
            step.advance(plan.learningRate());
            stepNumber++;
        }
        losses.walk(state);
        for (int i = 0; i < tables.size(); i++) {
            tables.get(i).walk(state, "table." + i);
        }
        queries.walk(state, "queries");
        items.walk(state, "items");
        int[] mining = {minedEpoch, mined.places()};
        state.part("mined.epoch", MemorySegment.ofArray(mining));
        if (mining[0] != minedEpoch) {
            minedEpoch = mining[0];
            mined = MinedNegatives.ofPlaces(mining[1], corrections.length, plan);
        }
        if (minedEpoch >= 0) {
            mined.walk(state);
        }
        state.floats("scale", logScale);
        state.floats("scale.mean", logScaleMean);
        state.floats("scale.square", logScaleSquare);
    }

    private double trainBatch(float rate, int epoch) {
        shards.run(batch.groups(), (from, to) -> rows.gatherUsers(batch, from, to));
        shards.run(batch.columns(), (from, to) -> rows.gatherItems(batch, from, to));
        shards.run(batch.rows(), queries::forward);
        shards.run(batch.columns(), items::forward);
        SampledSoftmax.Result result =
                softmax.lossAndGradients(queries, items, batch, (float) Math.exp(logScale[0]));
        if (!Double.isFinite(result.loss())) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "loss of the towers is no number: epoch=%d, batch=%d, rate=%s; %s",
                    epoch + 1,
                    stepNumber + 1,
                    rate,
                    checkpoint.advice("--tower-rate"));
        }
        shards.run(batch.rows(), queries::backward);
        shards.run(batch.columns(), items::backward);
        stepNumber++;
        step.advance(rate);
        IntStream.range(0, tables.size() + queries.parts() + items.parts())
                .parallel()
                .forEach(this::learn);
        logScaleGradient[0] = (float) result.scaleGradient();
        ELEMENTS.adam(logScale, logScaleMean, logScaleSquare, logScaleGradient, 0, 1, step);
        logScale[0] = Math.min(logScale[0], (float) Math.log(LARGEST_SCALE));
        return result.loss();
    }

    /** Learns a part of a table or of a network; none of them touches what another does. */
    private void learn(int task) {
        int queryTask = task - tables.size();
        int itemTask = queryTask - queries.parts();
        if (queryTask < 0) {
            TableTrainer table = tables.get(task);
            rows.scatter(batch, table);
            table.apply(step, stepNumber, 0);
        } else if (itemTask < 0) {
            queries.learn(queryTask, batch.rows(), step);
        } else {
            items.learn(itemTask, batch.columns(), step);
        }
    }

    /**
     * What was never met in training is known by its features only: its id says what an unseen one
     * says.
     */
    private void giveUnseenItemsTheCommonVector() {
        EmbeddingTable table = model.items();
        TableTrainer trainer =
                tables.stream()
                        .filter(each -> each.table().name().equals(table.name()))
                        .findFirst()
                        .orElseThrow();
        long bytes = (long) table.dimension() * Float.BYTES;
        for (int id = FeatureField.FIRST; id < table.rows(); id++) {
            if (!trainer.isTouched(id)) {
                MemorySegment.copy(
                        table.segment(),
                        table.offset(FeatureField.UNSEEN),
                        table.segment(),
                        table.offset(id),
                        bytes);
            }
        }
    }

    private float rateAt(double share) {
        return plan.learningRate() * (float) (1 - (1 - LAST_RATE_SHARE) * share);
    }
}
