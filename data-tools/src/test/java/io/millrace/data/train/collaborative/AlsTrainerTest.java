package io.millrace.data.train.collaborative;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.ranker.factors.FactorSettings;
import io.millrace.ranker.factors.ItemFactors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

final class AlsTrainerTest {
    private static final int USERS = 90;
    private static final int ITEMS = 200;

    @TempDir private static Path folder;
    private static Dataset dataset;

    @BeforeAll
    static void simulate() {
        SimulationPlan world = new SimulationPlan(USERS, ITEMS, 900, 3, 2);
        Simulator.run(world, folder.resolve("world"), ProgressListener.NONE);
        dataset = Dataset.open(folder.resolve("world"));
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    /** With three components, the three steps of a sweep solve a vector's equations. */
    @Test
    void shouldDoAsPlainAlsDoesWhenEachVectorIsSolved() {
        FactorSettings settings = new FactorSettings(3, 0.2f, 0.05f, 1);
        for (int sweeps : new int[] {1, 4}) {
            PlainAls plain = new PlainAls(weights(1), firstItems(settings, 5), settings);
            for (int sweep = 0; sweep < sweeps; sweep++) {
                plain.sweep();
            }
            AlsTrainer.Trained trained = train(new AlsPlan(settings, sweeps, 5, 2));
            assertEquals(plain.loss(), trained.report().losses().getLast(), 1e-4 * plain.loss());
            double[] longest = new double[settings.dimension()];
            for (int item = 0; item < ITEMS; item++) {
                float[] vector = vector(trained.factors(), item);
                for (int i = 0; i < vector.length; i++) {
                    assertEquals(plain.items[item][i], vector[i], 2e-3, sweeps + ", " + item);
                    longest[i] = Math.max(longest[i], Math.abs(plain.items[item][i]));
                }
            }
            assertTrue(Arrays.stream(longest).max().orElseThrow() > 0.5, "too small to tell");
        }
    }

    @Test
    void shouldLowerItsLossInEverySweep() {
        List<Double> losses = train(plan(12, 1, 2)).report().losses();
        assertEquals(12, losses.size());
        for (int sweep = 1; sweep < losses.size(); sweep++) {
            assertTrue(losses.get(sweep) < losses.get(sweep - 1), losses.toString());
        }
    }

    @Test
    void shouldLearnTheSameBitsWhenTheThreadsDiffer() {
        AlsTrainer.Trained one = train(plan(3, 1, 1));
        for (int threads = 2; threads <= 3; threads++) {
            AlsTrainer.Trained other = train(plan(3, 1, threads));
            assertEquals(one.report().losses(), other.report().losses());
            for (int item = 0; item < ITEMS; item++) {
                assertArrayEquals(vector(one.factors(), item), vector(other.factors(), item));
            }
        }
    }

    @Test
    void shouldLearnOtherBitsWhenTheSeedDiffers() {
        List<Double> losses = train(plan(2, 1, 2)).report().losses();
        assertNotEquals(losses, train(plan(2, 2, 2)).report().losses());
    }

    @Test
    void shouldGiveItemsThatNobodyWatchedNoVector() {
        WatchMatrix byItem = WatchMatrix.weighed(dataset, 1).transposed(ITEMS);
        ItemFactors factors = train(plan(2, 1, 2)).factors();
        int unwatched = 0;
        for (int item = 0; item < ITEMS; item++) {
            boolean isZero = Arrays.equals(new float[20], vector(factors, item));
            assertEquals(byItem.count(item) == 0, isZero, "item=" + item);
            unwatched += isZero ? 1 : 0;
        }
        assertTrue(unwatched > 0, "every item was watched");
    }

    @Test
    void shouldTurnTheMatrixRound() {
        WatchMatrix byUser = WatchMatrix.weighed(dataset, 1);
        WatchMatrix byItem = byUser.transposed(ITEMS);
        double[][] weights = weights(1);
        assertEquals(ITEMS, byItem.rows());
        assertEquals(byUser.pairs(), byItem.pairs());
        for (int item = 0; item < ITEMS; item++) {
            for (int i = byItem.starts()[item]; i < byItem.starts()[item + 1]; i++) {
                int user = byItem.columns()[i];
                assertEquals(weights[user][item], byItem.weights()[i]);
                assertTrue(byItem.weights()[i] > 0);
            }
        }
    }

    @Test
    void shouldRefuseWhenNobodyWatchedAnything() {
        Path path = folder.resolve("strangers");
        WatchedWorld.write(path, 3, new int[0], new int[0]);
        try (Dataset strangers = Dataset.open(path)) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    AlsTrainer.train(
                                            strangers, plan(1, 1, 1), ProgressListener.NONE));
            assertEquals(ErrorCode.BAD_INPUT, e.code());
        }
    }

    @Test
    void shouldRefuseAPlanOfNothing() {
        assertThrows(MillraceException.class, () -> plan(0, 1, 1));
        assertThrows(MillraceException.class, () -> plan(1, 1, 0));
    }

    private static AlsPlan plan(int sweeps, long seed, int threads) {
        return new AlsPlan(new FactorSettings(20, 0.1f, 0.01f, 1), sweeps, seed, threads);
    }

    private static AlsTrainer.Trained train(AlsPlan plan) {
        return AlsTrainer.train(dataset, plan, ProgressListener.NONE);
    }

    private static double[][] weights(float longWeight) {
        WatchMatrix byUser = WatchMatrix.weighed(dataset, longWeight);
        double[][] weights = new double[USERS][ITEMS];
        for (int user = 0; user < USERS; user++) {
            for (int i = byUser.starts()[user]; i < byUser.starts()[user + 1]; i++) {
                weights[user][byUser.columns()[i]] = byUser.weights()[i];
            }
        }
        return weights;
    }

    /** The vectors every factorisation of a seed begins with. */
    private static double[][] firstItems(FactorSettings settings, long seed) {
        SplitRandom random = new SplitRandom(seed);
        double[][] items = new double[ITEMS][settings.dimension()];
        for (double[] item : items) {
            Arrays.setAll(
                    item,
                    i -> (float) (0.1 / Math.sqrt(settings.dimension()) * random.nextGaussian()));
        }
        return items;
    }

    /** Its components are the scores of the item for users along the axes. */
    private static float[] vector(ItemFactors factors, int item) {
        float[] vector = new float[factors.settings().dimension()];
        float[] scores = new float[factors.count()];
        for (int i = 0; i < vector.length; i++) {
            float[] axis = new float[vector.length];
            axis[i] = 1;
            factors.scoreInto(axis, scores);
            vector[i] = scores[item];
        }
        return vector;
    }
}
