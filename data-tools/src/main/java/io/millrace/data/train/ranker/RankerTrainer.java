package io.millrace.data.train.ranker;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.train.optimise.Shards;
import io.millrace.data.train.optimise.TableTrainer;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.RankerInput;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.FeatureInput;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;

/**
 * Trains the ranker on impressions. Ids of users and items are now and then replaced by that of an
 * unseen one, so that the features carry what newcomers need.
 *
 * <p>Threading: one trainer, one caller; works on a pool of its own.
 */
public final class RankerTrainer implements AutoCloseable {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();
    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final double LAST_RATE_SHARE = 0.02;
    private static final float ANONYMOUS_SHARE = 0.1f;
    private static final int REPORTED_PARTS = 20;
    private static final long ORDER_STREAM = 1L << 42;

    private final Dataset dataset;
    private final InteractionTable events;
    private final RankerInput input;
    private final RankerTrainingPlan plan;
    private final ProgressListener progress;
    private final Shards shards;
    private final DcnGradients gradients;
    private final ImpressionBatch batch;
    private final boolean[] labels;
    private final List<TableTrainer> tables = new ArrayList<>();
    private final AdamStep step = new AdamStep(MEAN_DECAY, SQUARE_DECAY);
    private int stepNumber;

    private RankerTrainer(
            Dataset dataset, DcnModel model, RankerTrainingPlan plan, ProgressListener progress) {
        this.dataset = dataset;
        this.events = dataset.train();
        this.input = model.input();
        this.plan = plan;
        this.progress = progress;
        this.shards = new Shards(plan.threads());
        this.gradients = new DcnGradients(model, plan.batch(), shards);
        this.batch = new ImpressionBatch(plan.batch());
        this.labels = new boolean[plan.batch()];
        for (EmbeddingTable table : input.tables().values()) {
            tables.add(new TableTrainer(table));
        }
    }

    /**
     * Trains a new model.
     *
     * @param dataset whose impressions to train on are learnt from.
     * @param plan how.
     * @param progress told how far it is, with the loss.
     * @return the trained model and what was done.
     * @throws MillraceException BAD_INPUT when there are no impressions or all have the same label,
     *     INTERNAL when the loss is no number any more.
     */
    public static Trained train(
            Dataset dataset, RankerTrainingPlan plan, ProgressListener progress) {
        double clickRate = clickRate(dataset.train());
        DcnModel model = DcnModel.initial(dataset.schema(), plan.shape(), plan.seed());
        model.head().bias()[0] = (float) Math.log(clickRate / (1 - clickRate));
        try (ForkJoinPool pool = new ForkJoinPool(plan.threads());
                RankerTrainer trainer = new RankerTrainer(dataset, model, plan, progress)) {
            return new Trained(model, pool.submit(trainer::run).get());
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
        }
    }

    /**
     * A trained model and the report of its training.
     *
     * @param model the model, to be closed by the caller.
     * @param report what was done.
     */
    public record Trained(DcnModel model, RankerTrainingReport report) {}

    @Override
    public void close() {
        tables.forEach(TableTrainer::close);
    }

    private RankerTrainingReport run() {
        long startNs = System.nanoTime();
        long[] groups = groups();
        long total = events.count() * plan.epochs();
        double[] lossSums = new double[REPORTED_PARTS];
        long[] lossCounts = new long[REPORTED_PARTS];
        long done = 0;
        try (ProgressListener.Stage stage = progress.start("train ranker", total)) {
            for (int epoch = 0; epoch < plan.epochs(); epoch++) {
                SplitRandom random = SplitRandom.forStream(plan.seed(), ORDER_STREAM + epoch);
                shuffle(groups, random);
                GroupCursor cursor = new GroupCursor(groups, random);
                while (cursor.fillBatch()) {
                    double loss = trainBatch((double) done / total, epoch);
                    int part = (int) (done * REPORTED_PARTS / total);
                    lossSums[part] += loss;
                    lossCounts[part] += batch.rows();
                    done += batch.rows();
                    stage.advance(batch.rows());
                    stage.note(String.format("loss %.4f", lossSums[part] / lossCounts[part]));
                }
            }
        }
        List<Double> losses = new ArrayList<>();
        for (int part = 0; part < REPORTED_PARTS; part++) {
            if (lossCounts[part] > 0) {
                losses.add(lossSums[part] / lossCounts[part]);
            }
        }
        return new RankerTrainingReport(done, losses, (System.nanoTime() - startNs) / 1e9);
    }

    private double trainBatch(double share, int epoch) {
        shards.run(batch.groups(), this::gatherGroups);
        gradients.forward(batch.rows());
        for (int row = 0; row < batch.rows(); row++) {
            labels[row] = events.isClick(batch.event(row));
        }
        double loss = gradients.loss(batch.rows(), labels);
        if (!Double.isFinite(loss)) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "loss of the ranker is no number: epoch=%d, batch=%d; lower the learning rate",
                    epoch + 1,
                    stepNumber + 1);
        }
        gradients.backward(batch.rows());
        stepNumber++;
        step.advance((float) (plan.learningRate() * (1 - (1 - LAST_RATE_SHARE) * share)));
        sumUserGradients();
        tables.parallelStream().forEach(this::scatter);
        gradients.apply(step);
        return loss;
    }

    private void gatherGroups(int fromGroup, int toGroup) {
        float[] inputs = gradients.inputs;
        int width = input.width();
        for (int group = fromGroup; group < toGroup; group++) {
            int first = batch.groupStart(group);
            for (int row = first; row < batch.groupStart(group + 1); row++) {
                long event = batch.event(row);
                int at = row * width;
                if (row == first) {
                    input.user()
                            .gatherInto(
                                    dataset.users().segment(),
                                    dataset.users().offset(events.user(event)),
                                    inputs,
                                    at);
                    hideIds(
                            input.user(),
                            FeatureField.USER_TABLE,
                            batch.isUserAnonymous(group),
                            inputs,
                            at);
                } else {
                    System.arraycopy(inputs, first * width, inputs, at, input.contextAt());
                }
                input.context()
                        .gatherInto(
                                events.contextSegment(),
                                events.contextOffset(event),
                                inputs,
                                at + input.contextAt());
                int itemAt = at + input.sharedWidth();
                input.item()
                        .gatherInto(
                                dataset.items().segment(),
                                dataset.items().offset(events.item(event)),
                                inputs,
                                itemAt);
                hideIds(
                        input.item(),
                        FeatureField.ITEM_TABLE,
                        batch.isItemAnonymous(row),
                        inputs,
                        itemAt);
            }
        }
    }

    /**
     * Puts the embedding of an unseen id in the place of the own one; pooled lists of the same
     * table stay.
     */
    private static void hideIds(
            FeatureInput part, String table, boolean isHidden, float[] inputs, int at) {
        if (!isHidden) {
            return;
        }
        for (int field = 0; field < part.fieldCount(); field++) {
            if (isOwnId(part, field, table)) {
                EmbeddingTable own = part.table(field);
                ELEMENTS.copyRow(
                        own.segment(),
                        own.offset(FeatureField.UNSEEN),
                        inputs,
                        at + part.position(field),
                        own.dimension());
            }
        }
    }

    private static boolean isOwnId(FeatureInput part, int field, String table) {
        return !part.isNumber(field)
                && !part.isList(field)
                && part.table(field).name().equals(table);
    }

    /**
     * The user part is the same in all rows of a group: its gradient is the sum, kept in the first
     * of them.
     */
    private void sumUserGradients() {
        float[] all = gradients.inputGradients;
        int width = input.width();
        for (int group = 0; group < batch.groups(); group++) {
            int first = batch.groupStart(group);
            for (int row = first + 1; row < batch.groupStart(group + 1); row++) {
                VECTORS.addScaled(1, all, row * width, all, first * width, input.contextAt());
            }
        }
    }

    private void scatter(TableTrainer table) {
        int width = input.width();
        for (int group = 0; group < batch.groups(); group++) {
            int first = batch.groupStart(group);
            scatterPart(
                    table,
                    input.user(),
                    dataset.users().segment(),
                    dataset.users().offset(events.user(batch.event(first))),
                    batch.isUserAnonymous(group) ? FeatureField.USER_TABLE : "",
                    first * width);
            for (int row = first; row < batch.groupStart(group + 1); row++) {
                long event = batch.event(row);
                scatterPart(
                        table,
                        input.context(),
                        events.contextSegment(),
                        events.contextOffset(event),
                        "",
                        row * width + input.contextAt());
                scatterPart(
                        table,
                        input.item(),
                        dataset.items().segment(),
                        dataset.items().offset(events.item(event)),
                        batch.isItemAnonymous(row) ? FeatureField.ITEM_TABLE : "",
                        row * width + input.sharedWidth());
            }
        }
        table.apply(step, stepNumber, plan.l2());
    }

    private void scatterPart(
            TableTrainer table,
            FeatureInput part,
            MemorySegment rows,
            long offset,
            String hidden,
            int at) {
        for (int field = 0; field < part.fieldCount(); field++) {
            if (part.isNumber(field) || part.table(field) != table.table()) {
                continue;
            }
            int count = part.idCount(field, rows, offset);
            boolean isHidden = isOwnId(part, field, hidden);
            for (int i = 0; i < count; i++) {
                int id = isHidden ? FeatureField.UNSEEN : part.id(field, i, rows, offset);
                table.add(id, 1f / count, gradients.inputGradients, at + part.position(field));
            }
        }
    }

    /** Where runs of impressions of one user begin, each no longer than a batch. */
    private long[] groups() {
        long[] starts = new long[1_024];
        int count = 0;
        int longest = Math.min(plan.batch(), 64);
        for (long event = 0; event < events.count(); event++) {
            boolean isNew =
                    event == 0
                            || events.user(event) != events.user(event - 1)
                            || event - (starts[count - 1] >>> 8) >= longest;
            if (isNew) {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, count * 2);
                }
                starts[count++] = event << 8;
            }
            // The low byte holds the length, so that a shuffled start still knows its end.
            starts[count - 1]++;
        }
        return Arrays.copyOf(starts, count);
    }

    private static void shuffle(long[] values, SplitRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            long swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }

    private static double clickRate(InteractionTable events) {
        long clicks = 0;
        for (long i = 0; i < events.count(); i++) {
            clicks += events.isClick(i) ? 1 : 0;
        }
        if (clicks == 0 || clicks == events.count()) {
            throw MillraceException.badInput(
                    "nothing to learn: impressions=%d, clicks=%d; there must be both labels",
                    events.count(), clicks);
        }
        return (double) clicks / events.count();
    }

    /** Goes through the groups of an epoch and fills batches with whole groups. */
    private final class GroupCursor {
        private final long[] groups;
        private final SplitRandom random;
        private int next;

        GroupCursor(long[] groups, SplitRandom random) {
            this.groups = groups;
            this.random = random;
        }

        boolean fillBatch() {
            batch.clear();
            while (next < groups.length) {
                long first = groups[next] >>> 8;
                int length = (int) (groups[next] & 0xFF);
                if (batch.rows() + length > plan.batch()) {
                    break;
                }
                batch.beginGroup(random.nextFloat() < ANONYMOUS_SHARE);
                for (int i = 0; i < length; i++) {
                    batch.add(first + i, random.nextFloat() < ANONYMOUS_SHARE);
                }
                next++;
            }
            return batch.rows() > 0;
        }
    }
}
