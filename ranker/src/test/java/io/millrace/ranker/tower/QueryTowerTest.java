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

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;

final class QueryTowerTest {
    private static final int DIMENSION = TowerWorld.SHAPE.dimension();

    @TempDir private Path folder;

    private final TowerWorld world = new TowerWorld();
    private final TwoTowerModel model = TowerWorld.model(4);
    private final QueryTower tower = model.newQueryTower();

    @AfterEach
    void close() {
        model.close();
        world.close();
    }

    @Test
    void shouldEmbedAsThePlainLoopDoes() {
        assertEquals(DIMENSION, tower.dimension());
        for (int user = 0; user < TowerWorld.USERS; user++) {
            float[] vector = embed(tower, user);
            double[] expected = world.query(model, user);
            double square = 0;
            for (int i = 0; i < DIMENSION; i++) {
                assertEquals(expected[i], vector[i], 2e-6, "user=" + user + ", index=" + i);
                square += (double) vector[i] * vector[i];
            }
            assertEquals(1, square, 1e-6, "user=" + user);
        }
    }

    /** The plain loop takes the vectors as they were rounded. */
    @ParameterizedTest
    @EnumSource
    void shouldEmbedAsThePlainLoopDoesWhenEmbeddingsAreOfFewerBits(WeightType type) {
        try (TwoTowerModel rounded = TowerWorld.model(4, type, folder)) {
            assertEquals(type, rounded.embeddings().type());
            QueryTower by = rounded.newQueryTower();
            for (int user = 0; user < TowerWorld.USERS; user++) {
                float[] vector = embed(by, user);
                double[] expected = world.query(rounded, user);
                for (int i = 0; i < DIMENSION; i++) {
                    assertEquals(expected[i], vector[i], 2e-6, "user=" + user + ", index=" + i);
                }
            }
        }
    }

    @Test
    void shouldGiveZerosWhenTheTowerHasNothingToSay() {
        try (TwoTowerModel unbiased =
                TwoTowerModel.initial(TowerWorld.SCHEMA, TowerWorld.SHAPE, 4)) {
            float[] vector = embed(unbiased.newQueryTower(), TowerWorld.UNKNOWN_USER);
            assertArrayEquals(new float[DIMENSION], vector);
        }
    }

    @Test
    void shouldNotHeedIdAndNumbersOfAUser() {
        float[] vector = embed(tower, TowerWorld.TWIN_USER);
        assertArrayEquals(embed(tower, TowerWorld.TWIN_USER - 1), vector);
    }

    @Test
    void shouldGiveTheSameBitsWhoeverCameBefore() {
        for (int user = 0; user < TowerWorld.USERS; user++) {
            float[] alone = embed(model.newQueryTower(), user);
            for (int before = 0; before < TowerWorld.USERS; before++) {
                embed(tower, before);
                assertArrayEquals(alone, embed(tower, user), "user=" + user + " after " + before);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingOnceItIsWarm(WeightType type) {
        MemorySegment rows = world.users.segment();
        long offset = world.users.offset(TowerWorld.USERS - 1);
        float[] vector = new float[DIMENSION];
        try (TwoTowerModel rounded = TowerWorld.model(4, type, folder)) {
            QueryTower by = rounded.newQueryTower();
            long least = AllocationProbe.leastBytes(500, () -> by.embedInto(rows, offset, vector));
            assertEquals(0, least);
        }
    }

    private float[] embed(QueryTower by, int user) {
        float[] vector = new float[DIMENSION];
        Arrays.fill(vector, Float.NaN);
        by.embedInto(world.users.segment(), world.users.offset(user), vector);
        return vector;
    }
}
