package io.millrace.data.train.collaborative;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.ranker.retrieval.ItemLists;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

final class ItemNeighboursTest {
    private static final int USERS = 90;
    private static final int ITEMS = 300;
    private static final float SHRINKAGE = 2;

    @TempDir private static Path folder;
    private static SimulatedWatches world;
    private static Dataset dataset;

    @BeforeAll
    static void simulate() {
        world =
                new SimulatedWatches(
                        folder.resolve("world"), new SimulationPlan(USERS, ITEMS, 900, 3, 2));
        dataset = world.dataset();
    }

    @AfterAll
    static void close() {
        world.close();
    }

    @Test
    void shouldListWhatThePlainLoopFinds() {
        for (int length : new int[] {3, ITEMS}) {
            ItemLists neighbours = list(length, 2);
            int listed = 0;
            for (int item = 0; item < ITEMS; item++) {
                float[] expected = new float[ITEMS];
                List<Integer> nearest = nearestFirst(item).stream().limit(length).toList();
                assertEquals(nearest.size(), neighbours.length(item));
                for (int other : nearest) {
                    assertEquals(other, neighbours.item(item, nearest.indexOf(other)));
                    expected[other] = (float) cosine(item, other);
                    listed++;
                }
                assertArrayEquals(expected, scores(neighbours, item), 1e-6f, "item=" + item);
            }
            assertTrue(listed > ITEMS, "hardly anything was watched together: " + listed);
        }
    }

    @Test
    void shouldListTheSameWhenTheThreadsDiffer() {
        ItemLists one = list(5, 1);
        ItemLists three = list(5, 3);
        for (int item = 0; item < ITEMS; item++) {
            assertArrayEquals(scores(one, item), scores(three, item));
        }
    }

    @Test
    void shouldRefuseListsOfNothing() {
        assertThrows(MillraceException.class, () -> new NeighbourPlan(0, 1, 1));
        assertThrows(MillraceException.class, () -> new NeighbourPlan(1, -1, 1));
        assertThrows(MillraceException.class, () -> new NeighbourPlan(1, Float.NaN, 1));
        assertThrows(MillraceException.class, () -> new NeighbourPlan(1, 1, 0));
    }

    private static ItemLists list(int length, int threads) {
        return ItemNeighbours.of(
                dataset, new NeighbourPlan(length, SHRINKAGE, threads), ProgressListener.NONE);
    }

    private static float[] scores(ItemLists neighbours, int item) {
        float[] scores = new float[ITEMS];
        for (int i = 0; i < neighbours.length(item); i++) {
            scores[neighbours.item(item, i)] = neighbours.score(item, i);
        }
        return scores;
    }

    /** Ties by lower ordinal. */
    private static List<Integer> nearestFirst(int item) {
        List<Integer> others = new ArrayList<>();
        for (int other = 0; other < ITEMS; other++) {
            if (other != item && cosine(item, other) > 0) {
                others.add(other);
            }
        }
        // As floats: what differs by less than they can tell is a tie.
        others.sort(
                Comparator.comparingDouble((Integer other) -> -(float) cosine(item, other))
                        .thenComparing(other -> other));
        return others;
    }

    private static double cosine(int item, int other) {
        double lengths = (double) world.count(item) * world.count(other);
        return world.both(item, other) / (Math.sqrt(lengths) + SHRINKAGE);
    }
}
