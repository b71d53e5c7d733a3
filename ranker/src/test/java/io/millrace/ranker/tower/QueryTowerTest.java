package io.millrace.ranker.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.ranker.AllocationProbe;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

final class QueryTowerTest {
    private static final int DIMENSION = TowerWorld.SHAPE.dimension();

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

    @Test
    void shouldAllocateNothingOnceItIsWarm() {
        MemorySegment rows = world.users.segment();
        long offset = world.users.offset(TowerWorld.USERS - 1);
        float[] vector = new float[DIMENSION];
        long least = AllocationProbe.leastBytes(500, () -> tower.embedInto(rows, offset, vector));
        assertEquals(0, least);
    }

    private float[] embed(QueryTower by, int user) {
        float[] vector = new float[DIMENSION];
        Arrays.fill(vector, Float.NaN);
        by.embedInto(world.users.segment(), world.users.offset(user), vector);
        return vector;
    }
}
