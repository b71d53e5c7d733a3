package io.millrace.data.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.TaggedWorld;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.ranker.LabelWeights;
import io.millrace.data.train.ranker.RankerTrainer;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.data.train.tower.HardNegatives;
import io.millrace.data.train.tower.TowerTrainer;
import io.millrace.data.train.tower.TowerTrainingPlan;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.tower.TowerShape;
import io.millrace.ranker.tower.TwoTowerModel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

/** What is learnt of tags with weights is what is learnt of tags that stand there several times. */
final class WeightedTagsTrainingTest {
    private static final int THREADS = 2;
    private static final long SEED = 3;

    @TempDir private static Path folder;
    private static Dataset weighted;
    private static Dataset listed;

    @BeforeAll
    static void write() {
        TaggedWorld.writeWeighted(folder.resolve("weighted"));
        TaggedWorld.writeListed(folder.resolve("listed"));
        weighted = Dataset.open(folder.resolve("weighted"));
        listed = Dataset.open(folder.resolve("listed"));
    }

    @AfterAll
    static void close() {
        weighted.close();
        listed.close();
    }

    @Test
    void shouldTrainTheSameRanker() {
        DcnShape shape = new DcnShape(4, 1, 0, DcnStructure.PARALLEL, List.of(6));
        try (DcnModel before = DcnModel.initial(listed.schema(), shape, SEED);
                DcnModel one = ranker(weighted, shape);
                DcnModel other = ranker(listed, shape)) {
            assertSame(
                    tags(before.input().tables()),
                    tags(one.input().tables()),
                    tags(other.input().tables()));
        }
    }

    @Test
    void shouldTrainTheSameTowers() {
        TowerShape shape = new TowerShape(8, 8, 4);
        try (TwoTowerModel before = TwoTowerModel.initial(listed.schema(), shape, SEED);
                TwoTowerModel one = towers(weighted, shape);
                TwoTowerModel other = towers(listed, shape)) {
            assertSame(
                    tags(before.embeddings().byName()),
                    tags(one.embeddings().byName()),
                    tags(other.embeddings().byName()));
        }
    }

    private static EmbeddingTable tags(SortedMap<String, EmbeddingTable> tables) {
        return Objects.requireNonNull(tables.get("tags"), "a table of tags");
    }

    private static DcnModel ranker(Dataset dataset, DcnShape shape) {
        RankerTrainingPlan plan =
                new RankerTrainingPlan(
                        shape,
                        1,
                        false,
                        100,
                        3e-3f,
                        1e-5f,
                        0,
                        LabelWeights.DEFAULT,
                        0,
                        0,
                        false,
                        SEED,
                        THREADS);
        return RankerTrainer.train(dataset, plan, ProgressListener.NONE).model();
    }

    private static TwoTowerModel towers(Dataset dataset, TowerShape shape) {
        TowerTrainingPlan plan =
                new TowerTrainingPlan(shape, 1, 32, 4, 3e-3f, 0, HardNegatives.NONE, SEED, THREADS);
        return TowerTrainer.train(dataset, plan, ProgressListener.NONE).model();
    }

    /** Far nearer to each other than to where they began. */
    private static void assertSame(
            EmbeddingTable before, EmbeddingTable one, EmbeddingTable other) {
        double moved = 0;
        long end = before.segment().byteSize();
        for (long at = before.offset(FeatureField.FIRST); at < end; at += Float.BYTES) {
            float learnt = one.segment().get(RowLayout.FLOAT, at);
            assertEquals(other.segment().get(RowLayout.FLOAT, at), learnt, 2e-5, "byte " + at);
            moved = Math.max(moved, Math.abs(learnt - before.segment().get(RowLayout.FLOAT, at)));
        }
        assertTrue(moved > 2e-3, "moved by " + moved);
    }
}
