package io.millrace.data.train.tower;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
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
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.FeatureInput;
import io.millrace.ranker.tower.HistoryInput;
import io.millrace.ranker.tower.TwoTowerModel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final float SHORT_VIEW_WEIGHT = 0.3f;
    private static final float ANONYMOUS_SHARE = 0.1f;
    private static final float NEWCOMER_SHARE = 0.05f;
    private static final float FIRST_SCALE = 10;
    private static final float LARGEST_SCALE = 50;
    private static final int LARGE_TABLE_ROWS = 2_048;
    private static final int LARGE_TABLE_PARTS = 4;
    private static final long ORDER_STREAM = 1L << 41;

    private final Dataset dataset;
    private final TwoTowerModel model;
    private final TowerTrainingPlan plan;
    private final ProgressListener progress;
    private final Checkpoint checkpoint;
    private final LossCurve losses;
    private final HistoryInput history;
    private final NetworkTrainer queries;
    private final NetworkTrainer items;
    private final SampledSoftmax softmax;
    private final TowerBatch batch;
    private final List<TableTrainer> tables = new ArrayList<>();
    private final Shards shards;
    private final AdamStep step = new AdamStep(MEAN_DECAY, SQUARE_DECAY);
    private final float[] corrections;
    private final float[] logScale = {(float) Math.log(FIRST_SCALE)};
    private final float[] logScaleGradient = new float[1];
    private final float[] logScaleMean = new float[1];
    private final float[] logScaleSquare = new float[1];
    private int stepNumber;

    private TowerTrainer(
            Dataset dataset, TwoTowerModel model, TowerTrainingPlan plan, TrainingRun run) {
        this.shards = new Shards(plan.threads());
        this.dataset = dataset;
        this.model = model;
        this.plan = plan;
        this.progress = run.progress();
        this.checkpoint = run.checkpoint(dataset, plan.identity());
        this.losses = new LossCurve(plan.epochs());
        this.history = model.history();
        this.queries = new NetworkTrainer(model.queryNetwork(), plan.batch());
        this.items = new NetworkTrainer(model.itemNetwork(), plan.batch());
        this.softmax = new SampledSoftmax(plan.batch(), model.shape().dimension(), shards);
        this.batch = new TowerBatch(plan.batch());
        this.corrections = LogitCorrections.of(dataset, model, plan.trendWeight());
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
        int[] users = usersWithPositives();
        long perEpoch = countPositives(users);
        long total = perEpoch * plan.epochs();
        checkpoint.resume(this::walk);
        int resumedSteps = stepNumber;
        int batches = 0;
        long done = 0;
        try (ProgressListener.Stage stage = progress.start("train towers", total)) {
            for (int epoch = 0; epoch < plan.epochs(); epoch++) {
                shuffle(users, epoch);
                EpochCursor cursor = new EpochCursor(users, epoch);
                while (cursor.fillBatch()) {
                    // What a resumed training has learnt already is drawn once more and left out.
                    if (++batches > resumedSteps) {
                        losses.add(epoch, trainBatch(rateAt((double) done / total), epoch), 1);
                        double mean = losses.mean(epoch);
                        stage.note(String.format("epoch %d loss %.3f", epoch + 1, mean));
                        checkpoint.saveIfDue(this::walk);
                    }
                    done += batch.rows();
                    stage.advance(batch.rows());
                }
            }
        }
        checkpoint.finish(this::walk);
        giveUnseenItemsTheCommonVector();
        model.setTemperature((float) Math.exp(-logScale[0]));
        return new TowerTrainingReport(
                done, losses.means(), Math.exp(-logScale[0]), (System.nanoTime() - startNs) / 1e9);
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
        state.floats("scale", logScale);
        state.floats("scale.mean", logScaleMean);
        state.floats("scale.square", logScaleSquare);
    }

    private double trainBatch(float rate, int epoch) {
        batch.close();
        int rows = batch.rows();
        shards.run(batch.groups(), this::gatherGroups);
        shards.run(
                rows,
                (from, to) -> {
                    queries.forward(from, to);
                    items.forward(from, to);
                });
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
        shards.run(
                rows,
                (from, to) -> {
                    queries.backward(from, to);
                    items.backward(from, to);
                });
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

    private void gatherGroups(int fromGroup, int toGroup) {
        RowTable users = dataset.users();
        RowTable itemRows = dataset.items();
        new PooledHistories(model)
                .gather(users, batch, fromGroup, toGroup, queries.inputs, queries.width());
        for (int row = batch.groupStart(fromGroup); row < batch.groupStart(toGroup); row++) {
            model.userInput()
                    .gatherInto(
                            users.segment(),
                            users.offset(batch.user(row)),
                            queries.inputs,
                            row * queries.width() + history.width());
            model.gatherItem(
                    itemRows.segment(),
                    itemRows.offset(batch.item(row) - FeatureField.FIRST),
                    batch.isAnonymous(row),
                    items.inputs,
                    row * items.width());
        }
    }

    /** Learns a part of a table or of a network; none of them touches what another does. */
    private void learn(int task) {
        int queryTask = task - tables.size();
        int itemTask = queryTask - queries.parts();
        if (queryTask < 0) {
            TableTrainer table = tables.get(task);
            if (table.table().name().equals(FeatureField.ITEM_TABLE)) {
                scatterItems(table);
            } else {
                scatterFeatures(table);
            }
            table.apply(step, stepNumber, 0);
        } else if (itemTask < 0) {
            queries.learn(queryTask, batch.rows(), step);
        } else {
            items.learn(itemTask, batch.rows(), step);
        }
    }

    private void scatterItems(TableTrainer table) {
        for (int row = 0; row < batch.rows(); row++) {
            int id = batch.isAnonymous(row) ? FeatureField.UNSEEN : batch.item(row);
            if (table.owns(id)) {
                table.add(id, 1, items.inputGradients, row * items.width());
            }
        }
        new PooledHistories(model)
                .scatter(dataset.users(), batch, queries.inputGradients, queries.width(), table);
    }

    private void scatterFeatures(TableTrainer table) {
        RowTable users = dataset.users();
        RowTable itemRows = dataset.items();
        for (int row = 0; row < batch.rows(); row++) {
            scatterRow(
                    table,
                    model.userInput(),
                    users.segment(),
                    users.offset(batch.user(row)),
                    queries.inputGradients,
                    row * queries.width() + history.width());
            scatterRow(
                    table,
                    model.itemInput(),
                    itemRows.segment(),
                    itemRows.offset(batch.item(row) - FeatureField.FIRST),
                    items.inputGradients,
                    row * items.width() + model.items().dimension());
        }
    }

    private static void scatterRow(
            TableTrainer table,
            FeatureInput input,
            MemorySegment rows,
            long offset,
            float[] gradients,
            int at) {
        for (int field = 0; field < input.fieldCount(); field++) {
            if (!input.hasTable(field) || input.table(field) != table.table()) {
                continue;
            }
            int count = input.idCount(field, rows, offset);
            for (int i = 0; i < count; i++) {
                int id = input.id(field, i, rows, offset);
                if (table.owns(id)) {
                    float share = input.share(field, i, rows, offset);
                    table.add(id, share, gradients, at + input.position(field));
                }
            }
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

    private int[] usersWithPositives() {
        RowTable users = dataset.users();
        int[] result = new int[users.count()];
        int count = 0;
        for (int user = 0; user < users.count(); user++) {
            if (history.length(users.segment(), users.offset(user)) > 1) {
                result[count++] = user;
            }
        }
        if (count < 2) {
            throw MillraceException.badInput(
                    "too few histories to train towers: users with two or more watched items=%d,"
                            + " least=2",
                    count);
        }
        return Arrays.copyOf(result, count);
    }

    private long countPositives(int[] users) {
        long sum = 0;
        for (int user : users) {
            int length = history.length(dataset.users().segment(), dataset.users().offset(user));
            sum += Math.min(plan.positivesPerUser(), length - 1);
        }
        return sum;
    }

    private void shuffle(int[] users, int epoch) {
        SplitRandom random = SplitRandom.forStream(plan.seed(), ORDER_STREAM + epoch);
        for (int i = users.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = users[i];
            users[i] = users[j];
            users[j] = swapped;
        }
    }

    /** Goes through the users of an epoch and fills batches with their positives. */
    private final class EpochCursor {
        private final int[] users;
        private final SplitRandom random;
        private final int[] positions = new int[history.maxLength()];
        private int next;

        EpochCursor(int[] users, int epoch) {
            this.users = users;
            this.random = SplitRandom.forStream(plan.seed(), ORDER_STREAM * 2 + epoch);
        }

        /** Fills the batch with whole users; false when less than two are left. */
        boolean fillBatch() {
            batch.clear();
            while (next < users.length) {
                int user = users[next];
                long offset = dataset.users().offset(user);
                MemorySegment rows = dataset.users().segment();
                int length = history.length(rows, offset);
                int count = Math.min(plan.positivesPerUser(), length - 1);
                if (batch.rows() + count > plan.batch()) {
                    break;
                }
                drawPositions(length, count);
                boolean isNewcomer = random.nextFloat() < NEWCOMER_SHARE;
                for (int i = 0; i < count; i++) {
                    int item = history.item(rows, offset, positions[i]);
                    float weight = history.isLong(rows, offset, item) ? 1 : SHORT_VIEW_WEIGHT;
                    batch.add(
                            user,
                            isNewcomer ? 0 : positions[i],
                            item,
                            random.nextFloat() < ANONYMOUS_SHARE,
                            weight,
                            corrections[item]);
                }
                next++;
            }
            // A user alone has no negatives.
            return batch.rows() > 0 && batch.user(0) != batch.user(batch.rows() - 1);
        }

        /**
         * Chooses positions 1..length-1 without repetition, in rising order (selection sampling).
         */
        private void drawPositions(int length, int count) {
            int chosen = 0;
            for (int position = 1; position < length && chosen < count; position++) {
                int left = length - position;
                if (random.nextInt(left) < count - chosen) {
                    positions[chosen++] = position;
                }
            }
        }
    }
}
