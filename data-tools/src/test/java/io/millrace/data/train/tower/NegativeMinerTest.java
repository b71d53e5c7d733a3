package io.millrace.data.train.tower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.HistoryInput;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.QueryTower;
import io.millrace.ranker.tower.TowerShape;
import io.millrace.ranker.tower.TwoTowerModel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

final class NegativeMinerTest {
    private static final SimulationPlan WORLD = new SimulationPlan(120, 500, 7_200, 3, 2);
    private static final int FIRST_RANK = 4;
    private static final int LAST_RANK = 23;
    private static final int COUNT = 30;
    private static final int BATCH = 96;

    @TempDir private static Path folder;
    private static Dataset dataset;
    private static TwoTowerModel model;
    private static int[] users;
    private static int[] positives;
    private static float[] corrections;

    /** The exact ranks of each user, by plain loops. */
    private static final Map<Integer, List<Integer>> EXACT = new HashMap<>();

    @BeforeAll
    static void train() {
        Simulator.run(WORLD, folder.resolve("world"), ProgressListener.NONE);
        dataset = Dataset.open(folder.resolve("world"));
        model = TowerTrainer.train(dataset, plan(1, 2), ProgressListener.NONE).model();
        users = IntStream.range(0, dataset.users().count()).filter(u -> length(u) > 1).toArray();
        positives = new int[model.items().rows()];
        for (int user : users) {
            watched(user).stream().skip(1).forEach(id -> positives[id]++);
        }
        corrections = new float[positives.length];
        for (int id = 0; id < positives.length; id++) {
            corrections[id] = 0.01f * id;
        }
        rankExactly();
    }

    @AfterAll
    static void close() {
        model.close();
        dataset.close();
    }

    private static void rankExactly() {
        float[][] items = new float[positives.length][];
        ItemTower itemTower = model.newItemTower();
        QueryTower queryTower = model.newQueryTower();
        for (int id = FeatureField.FIRST; id < positives.length; id++) {
            RowTable rows = dataset.items();
            items[id] = new float[itemTower.dimension()];
            itemTower.embedInto(rows.segment(), rows.offset(id - FeatureField.FIRST), items[id]);
        }
        float[] query = new float[queryTower.dimension()];
        for (int user : users) {
            queryTower.embedInto(dataset.users().segment(), dataset.users().offset(user), query);
            double[] scores = new double[positives.length];
            List<Integer> ids = new ArrayList<>();
            Set<Integer> watched = new HashSet<>(watched(user));
            for (int id = FeatureField.FIRST; id < positives.length; id++) {
                for (int i = 0; i < query.length; i++) {
                    scores[id] += (double) query[i] * items[id][i];
                }
                if (positives[id] > 0 && !watched.contains(id)) {
                    ids.add(id);
                }
            }
            ids.sort(Comparator.comparingDouble(id -> -scores[id]));
            EXACT.put(user, ids.subList(FIRST_RANK - 1, LAST_RANK));
        }
    }

    @Test
    void shouldDrawFromTheWantedRanksOfWhatAUserHasNotWatched() {
        MinedNegatives mined = mine(1, 2, 1);
        long unwatched =
                IntStream.range(2, positives.length).filter(i -> positives[i] == 0).count();
        assertTrue(unwatched > 20, "items that are nobody's positive=" + unwatched);
        int right = 0;
        int all = 0;
        Set<Integer> places = new HashSet<>();
        for (int user : users) {
            List<Integer> drawn = drawn(mined, user);
            assertEquals(perUser(), drawn.size());
            assertEquals(drawn.size(), new HashSet<>(drawn).size(), drawn.toString());
            for (int id : drawn) {
                assertTrue(!watched(user).contains(id) && positives[id] > 0, "item=" + id);
                int place = EXACT.getOrDefault(user, List.of()).indexOf(id);
                places.add(place);
                right += place >= 0 ? 1 : 0;
                all++;
            }
        }
        // A graph finds nearly all, and what it misses moves others by a rank.
        assertTrue(right > 0.98 * all, "right=" + right + " of " + all);
        assertTrue(places.size() >= LAST_RANK - FIRST_RANK, "places=" + places);
    }

    @Test
    void shouldWeighItemsByHowOftenTheyAreExpectedInABatch() {
        MinedNegatives mined = mine(1, 2, 1);
        Map<Integer, Integer> found = new HashMap<>();
        EXACT.values().forEach(ids -> ids.forEach(id -> found.merge(id, 1, Integer::sum)));
        double sum = 0;
        for (int count : positives) {
            sum += count;
        }
        double most = 0;
        int right = 0;
        for (int id = FeatureField.FIRST; id < positives.length; id++) {
            double drawn = found.getOrDefault(id, 0) / (double) (users.length * 20);
            double notInBatch = Math.pow(1 - positives[id] / sum, BATCH);
            double more = notInBatch * (1 - Math.pow(1 - drawn, COUNT));
            double expected = Math.log((positives[id] * BATCH / sum + more) * sum / BATCH);
            double plain = Math.log(Math.max(1, positives[id]));
            double change = positives[id] == 0 ? 0 : expected - plain;
            double actual = mined.correction(id) - corrections[id];
            right += Math.abs(actual - change) < 1e-4 ? 1 : 0;
            most = Math.max(most, change);
        }
        // One more or one less found counts much for an item that is seldom watched.
        assertTrue(right > 0.9 * positives.length, "right=" + right + " of " + positives.length);
        assertTrue(most > 0.5, "most=" + most);
    }

    @Test
    void shouldMineTheSameWhenThreadsAndOrderDiffer() {
        MinedNegatives one = mine(1, 1, 1);
        MinedNegatives two = mine(1, 2, 1);
        users = IntStream.rangeClosed(1, users.length).map(i -> users[users.length - i]).toArray();
        MinedNegatives three = mine(1, 3, 1);
        MinedNegatives otherPass = mine(1, 2, 2);
        MinedNegatives otherSeed = mine(2, 2, 1);
        int passDiffers = 0;
        int seedDiffers = 0;
        for (int user : users) {
            List<Integer> drawn = drawn(one, user);
            assertEquals(drawn, drawn(two, user));
            assertEquals(drawn, drawn(three, user));
            passDiffers += drawn.equals(drawn(otherPass, user)) ? 0 : 1;
            seedDiffers += drawn.equals(drawn(otherSeed, user)) ? 0 : 1;
        }
        assertTrue(passDiffers > 0.9 * users.length, "users=" + passDiffers);
        assertTrue(seedDiffers > 0.9 * users.length, "users=" + seedDiffers);
        for (int id = 0; id < positives.length; id++) {
            assertEquals(one.correction(id), two.correction(id));
            assertEquals(one.correction(id), three.correction(id));
        }
    }

    @Test
    void shouldFreeTheIndexWhenItHasMined() {
        long before = DirectMemory.allocatedBytes();
        mine(1, 2, 1);
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    private static MinedNegatives mine(long seed, int threads, int epoch) {
        return new NegativeMiner(dataset, model, plan(seed, threads), corrections)
                .mine(users, epoch, ProgressListener.NONE);
    }

    /** What a batch of this user alone would be given. */
    private static List<Integer> drawn(MinedNegatives mined, int user) {
        TowerBatch batch = new TowerBatch(1, 0);
        batch.add(user, 1, FeatureField.FIRST, false, 1, 0);
        batch.close();
        List<Integer> drawn = new ArrayList<>();
        mined.draw(batch, drawn::add);
        return drawn;
    }

    private static int perUser() {
        return COUNT * 16 / BATCH;
    }

    private static int length(int user) {
        return model.history().length(dataset.users().segment(), dataset.users().offset(user));
    }

    private static List<Integer> watched(int user) {
        HistoryInput history = model.history();
        long offset = dataset.users().offset(user);
        return IntStream.range(0, length(user))
                .mapToObj(i -> history.item(dataset.users().segment(), offset, i))
                .toList();
    }

    private static TowerTrainingPlan plan(long seed, int threads) {
        HardNegatives hard = new HardNegatives(COUNT, FIRST_RANK, LAST_RANK, 1);
        return new TowerTrainingPlan(
                new TowerShape(16, 20, 4), 3, BATCH, 16, 3e-3f, 0, hard, seed, threads);
    }
}
