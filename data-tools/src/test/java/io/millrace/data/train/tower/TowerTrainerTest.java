package io.millrace.data.train.tower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.collaborative.WatchCounts;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.tower.HistoryInput;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.QueryTower;
import io.millrace.ranker.tower.TowerShape;
import io.millrace.ranker.tower.TwoTowerModel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

final class TowerTrainerTest {
    // More items than a table has that is learnt in one part.
    private static final SimulationPlan WORLD = new SimulationPlan(90, 2_100, 3_600, 3, 2);

    private static final HardNegatives HARD = new HardNegatives(40, 1, 60, 1);

    @TempDir private static Path folder;
    private static Dataset dataset;

    @BeforeAll
    static void simulate() {
        Simulator.run(WORLD, folder.resolve("world"), ProgressListener.NONE);
        dataset = Dataset.open(folder.resolve("world"));
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    @Test
    void shouldLowerItsLoss() {
        assertLowersItsLoss(HardNegatives.NONE, 0, 0.8);
    }

    @Test
    void shouldLowerItsLossWhenThereAreHardNegatives() {
        // The first pass without them has an easier task.
        assertLowersItsLoss(HARD, 1, 0.9);
    }

    private static void assertLowersItsLoss(HardNegatives hard, int first, double share) {
        TowerTrainer.Trained trained =
                TowerTrainer.train(dataset, plan(5, hard, 1, 2), ProgressListener.NONE);
        trained.model().close();
        List<Double> losses = trained.report().losses();
        assertEquals(5, losses.size());
        for (int epoch = first + 1; epoch < losses.size(); epoch++) {
            assertTrue(losses.get(epoch) < losses.get(epoch - 1), losses.toString());
        }
        assertTrue(losses.getLast() < share * losses.get(first), losses.toString());
    }

    @Test
    void shouldTellOfTheMiningBetweenThePasses() {
        List<String> stages = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        ProgressListener listener =
                (name, total) -> {
                    stages.add(name);
                    totals.add(total);
                    return ProgressListener.Stage.SILENT;
                };
        HardNegatives late = new HardNegatives(24, 1, 30, 2);
        TowerTrainer.train(dataset, plan(4, late, 1, 2), listener).model().close();
        String train = "train towers";
        String build = "build graph";
        String mine = "mine negatives";
        assertEquals(List.of(train, build, mine, train, build, mine, train), stages);
        // Two passes without, and one after each mining for all of the 90 users.
        assertEquals(2 * totals.get(3), totals.get(0));
        assertEquals(totals.get(3), totals.get(6));
        assertEquals(90, totals.get(2));
    }

    @Test
    void shouldFavourWhatIsOnTheRiseWhenTheTrendWeighs() {
        WatchCounts all = WatchCounts.of(dataset, Integer.MAX_VALUE);
        float[] trend = WatchCounts.of(dataset, 1).trendAgainst(all, 3);
        double[] without = meanLogits(0);
        double[] with = meanLogits(4);
        double gained = 0;
        double trends = 0;
        double meanTrend = 0;
        for (float each : trend) {
            meanTrend += each / trend.length;
        }
        for (int item = 0; item < trend.length; item++) {
            gained += (trend[item] - meanTrend) * (with[item] - without[item]);
            trends += (trend[item] - meanTrend) * (trend[item] - meanTrend);
        }
        // The slope of what the trend gains an item: 4 where all is learnt.
        assertTrue(gained / trends > 1, "slope=" + gained / trends);
    }

    /** What the towers say of each item on the average of some users. */
    private static double[] meanLogits(float trendWeight) {
        TowerTrainingPlan plan =
                new TowerTrainingPlan(
                        shape(), 8, 96, 16, 3e-3f, trendWeight, HardNegatives.NONE, 1, 2);
        try (TwoTowerModel model =
                TowerTrainer.train(dataset, plan, ProgressListener.NONE).model()) {
            QueryTower queries = model.newQueryTower();
            ItemTower items = model.newItemTower();
            float[] query = new float[queries.dimension()];
            float[] item = new float[items.dimension()];
            double[] sum = new double[query.length];
            for (int user = 0; user < dataset.users().count(); user++) {
                queries.embedInto(dataset.users().segment(), dataset.users().offset(user), query);
                for (int i = 0; i < query.length; i++) {
                    sum[i] += query[i] / dataset.users().count();
                }
            }
            double[] logits = new double[dataset.items().count()];
            for (int row = 0; row < logits.length; row++) {
                items.embedInto(dataset.items().segment(), dataset.items().offset(row), item);
                for (int i = 0; i < item.length; i++) {
                    logits[row] += sum[i] * item[i] / model.temperature();
                }
            }
            return logits;
        }
    }

    @Test
    void shouldLearnTheSameBitsWhenTheThreadsDiffer() throws IOException {
        Path one = saved("one", 1, 1);
        assertEquals(-1, Files.mismatch(one, saved("again", 1, 1)));
        assertEquals(-1, Files.mismatch(one, saved("two", 1, 2)));
        assertEquals(-1, Files.mismatch(one, saved("three", 1, 3)));
    }

    @Test
    void shouldLearnTheSameBitsWhenTheThreadsThatMineDiffer() throws IOException {
        Path one = saved("mined-one", 3, HARD, 1, 1);
        assertEquals(-1, Files.mismatch(one, saved("mined-two", 3, HARD, 1, 2)));
        assertEquals(-1, Files.mismatch(one, saved("mined-three", 3, HARD, 1, 3)));
        assertNotEquals(-1, Files.mismatch(one, saved("not-mined", 3, HardNegatives.NONE, 1, 1)));
        // Ranks that there are no items for.
        HardNegatives empty = new HardNegatives(24, 5_000, 5_001, 1);
        assertEquals(
                -1, Files.mismatch(folder.resolve("not-mined"), saved("empty", 3, empty, 1, 2)));
    }

    @Test
    void shouldLearnOtherBitsWhenTheSeedDiffers() throws IOException {
        assertNotEquals(-1, Files.mismatch(saved("first", 1, 2), saved("second", 2, 2)));
    }

    @Test
    void shouldGiveItemsOfNoHistoryTheVectorOfAnUnseenOne() {
        assertItemsOfNoHistoryAreUnseen(train(4, 1, 2));
    }

    @Test
    void shouldGiveItemsOfNoHistoryTheVectorOfAnUnseenOneWhenThereAreHardNegatives() {
        assertItemsOfNoHistoryAreUnseen(
                TowerTrainer.train(dataset, plan(4, HARD, 1, 2), ProgressListener.NONE));
    }

    private static void assertItemsOfNoHistoryAreUnseen(TowerTrainer.Trained trained) {
        try (TwoTowerModel model = trained.model();
                TwoTowerModel initial = TwoTowerModel.initial(dataset.schema(), shape(), 1)) {
            EmbeddingTable items = model.items();
            BitSet watched = watched(model.history());
            assertTrue(watched.cardinality() < items.rows() - 100, "every item was watched");
            int own = 0;
            for (int id = FeatureField.FIRST; id < items.rows(); id++) {
                boolean isCommon = isSame(items, id, items, FeatureField.UNSEEN);
                assertTrue(isCommon || watched.get(id), "item=" + id);
                own += isCommon ? 0 : 1;
            }
            // Not all that was watched is drawn, the newest least of all.
            assertTrue(own > 0.9 * watched.cardinality(), "own=" + own + " of " + watched);
            assertTrue(!isSame(items, FeatureField.UNSEEN, initial.items(), FeatureField.UNSEEN));
            assertTrue(isSame(items, 0, initial.items(), 0), "the row of a missing id was learnt");
            assertEquals(trained.report().temperature(), model.temperature(), 1e-7);
        }
    }

    @Test
    void shouldFreeItsMemoryWhenTheModelIsClosed() {
        long before = DirectMemory.allocatedBytes();
        train(1, 1, 2).model().close();
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldFreeItsMemoryWhenItFailsOnTheWay() {
        long before = DirectMemory.allocatedBytes();
        ProgressListener failing =
                (name, total) -> {
                    throw MillraceException.of(ErrorCode.IO, "no room to report: stage=%s", name);
                };
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                TowerTrainer.train(
                                        dataset, plan(1, HardNegatives.NONE, 1, 2), failing));
        assertEquals(ErrorCode.IO, e.code());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldRefuseWhenNobodyHasAHistory() {
        Path path = folder.resolve("newcomers");
        TowerWorld.writeNewcomers(path);
        try (Dataset newcomers = Dataset.open(path)) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    TowerTrainer.train(
                                            newcomers, plan(1, HARD, 1, 2), ProgressListener.NONE));
            assertEquals(ErrorCode.BAD_INPUT, e.code());
        }
    }

    private static BitSet watched(HistoryInput history) {
        RowTable users = dataset.users();
        BitSet watched = new BitSet();
        for (int user = 0; user < users.count(); user++) {
            int length = history.length(users.segment(), users.offset(user));
            for (int i = 0; i < length; i++) {
                watched.set(history.item(users.segment(), users.offset(user), i));
            }
        }
        return watched;
    }

    private static boolean isSame(EmbeddingTable a, int idA, EmbeddingTable b, int idB) {
        long bytes = (long) a.dimension() * Float.BYTES;
        return a.segment()
                        .asSlice(a.offset(idA), bytes)
                        .mismatch(b.segment().asSlice(b.offset(idB), bytes))
                == -1;
    }

    private static Path saved(String name, long seed, int threads) {
        return saved(name, 2, HardNegatives.NONE, seed, threads);
    }

    private static Path saved(String name, int epochs, HardNegatives hard, long seed, int threads) {
        Path path = folder.resolve(name);
        TowerTrainingPlan plan = plan(epochs, hard, seed, threads);
        try (TwoTowerModel model =
                TowerTrainer.train(dataset, plan, ProgressListener.NONE).model()) {
            model.save(path);
        }
        return path;
    }

    private static TowerTrainer.Trained train(int epochs, long seed, int threads) {
        return TowerTrainer.train(
                dataset, plan(epochs, HardNegatives.NONE, seed, threads), ProgressListener.NONE);
    }

    private static TowerTrainingPlan plan(int epochs, HardNegatives hard, long seed, int threads) {
        return new TowerTrainingPlan(shape(), epochs, 96, 16, 3e-3f, 0.6f, hard, seed, threads);
    }

    private static TowerShape shape() {
        return new TowerShape(16, 20, 4);
    }
}
