package io.millrace.ranker.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

final class RequestFilterTest {
    @Test
    void shouldHoldBothHistoriesWhenFull() {
        try (World world = new World(1, 1_000, 3, 16, true)) {
            int[] watched = new int[World.HISTORY];
            int[] liked = new int[World.HISTORY];
            for (int i = 0; i < World.HISTORY; i++) {
                watched[i] = 10 * i;
                liked[i] = 10 * i + 1;
            }
            // Ids 0 and 1 are missing and unseen, no items.
            liked[0] = -2;
            liked[1] = -1;
            world.watch("watched", watched);
            world.watch("liked", liked);
            RequestFilter filter = world.filter(world.rules(1, 1, 1, 1));
            for (int ordinal = 0; ordinal < 1_000; ordinal++) {
                boolean isWatched = ordinal % 10 == 0 && ordinal < 10 * World.HISTORY;
                boolean isLiked =
                        ordinal % 10 == 1 && ordinal >= 20 && ordinal < 10 * World.HISTORY;
                assertEquals(isWatched || isLiked, filter.isSeen(ordinal), "item " + ordinal);
                assertFalse(filter.isExcluded(ordinal));
            }
            filter.clear();
            assertFalse(filter.isSeen(0));
        }
    }

    @Test
    void shouldSayNoWhenThereIsNoRoomForAnother() {
        try (World world = new World(1, 100, 3, 16, true)) {
            RequestFilter filter = new RequestFilter(world.rules(1, 1, 1, 1), world.schema, 3);
            assertTrue(filter.exclude(1));
            assertTrue(filter.exclude(1));
            assertTrue(filter.exclude(2) && filter.exclude(3));
            assertFalse(filter.exclude(4));
            assertTrue(filter.exclude(3));
            assertTrue(filter.isExcluded(1) && filter.isExcluded(2) && filter.isExcluded(3));
            assertFalse(filter.isExcluded(4));
            filter.clear();
            assertTrue(filter.exclude(4));
            assertFalse(filter.isExcluded(1));
        }
    }

    @Test
    void shouldAgreeWithAHashSetWhenFilledToTheBrim() {
        for (int seed = 0; seed < 200; seed++) {
            SplitRandom random = new SplitRandom(seed);
            int capacity = random.nextInt(300);
            OrdinalSet set = new OrdinalSet(capacity);
            Set<Integer> expected = new HashSet<>();
            int bound = random.nextInt(2) == 0 ? 1_000 : Integer.MAX_VALUE;
            while (!set.isFull()) {
                int ordinal = random.nextInt(bound);
                assertEquals(expected.add(ordinal), set.add(ordinal));
                int other = random.nextInt(bound);
                assertEquals(expected.contains(other), set.contains(other));
            }
            assertEquals(capacity, expected.size());
            expected.forEach(ordinal -> assertTrue(set.contains(ordinal)));
        }
    }
}
