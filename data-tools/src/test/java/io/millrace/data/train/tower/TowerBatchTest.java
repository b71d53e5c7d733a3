package io.millrace.data.train.tower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ranker.tower.TowerShape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class TowerBatchTest {
    private final TowerWorld world = new TowerWorld(new TowerShape(8, 12, 4));

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void shouldTakeANegativeOnlyWhenItsItemHasNoColumn() {
        TowerBatch batch = new TowerBatch(4, 3);
        add(batch, 0, 9);
        add(batch, 2, 11);
        add(batch, 2, 9);
        batch.close();
        assertEquals(3, batch.columns());
        batch.addNegative(11, true, -1);
        batch.addNegative(13, true, -2);
        batch.addNegative(9, true, -3);
        batch.addNegative(13, false, -4);
        batch.addNegative(14, false, -5);
        assertEquals(3, batch.rows());
        assertEquals(5, batch.columns());
        assertEquals(List.of(9, 11, 9, 13, 14), items(batch));
        assertTrue(batch.isAnonymous(3) && !batch.isAnonymous(4));
        assertEquals(-2, batch.corrections()[3]);
        assertEquals(-5, batch.corrections()[4]);
        assertEquals(2, batch.nextOfItem(0));
        assertEquals(0, batch.nextOfItem(2));
    }

    @Test
    void shouldExcludeWhatAUserHasWatchedFromTheNegativesOfThatUser() {
        TowerBatch batch = new TowerBatch(16, 60);
        add(batch, 3, 21);
        add(batch, 0, 9);
        add(batch, 2, 33);
        batch.close();
        for (int item = 2; item < TowerWorld.ITEMS + 2; item++) {
            batch.addNegative(item, false, 0);
        }
        batch.excludeWatched(world.users, world.model.history());
        // Item 9 is the positive of user 0 itself, and 8 stands in the history of user 2 twice.
        assertEquals(List.of(20, 22, 23, 24, 25, 26, 27, 28), excluded(batch, 0));
        assertEquals(List.of(5, 12, 7, 41, 2), excluded(batch, 1));
        assertEquals(List.of(8, 30, 8, 11), excluded(batch, 2));
    }

    @Test
    void shouldFindRoomWhenManyUsersHaveWatchedTheSameNegatives() {
        TowerBatch batch = new TowerBatch(64, 8);
        for (int row = 0; row < 64; row++) {
            add(batch, row % 2 == 0 ? 3 : 4, 40);
        }
        batch.close();
        for (int item = 21; item < 29; item++) {
            batch.addNegative(item, false, 0);
        }
        batch.excludeWatched(world.users, world.model.history());
        assertEquals(64, batch.groups());
        assertEquals(32 * 8, batch.excludedStart(64));
        assertEquals(List.of(21, 22, 23, 24, 25, 26, 27, 28), excluded(batch, 62));
        assertEquals(List.of(), excluded(batch, 63));
    }

    @Test
    void shouldForgetTheNegativesWhenItIsFilledAgain() {
        TowerBatch batch = new TowerBatch(4, 3);
        add(batch, 3, 40);
        batch.close();
        batch.addNegative(21, false, 0);
        batch.excludeWatched(world.users, world.model.history());
        batch.clear();
        add(batch, 3, 21);
        batch.close();
        assertEquals(1, batch.columns());
        assertEquals(List.of(), excluded(batch, 0));
    }

    private static void add(TowerBatch batch, int user, int item) {
        batch.add(user, 0, item, false, 1, 0);
    }

    private static List<Integer> items(TowerBatch batch) {
        List<Integer> items = new ArrayList<>();
        for (int column = 0; column < batch.columns(); column++) {
            items.add(batch.item(column));
        }
        return items;
    }

    private static List<Integer> excluded(TowerBatch batch, int group) {
        List<Integer> items = new ArrayList<>();
        for (int i = batch.excludedStart(group); i < batch.excludedStart(group + 1); i++) {
            items.add(batch.item(batch.excluded(i)));
        }
        return items;
    }
}
