package io.millrace.data.train.ranker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.AdamStep;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.dcn.DcnGradients;
import io.millrace.data.train.dcn.Dropout;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.data.train.optimise.TableTrainer;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.EmbeddingTable;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

final class DcnGradientsTest {
    private static final List<Integer> DEEP = List.of(66, 7);
    private static final int ROWS = 14;
    private static final int CAPACITY = 20;
    private static final double STEP = 1e-5;
    private static final float TINY = 1e-14f;
    private static final ImpressionWorld WORLD = new ImpressionWorld();

    @TempDir private static Path folder;
    private static Dataset dataset;

    private final ImpressionBatch batch = new ImpressionBatch(CAPACITY);
    private final float[] pulls = new float[2 * CAPACITY];

    @BeforeAll
    static void write() {
        WORLD.write(folder.resolve("world"), ImpressionWorld.LAWFUL);
        dataset = Dataset.open(folder.resolve("world"));
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    @ParameterizedTest
    @CsvSource({
        "2, PARALLEL, 0, 0, 2",
        "2, PARALLEL, 3, 0, 2",
        "2, PARALLEL, 3, 4, 1",
        "2, STACKED, 0, 0, 2",
        "2, STACKED, 3, 0, 2",
        "2, STACKED, 3, 2, 2",
        "2, STACKED, 0, 0, 0",
        "1, PARALLEL, 5, 1, 0",
        "0, PARALLEL, 0, 0, 2",
        "0, STACKED, 0, 0, 2",
        "0, PARALLEL, 0, 0, 0"
    })
    void shouldHaveTheSlopesOfThePlainForward(
            int crossLayers, DcnStructure structure, int rank, int experts, int deepLayers) {
        List<Integer> deep = DEEP.subList(0, deepLayers);
        try (DcnModel model = model(new DcnShape(3, crossLayers, rank, experts, structure, deep))) {
            PlainDcn plain = new PlainDcn(WORLD, model, batch, pulls);
            DcnGradients gradients = gradients(model, 0);
            run(model, gradients, CAPACITY, 0);
            ImpressionRows rows = run(model, gradients, ROWS, 0);
            for (int row = 0; row < ROWS; row++) {
                for (int head = 0; head < 2; head++) {
                    assertEquals(plain.logit(row, head), gradients.logit(row, head), 1e-5);
                }
            }
            float[][] dense = denseGradients(gradients);
            List<double[]> parameters = plain.layers();
            assertEquals(parameters.size(), dense.length);
            List<String> names = List.copyOf(model.network().namedLayers().keySet());
            for (int part = 0; part < dense.length; part++) {
                int length = parameters.get(part).length;
                assertEquals(length, dense[part].length);
                if (part % 2 == 1 && !hasBias(names.get(part / 2))) {
                    assertArrayEquals(new float[length], dense[part], "no bias to learn");
                    continue;
                }
                assertSlopes(plain, parameters.get(part), dense[part], "part=" + part);
            }
            AttentionGradients attention = rows.attentions().getFirst();
            attention.learn(ROWS, standing());
            float[] scaleGradient = {attention.scaleGradient()};
            assertSlopes(plain, plain.logScale(), scaleGradient, "scale");
            for (EmbeddingTable table : model.input().tables().values()) {
                double[] values = plain.table(table.name());
                float[] sums = tableGradients(model, gradients, table);
                int met = Math.min(values.length, ImpressionWorld.SHOWN_IDS * table.dimension());
                assertSlopes(plain, values, Arrays.copyOf(sums, met), table.name());
                for (int i = met; i < sums.length; i++) {
                    assertEquals(0, sums[i], "an id that no row has");
                }
            }
        }
    }

    private static void assertSlopes(
            PlainDcn plain, double[] parameters, float[] gradients, String name) {
        for (int i = 0; i < gradients.length; i++) {
            double before = parameters[i];
            parameters[i] = before + STEP;
            double above = plain.pull();
            parameters[i] = before - STEP;
            double below = plain.pull();
            parameters[i] = before;
            double slope = (above - below) / (2 * STEP);
            assertEquals(slope, gradients[i], 2e-5 * (1 + Math.abs(slope)), name + ", index=" + i);
        }
    }

    /** Dropped units hang on step and row alone, so the training forward has slopes as well. */
    @Test
    void shouldDropTheSameUnitsBackwardsWhenTraining() {
        try (DcnModel model = model(new DcnShape(3, 2, 0, DcnStructure.PARALLEL, DEEP))) {
            DcnGradients gradients = gradients(model, 0.4f);
            run(model, gradients, ROWS, 7);
            float[] training = logits(gradients);
            float[][] dense = denseGradients(gradients);
            int layers = model.network().layers().size();
            // Wider steps cross the kink of a rectified unit, narrower ones drown in rounding.
            float step = 3e-4f;
            for (int layer = 0; layer < layers; layer++) {
                DenseLayer dropped = model.network().layers().get(layer);
                for (int i = 0; i < dropped.bias().length; i++) {
                    float before = dropped.bias()[i];
                    dropped.bias()[i] = before + step;
                    double above = floatPull(gradients);
                    dropped.bias()[i] = before - step;
                    double below = floatPull(gradients);
                    dropped.bias()[i] = before;
                    double slope = (above - below) / (2 * step);
                    assertEquals(slope, dense[2 * layer + 1][i], 0.01, layer + ", bias=" + i);
                }
            }
            gradients.forward(0, ROWS, false);
            assertFalse(Arrays.equals(training, logits(gradients)), "nothing was dropped");
            run(model, gradients, ROWS, 8);
            assertFalse(Arrays.equals(training, logits(gradients)), "each step drops the same");
        }
    }

    @ParameterizedTest
    @CsvSource({"PARALLEL, 0, 0", "STACKED, 3, 0", "PARALLEL, 3, 2"})
    void shouldGiveTheSameBitsWhenGroupsAreSharedOutOtherwise(
            DcnStructure structure, int rank, int experts) {
        try (DcnModel model = model(new DcnShape(3, 2, rank, experts, structure, DEEP))) {
            DcnGradients gradients = gradients(model, 0.3f);
            run(model, gradients, ROWS, 1);
            float[] logits = logits(gradients);
            float[] inputs = gradients.inputGradients().clone();
            float[][] dense = denseGradients(gradients);
            ImpressionRows rows = rows(model);
            for (int group = batch.groups() - 1; group >= 0; group--) {
                int from = batch.groupStart(group);
                int to = batch.groupStart(group + 1);
                rows.gather(batch, group, group + 1, gradients.inputs());
                gradients.forward(from, to, true);
                gradients.backward(from, to);
                rows.backward(
                        batch, group, group + 1, gradients.inputs(), gradients.inputGradients());
            }
            assertArrayEquals(logits, logits(gradients));
            assertArrayEquals(inputs, gradients.inputGradients());
            assertArrayEquals(dense, denseGradients(gradients));
        }
    }

    /** What projects to few numbers has no bias, nor has what an expert does with them. */
    private static boolean hasBias(String layer) {
        return !layer.endsWith(".v") && !layer.contains(".c.");
    }

    private DcnModel model(DcnShape shape) {
        DcnModel model = DcnModel.initial(ImpressionWorld.SCHEMA, shape, 6);
        SplitRandom random = new SplitRandom(13);
        for (EmbeddingTable table : model.input().tables().values()) {
            table.fillGaussian(0.5, 6);
        }
        // Larger embeddings than before training: a scale that lets all items count.
        model.input().attentions().getFirst().logScale()[0] = 0.4f;
        model.network()
                .namedLayers()
                .forEach(
                        (name, layer) -> {
                            for (int i = 0; hasBias(name) && i < layer.outputs(); i++) {
                                layer.bias()[i] = 0.3f * (float) random.nextGaussian();
                            }
                        });
        for (int i = 0; i < pulls.length; i++) {
            pulls[i] = (float) random.nextGaussian();
        }
        return model;
    }

    private static DcnGradients gradients(DcnModel model, float dropped) {
        return new DcnGradients(model.network(), CAPACITY, new Dropout(dropped, 3));
    }

    /** A batch forwards and backwards, the pulls being the gradients of the logits. */
    private ImpressionRows run(DcnModel model, DcnGradients gradients, int count, long step) {
        return run(model, gradients, count, step, 1);
    }

    private ImpressionRows run(
            DcnModel model, DcnGradients gradients, int count, long step, float pull) {
        WORLD.fill(batch, count);
        ImpressionRows rows = rows(model);
        rows.gather(batch, 0, batch.groups(), gradients.inputs());
        gradients.begin(count, step);
        gradients.forward(0, count, true);
        for (int i = 0; i < 2 * count; i++) {
            gradients.setLogitGradient(i / 2, i % 2, pull * pulls[i]);
        }
        gradients.backward(0, count);
        rows.backward(batch, 0, batch.groups(), gradients.inputs(), gradients.inputGradients());
        return rows;
    }

    private static ImpressionRows rows(DcnModel model) {
        return new ImpressionRows(dataset, dataset.train(), model.input(), CAPACITY);
    }

    private float[] logits(DcnGradients gradients) {
        float[] logits = new float[2 * ROWS];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = gradients.logit(i / 2, i % 2);
        }
        return logits;
    }

    private double floatPull(DcnGradients gradients) {
        gradients.forward(0, ROWS, true);
        double sum = 0;
        for (int i = 0; i < 2 * ROWS; i++) {
            sum += (double) pulls[i] * gradients.logit(i / 2, i % 2);
        }
        return sum;
    }

    /** Weights, then bias of each layer; the weights stay, as the step has no size. */
    private static float[][] denseGradients(DcnGradients gradients) {
        for (int part = gradients.parts() - 1; part >= 0; part--) {
            gradients.learn(part, standing());
        }
        return gradients.trainers().stream()
                .map(DenseTrainer::gradients)
                .flatMap(Arrays::stream)
                .map(float[]::clone)
                .toArray(float[][]::new);
    }

    private static AdamStep standing() {
        AdamStep standing = new AdamStep(0.9, 0.999);
        standing.advance(0);
        return standing;
    }

    /**
     * What a scatter sums, read off a step: gradients so small drown in Adam's epsilon, which makes
     * the step a multiple of them.
     */
    private float[] tableGradients(DcnModel model, DcnGradients gradients, EmbeddingTable table) {
        ImpressionRows rows = run(model, gradients, ROWS, 0, TINY);
        AdamStep step = new AdamStep(0.9, 0.999);
        step.advance(1e-8f / TINY);
        float[] sums = PlainDcn.values(table);
        try (TableTrainer trainer = new TableTrainer(table)) {
            rows.scatter(batch, gradients.inputs(), gradients.inputGradients(), trainer);
            trainer.apply(step, 1, 0);
        }
        for (int i = 0; i < sums.length; i++) {
            float after = table.segment().get(RowLayout.FLOAT, 4L * i);
            table.segment().set(RowLayout.FLOAT, 4L * i, sums[i]);
            sums[i] -= after;
        }
        return sums;
    }
}
