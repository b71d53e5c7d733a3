package io.millrace.data.train.collaborative;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Against cosines that are counted pair by pair. */
final class CosineVectorsTest {
    private static final int USERS = 120;
    private static final int ITEMS = 200;
    private static final float SHRINKAGE = 3;

    @TempDir private static Path folder;
    private static SimulatedWatches world;
    private static Dataset dataset;

    @BeforeAll
    static void simulate() {
        world =
                new SimulatedWatches(
                        folder.resolve("world"), new SimulationPlan(USERS, ITEMS, 1_800, 3, 2));
        dataset = world.dataset();
    }

    @AfterAll
    static void close() {
        world.close();
    }

    /** As many components as there are users are enough for all that they did. */
    @Test
    void shouldGiveAllCosinesWhenThereAreComponentsEnough() {
        float[] vectors = vectors(dataset, USERS, 2);
        for (int item = 0; item < ITEMS; item++) {
            for (int other = 0; other < ITEMS; other++) {
                double product = product(vectors, USERS, item, other);
                assertEquals(cosine(item, other), product, 1e-4, item + " and " + other);
            }
        }
    }

    /** What is left over is no more than a matrix of that rank must leave, and a little. */
    @Test
    void shouldComeNearTheCosinesWhenComponentsAreFew() {
        double all = 0;
        for (int item = 0; item < ITEMS; item++) {
            for (int other = 0; other < ITEMS; other++) {
                all += Math.pow(cosine(item, other), 2);
            }
        }
        double before = all;
        for (int dimension : new int[] {1, 4, 16, 64}) {
            float[] vectors = vectors(dataset, dimension, 2);
            double left = 0;
            for (int item = 0; item < ITEMS; item++) {
                for (int other = 0; other < ITEMS; other++) {
                    double product = product(vectors, dimension, item, other);
                    left += Math.pow(cosine(item, other) - product, 2);
                }
            }
            assertTrue(left < before, dimension + " leave " + left + " of " + before);
            before = left;
        }
        assertTrue(before < 0.05 * all, "64 leave " + before + " of " + all);
    }

    @Test
    void shouldGiveTheSameWhenTheThreadsDiffer() {
        assertArrayEquals(vectors(dataset, 24, 1), vectors(dataset, 24, 3));
    }

    /** Three users and five items, of which nobody watched the last. */
    @Test
    void shouldGiveNothingToAnItemThatNobodyWatched() {
        Path world = folder.resolve("few");
        WatchedWorld.write(world, 5, new int[] {0, 1}, new int[] {1, 2, 3}, new int[] {});
        try (Dataset few = Dataset.open(world)) {
            float[] vectors = vectors(few, 8, 1);
            for (int i = 0; i < 8; i++) {
                assertEquals(0, vectors[4 * 8 + i]);
            }
            assertEquals(1 / (1 + SHRINKAGE), product(vectors, 8, 0, 0), 1e-6);
            double both = Math.sqrt((1 + SHRINKAGE) * (2 + SHRINKAGE));
            assertEquals(1 / both, product(vectors, 8, 0, 1), 1e-6);
            assertEquals(0, product(vectors, 8, 0, 2), 1e-6);
            assertEquals(1 / (1 + SHRINKAGE), product(vectors, 8, 2, 3), 1e-6);
        }
    }

    @Test
    void shouldGiveNothingWhenNobodyWatchedAnything() {
        Path world = folder.resolve("none");
        WatchedWorld.write(world, 3, new int[] {}, new int[] {});
        try (Dataset none = Dataset.open(world)) {
            assertArrayEquals(new float[12], vectors(none, 4, 1));
        }
    }

    private static float[] vectors(Dataset of, int dimension, int threads) {
        return CosineVectors.of(of, dimension, SHRINKAGE, 1, threads, ProgressListener.NONE);
    }

    private static double product(float[] vectors, int dimension, int item, int other) {
        double sum = 0;
        for (int i = 0; i < dimension; i++) {
            sum += (double) vectors[item * dimension + i] * vectors[other * dimension + i];
        }
        return sum;
    }

    private static double cosine(int item, int other) {
        double lengths =
                (world.count(item) + SHRINKAGE) * (double) (world.count(other) + SHRINKAGE);
        return world.both(item, other) / Math.sqrt(lengths);
    }
}
