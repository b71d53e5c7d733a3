package io.millrace.data.train.ranker;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.AdamStep;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.data.train.checkpoint.Checkpoint;
import io.millrace.data.train.checkpoint.TrainingRun;
import io.millrace.data.train.checkpoint.TrainingState;
import io.millrace.data.train.dcn.DcnGradients;
import io.millrace.data.train.dcn.Dropout;
import io.millrace.data.train.optimise.LossCurve;
import io.millrace.data.train.optimise.Shards;
import io.millrace.data.train.optimise.TableTrainer;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.model.EmbeddingTable;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One training of one ranker: all passes over the impressions, and how good it is afterwards. Ids
 * of users and items are now and then replaced by that of an unseen one, so that the features carry
 * what newcomers need.
 *
 * <p>Threading: one caller, in a pool of its own.
 */
final class RankerTrainingLoop implements AutoCloseable {
    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final double LAST_RATE_SHARE = 0.02;
    private static final float ANONYMOUS_SHARE = 0.1f;
    private static final float STRANGE_SHARE = 0.5f;
    private static final int REPORTED_PARTS = 20;
    private static final long ORDER_STREAM = 1L << 42;
    private static final int MOST_SCORED = 200_000;
    private static final int LARGE_TABLE_ROWS = 2_048;
    private static final int LARGE_TABLE_PARTS = 4;

    private final Dataset dataset;
    private final DcnModel model;
    private final RankerTrainingPlan plan;
    private final List<Label> labels;
    private final Label main;
    private final int mainHead;

    /** Weights of the losses by head. */
    private final float[] weights;

    private final @Nullable Teachers teachers;
    private final ProgressListener progress;
    private final Checkpoint checkpoint;
    private final Shards shards;
    private final DcnGradients gradients;
    private final ImpressionBatch batch;
    private final List<TableTrainer> tables = new ArrayList<>();
    private final AdamStep step = new AdamStep(MEAN_DECAY, SQUARE_DECAY);
    private final LossCurve losses = new LossCurve(REPORTED_PARTS);
    private final Scores trainScores;
    private int stepNumber;
    private int realRows;

    RankerTrainingLoop(
            Dataset dataset,
            DcnModel model,
            RankerTrainingPlan plan,
            @Nullable Teachers teachers,
            TrainingRun run) {
        this.teachers = teachers;
        this.dataset = dataset;
        this.model = model;
        this.plan = plan;
        this.labels = dataset.labels();
        this.main = plan.weights().main(labels);
        this.mainHead = labels.indexOf(main);
        this.weights = new float[labels.size()];
        for (int head = 0; head < weights.length; head++) {
            weights[head] = plan.weights().of(labels.get(head));
        }
        this.progress = run.progress();
        this.checkpoint = run.checkpoint(dataset, plan);
        this.shards = new Shards(plan.threads());
        this.gradients =
                new DcnGradients(
                        model.network(), plan.batch(), new Dropout(plan.dropout(), plan.seed()));
        this.batch = new ImpressionBatch(plan.batch());
        this.trainScores = new Scores(MOST_SCORED);
        for (EmbeddingTable table : model.input().tables().values()) {
            int parts = table.rows() >= LARGE_TABLE_ROWS ? LARGE_TABLE_PARTS : 1;
            tables.addAll(TableTrainer.inParts(table, parts));
        }
    }

    @Override
    public void close() {
        tables.forEach(TableTrainer::close);
    }

    /** Learns from the first impressions, and scores the others. */
    RankerTrainingReport run(long learnt) {
        long startNs = System.nanoTime();
        InteractionTable events = dataset.train();
        ImpressionRows rows = new ImpressionRows(dataset, events, model.input(), plan.batch());
        checkpoint.resume(state -> walk(rows, state));
        learn(rows, learnt);
        checkpoint.finish(state -> walk(rows, state));
        double seconds = (System.nanoTime() - startNs) / 1e9;
        RankerTrainingReport.Quality heldOut =
                learnt < events.count()
                        ? score(rows, learnt, events.count())
                        : RankerTrainingReport.Quality.NONE;
        InteractionTable test = dataset.test();
        RankerTrainingReport.Quality tested =
                score(
                        new ImpressionRows(dataset, test, model.input(), plan.batch()),
                        0,
                        test.count());
        return new RankerTrainingReport(
                learnt * plan.epochs(),
                losses.means(),
                seconds,
                new RankerTrainingReport.Quality(trainScores.auc(), trainScores.logLoss()),
                heldOut,
                tested);
    }

    /** What a resumed training has learnt already is drawn once more and left out. */
    private void learn(ImpressionRows rows, long learnt) {
        long total = learnt * plan.epochs();
        int resumedSteps = stepNumber;
        int batches = 0;
        long done = 0;
        GroupOrder order = new GroupOrder(rows.events(), 0, learnt, plan.batch());
        float strangeShare = teachers == null ? 0 : STRANGE_SHARE;
        try (ProgressListener.Stage stage = progress.start("train ranker", total)) {
            for (int epoch = 0; epoch < plan.epochs(); epoch++) {
                order.shuffle(SplitRandom.forStream(plan.seed(), ORDER_STREAM + epoch));
                while (order.fill(batch, plan.batch(), ANONYMOUS_SHARE, strangeShare)) {
                    if (++batches > resumedSteps) {
                        double loss = trainBatch(rows, (double) done / total, epoch);
                        int part = (int) (done * REPORTED_PARTS / total);
                        losses.add(part, loss, realRows);
                        stage.note(String.format("loss %.4f", losses.mean(part)));
                        checkpoint.saveIfDue(state -> walk(rows, state));
                    }
                    done += batch.rows();
                    stage.advance(batch.rows());
                }
            }
        }
    }

    /** Over all that is to be kept. */
    private void walk(ImpressionRows rows, TrainingState state) {
        int[] steps = {stepNumber};
        state.part("steps", MemorySegment.ofArray(steps));
        while (stepNumber < steps[0]) {
            step.advance(plan.learningRate());
            stepNumber++;
        }
        losses.walk(state);
        trainScores.walk(state);
        for (int i = 0; i < tables.size(); i++) {
            tables.get(i).walk(state, "table." + i);
        }
        gradients.walk(state);
        rows.walk(state);
    }

    private double trainBatch(ImpressionRows rows, double share, int epoch) {
        stepNumber++;
        gradients.begin(batch.rows(), stepNumber);
        if (teachers != null) {
            teachers.ask(batch, rows.events());
        }
        shards.run(batch.groups(), (from, to) -> throughNetwork(rows, from, to));
        double loss = loss(rows.events());
        if (!Double.isFinite(loss)) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "loss of the ranker is no number: epoch=%d, batch=%d, rate=%s; %s",
                    epoch + 1,
                    stepNumber,
                    plan.learningRate(),
                    checkpoint.advice("--ranker-rate"));
        }
        step.advance((float) (plan.learningRate() * (1 - (1 - LAST_RATE_SHARE) * share)));
        int tableCount = tables.size();
        IntStream.range(0, tableCount + gradients.parts())
                .parallel()
                .forEach(
                        task -> {
                            if (task < tableCount) {
                                TableTrainer table = tables.get(task);
                                rows.scatter(
                                        batch,
                                        gradients.inputs(),
                                        gradients.inputGradients(),
                                        table);
                                table.apply(step, stepNumber, plan.l2());
                            } else {
                                gradients.learn(task - tableCount, step);
                            }
                        });
        rows.learnAttention(batch, step);
        return loss;
    }

    /** Some groups forwards and backwards. */
    private void throughNetwork(ImpressionRows rows, int fromGroup, int toGroup) {
        int from = batch.groupStart(fromGroup);
        int to = batch.groupStart(toGroup);
        rows.gather(batch, fromGroup, toGroup, gradients.inputs());
        gradients.forward(from, to, true);
        InteractionTable events = rows.events();
        for (int row = from; row < to; row++) {
            long event = batch.event(row);
            for (int head = 0; head < labels.size(); head++) {
                boolean outcome = labels.get(head).holds(events, event);
                double target =
                        teachers != null ? teachers.probability(head, row) : outcome ? 1 : 0;
                setGradient(row, head, target);
            }
        }
        gradients.backward(from, to);
        rows.backward(batch, fromGroup, toGroup, gradients.inputs(), gradients.inputGradients());
    }

    private void setGradient(int row, int head, double target) {
        double probability = 1 / (1 + Math.exp(-gradients.logit(row, head)));
        double gradient = weights[head] * (probability - target) / batch.rows();
        gradients.setLogitGradient(row, head, (float) gradient);
    }

    /** Sum of the log losses of the main label, over the rows of which it is known. */
    private double loss(InteractionTable events) {
        if (trainScores.count() >= MOST_SCORED) {
            trainScores.clear();
        }
        double sum = 0;
        realRows = 0;
        for (int row = 0; row < batch.rows(); row++) {
            if (!batch.isReal(row)) {
                continue;
            }
            realRows++;
            float logit = gradients.logit(row, mainHead);
            boolean outcome = main.holds(events, batch.event(row));
            sum += Scores.logLoss(logit, outcome);
            trainScores.add(logit, outcome);
        }
        return sum;
    }

    /** How good the main label of some impressions is foretold, of very many only the last. */
    private RankerTrainingReport.Quality score(ImpressionRows rows, long from, long to) {
        if (to == from) {
            return RankerTrainingReport.Quality.NONE;
        }
        InteractionTable events = rows.events();
        GroupOrder order =
                new GroupOrder(events, Math.max(from, to - MOST_SCORED), to, plan.batch());
        Scores scores = new Scores((int) Math.min(to - from, MOST_SCORED));
        while (order.fill(batch, plan.batch(), 0, 0)) {
            gradients.begin(batch.rows(), 0);
            shards.run(
                    batch.groups(),
                    (first, end) -> {
                        rows.gather(batch, first, end, gradients.inputs());
                        gradients.forward(batch.groupStart(first), batch.groupStart(end), false);
                    });
            for (int row = 0; row < batch.rows(); row++) {
                scores.add(gradients.logit(row, mainHead), main.holds(events, batch.event(row)));
            }
        }
        return new RankerTrainingReport.Quality(scores.auc(), scores.logLoss());
    }
}
