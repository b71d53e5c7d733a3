package io.millrace.data.train.ranker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.checkpoint.TrainingRun;
import io.millrace.data.train.dcn.DcnGradients;
import io.millrace.data.train.dcn.Dropout;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What teachers say, against each of them asked alone through the training's own network. */
final class TeachersTest {
    private static final int BATCH = 50;
    private static final int TEACHERS = 3;

    @TempDir private Path folder;

    @Test
    void shouldSayTheMeanOfAllForPairsThatWereNeverShown() {
        new ImpressionWorld().write(folder.resolve("world"), ImpressionWorld.LAWFUL);
        DcnShape shape = new DcnShape(4, 1, 0, DcnStructure.PARALLEL, List.of(8));
        RankerTrainingPlan plan =
                new RankerTrainingPlan(
                        shape,
                        1,
                        false,
                        BATCH,
                        1e-2f,
                        0,
                        0,
                        LabelWeights.DEFAULT,
                        TEACHERS,
                        6,
                        false,
                        1,
                        3);
        ImpressionBatch batch = new ImpressionBatch(BATCH);
        try (Dataset dataset = Dataset.open(folder.resolve("world"));
                MatchVectors vectors = MatchVectors.of(dataset, plan, ProgressListener.NONE);
                Teachers teachers =
                        Teachers.train(
                                dataset, plan, vectors, TrainingRun.of(ProgressListener.NONE))) {
            GroupOrder order =
                    new GroupOrder(dataset.train(), 0, ImpressionWorld.FIRST_OF_LAST_DAY, BATCH);
            order.shuffle(new SplitRandom(5));
            assertTrue(order.fill(batch, BATCH, 0, 0.5f));
            teachers.ask(batch, dataset.train());
            int strange = 0;
            double[][] sums = new double[2][batch.rows()];
            for (DcnModel model : models(dataset, plan)) {
                addProbabilities(model, dataset, batch, sums);
                model.close();
            }
            for (int row = 0; row < batch.rows(); row++) {
                assertTrue(batch.shown(row) < ImpressionWorld.FIRST_OF_LAST_DAY);
                strange += batch.isReal(row) ? 0 : 1;
                for (int head = 0; head < sums.length; head++) {
                    double mean = sums[head][row] / TEACHERS;
                    assertEquals(mean, teachers.probability(head, row), 1e-5, head + " " + row);
                }
            }
            assertTrue(strange > BATCH / 5 && strange < BATCH, "strange pairs: " + strange);
        }
    }

    /** Trained one by one by the seeds of the teachers. */
    private static List<DcnModel> models(Dataset dataset, RankerTrainingPlan plan) {
        List<DcnModel> models = new ArrayList<>();
        for (int i = 0; i < TEACHERS; i++) {
            long seed = SplitRandom.forStream(plan.seed(), (1L << 43) + i).nextLong();
            models.add(
                    RankerTrainer.train(dataset, plan.ofTeacher(seed), ProgressListener.NONE)
                            .model());
        }
        return models;
    }

    private static void addProbabilities(
            DcnModel model, Dataset dataset, ImpressionBatch batch, double[][] sums) {
        DcnGradients network = new DcnGradients(model.network(), BATCH, new Dropout(0, 1));
        ImpressionRows rows = new ImpressionRows(dataset, dataset.train(), model.input(), BATCH);
        network.begin(batch.rows(), 0);
        rows.gather(batch, 0, batch.groups(), network.inputs());
        network.forward(0, batch.rows(), false);
        for (int head = 0; head < sums.length; head++) {
            for (int row = 0; row < batch.rows(); row++) {
                sums[head][row] += 1 / (1 + Math.exp(-network.logit(row, head)));
            }
        }
    }
}
