package io.millrace.data.train.ranker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.collaborative.WatchedWorld;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.LightRanker;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.dcn.RankerInput;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.MatchPass;
import io.millrace.ranker.model.SequenceMatch;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

final class MatchVectorsTest {
    private static final int DIMENSION = 6;
    private static final RankerTrainingPlan PLAN =
            RankerTrainingPlan.defaults(ImpressionWorld.EVENTS, 5, 2).withMatchDimension(DIMENSION);

    @TempDir private static Path folder;
    private static Dataset dataset;

    @BeforeAll
    static void write() {
        new ImpressionWorld().write(folder.resolve("world"), ImpressionWorld.LAWFUL);
        dataset = Dataset.open(folder.resolve("world"));
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    @Test
    void shouldHaveAVectorForEachIdThatWasWatched() {
        long before = DirectMemory.allocatedBytes();
        try (MatchVectors vectors = vectors(PLAN)) {
            EmbeddingTable table = Objects.requireNonNull(vectors.table());
            assertEquals(ImpressionWorld.ITEMS + FeatureField.FIRST, table.rows());
            float[] vector = new float[DIMENSION];
            int known = 0;
            for (int id = 0; id < table.rows(); id++) {
                table.copyInto(id, vector, 0);
                double length = 0;
                for (float component : vector) {
                    length += component * component;
                }
                known += length > 0 ? 1 : 0;
                assertTrue(length < 1 + 1e-5, "length of " + id + ": " + length);
                assertTrue(length == 0 || id >= FeatureField.FIRST, "id " + id);
            }
            assertTrue(known > 10, "items of which something is known: " + known);
        }
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldHaveNoneWhenThereIsNothingToMatch() {
        assertNull(vectors(PLAN.withMatchDimension(0)).table());
        assertNull(vectors(PLAN.withShape(LightRanker.hidden(4, 8))).table());
        Path path = folder.resolve("watched");
        WatchedWorld.write(path, 3, new int[] {1, 2});
        try (Dataset withoutIds = Dataset.open(path)) {
            assertNull(MatchVectors.of(withoutIds, PLAN, ProgressListener.NONE).table());
        }
    }

    /** Of the impressions that are learnt from, by plain loops. */
    @Test
    void shouldStandardiseByMeanAndDeviationOfWhatIsLearnt() {
        int learnt = ImpressionWorld.FIRST_OF_LAST_DAY;
        try (DcnModel model = model()) {
            MatchVectors.standardise(model.input(), dataset, learnt);
            for (SequenceMatch match : model.input().matches()) {
                List<Double> roots = new ArrayList<>();
                MatchPass pass = new MatchPass(match);
                for (int event = 0; event < learnt; event++) {
                    pass.begin(
                            dataset.users().segment(),
                            dataset.users().offset(dataset.train().user(event)));
                    double root =
                            pass.root(
                                    dataset.items().segment(),
                                    dataset.items().offset(dataset.train().item(event)));
                    if (!Double.isNaN(root)) {
                        roots.add(root);
                    }
                }
                assertTrue(roots.size() > learnt / 4, "impressions matched: " + roots.size());
                double mean = roots.stream().mapToDouble(each -> each).average().orElseThrow();
                double squares = roots.stream().mapToDouble(r -> (r - mean) * (r - mean)).sum();
                assertEquals(mean, match.mean(), 1e-5);
                assertEquals(Math.sqrt(squares / roots.size()), match.deviation(), 1e-5);
            }
        }
    }

    /** What came later has no vector; so training must see what it is like to know nothing. */
    @Test
    void shouldBeMissingWhereTheIdOfAnItemIsHidden() {
        try (DcnModel model = model()) {
            RankerInput input = model.input();
            int count = 100;
            ImpressionBatch batch = new ImpressionBatch(2 * count);
            batch.clear();
            for (int event = 0; event < count; event++) {
                batch.beginGroup(false);
                batch.add(event, true);
                batch.add(event, false);
            }
            float[] inputs = new float[2 * count * input.width()];
            new ImpressionRows(dataset, dataset.train(), input, 2 * count)
                    .gather(batch, 0, count, inputs);
            int seen = 0;
            int flag = input.impressionAt() - 1;
            for (int row = 0; row < count; row++) {
                int hidden = 2 * row * input.width();
                int shown = hidden + input.width();
                assertEquals(1, inputs[hidden + flag]);
                assertEquals(0, inputs[hidden + flag - 1]);
                seen += inputs[shown + flag] == 0 ? 1 : 0;
            }
            assertNotEquals(0, seen);
        }
    }

    private static MatchVectors vectors(RankerTrainingPlan plan) {
        return MatchVectors.of(dataset, plan, ProgressListener.NONE);
    }

    private static DcnModel model() {
        try (MatchVectors vectors = vectors(PLAN)) {
            DcnModel model =
                    DcnModel.initial(
                            dataset.schema(), PLAN.shape(), RankerHeads.USUAL, vectors.table(), 3);
            assertNotNull(vectors.table());
            return model;
        }
    }
}
