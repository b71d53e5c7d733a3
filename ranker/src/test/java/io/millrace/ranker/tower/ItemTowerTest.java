package io.millrace.ranker.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Arrays;

final class ItemTowerTest {
    private static final int DIMENSION = TowerWorld.SHAPE.dimension();

    @TempDir private Path folder;

    private final TowerWorld world = new TowerWorld();
    private final TwoTowerModel model = TowerWorld.model(4);
    private final ItemTower tower = model.newItemTower();

    @AfterEach
    void close() {
        model.close();
        world.close();
    }

    @Test
    void shouldEmbedAsThePlainLoopDoes() {
        assertEquals(DIMENSION, tower.dimension());
        float[] vectors = embedAll(ItemTower.BATCH);
        for (int item = 0; item < TowerWorld.ITEMS; item++) {
            double[] expected = world.item(model, item);
            double square = 0;
            for (int i = 0; i < DIMENSION; i++) {
                float actual = vectors[item * DIMENSION + i];
                assertEquals(expected[i], actual, 2e-6, "item=" + item + ", index=" + i);
                square += (double) actual * actual;
            }
            assertEquals(1, square, 1e-6, "item=" + item);
        }
    }

    /** The plain loop takes the vectors as they were rounded. */
    @ParameterizedTest
    @EnumSource
    void shouldEmbedAsThePlainLoopDoesWhenEmbeddingsAreOfFewerBits(WeightType type) {
        float[] vectors = new float[ItemTower.BATCH * DIMENSION];
        try (TwoTowerModel rounded = TowerWorld.model(4, type, folder)) {
            ItemTower by = rounded.newItemTower();
            for (int item = 0; item < TowerWorld.ITEMS; item++) {
                by.embedInto(world.items, item, 1, vectors, 0);
                double[] expected = world.item(rounded, item);
                for (int i = 0; i < DIMENSION; i++) {
                    assertEquals(expected[i], vectors[i], 2e-6, "item=" + item + ", index=" + i);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 127})
    void shouldGiveTheSameBitsWhenItemsAreBatchedOtherwise(int batch) {
        assertArrayEquals(embedAll(ItemTower.BATCH), embedAll(batch));
    }

    @Test
    void shouldWriteOnlyWhereItIsToldTo() {
        float[] vectors = new float[5 * DIMENSION];
        Arrays.fill(vectors, 7);
        tower.embedInto(world.items, 40, 2, vectors, 2 * DIMENSION);
        float[] expected = embedAll(1);
        for (int i = 0; i < vectors.length; i++) {
            int row = i / DIMENSION;
            boolean isOwn = row == 2 || row == 3;
            assertEquals(isOwn ? expected[38 * DIMENSION + i] : 7, vectors[i], "index=" + i);
        }
    }

    @Test
    void shouldAllocateNothingOnceItIsWarm() {
        float[] vectors = new float[ItemTower.BATCH * DIMENSION];
        long least =
                AllocationProbe.leastBytes(
                        20, () -> tower.embedInto(world.items, 3, ItemTower.BATCH, vectors, 0));
        assertEquals(0, least);
    }

    private float[] embedAll(int batch) {
        float[] vectors = new float[TowerWorld.ITEMS * DIMENSION];
        for (int from = 0; from < TowerWorld.ITEMS; from += batch) {
            int count = Math.min(batch, TowerWorld.ITEMS - from);
            tower.embedInto(world.items, from, count, vectors, from * DIMENSION);
        }
        return vectors;
    }
}
