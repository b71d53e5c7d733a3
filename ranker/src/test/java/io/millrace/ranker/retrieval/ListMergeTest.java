package io.millrace.ranker.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

final class ListMergeTest {
    private static final int ITEMS = 200;
    private static final int USERS = 60;
    private static final int HISTORY = 9;
    private static final int LONGEST = 20;
    private static final FeatureField OTHER =
            FeatureField.itemSequence("before", ITEMS + FeatureField.FIRST, 3);
    private static final FeatureField WATCHED =
            FeatureField.itemSequence("watched", ITEMS + FeatureField.FIRST, HISTORY);
    private static final FeatureSchema SCHEMA =
            new FeatureSchema(FeatureSchema.FORMAT, "x", 0, List.of(OTHER, WATCHED), Map.of());

    private final int[][] listed = new int[ITEMS][];
    private final float[][] scores = new float[ITEMS][];
    private final int[][] histories = new int[USERS][];

    private ItemLists lists() {
        SplitRandom random = new SplitRandom(4);
        for (int item = 0; item < ITEMS; item++) {
            Set<Integer> others = new HashSet<>();
            for (int i = item % (LONGEST + 1); i > 0; i--) {
                others.add(random.nextInt(ITEMS));
            }
            listed[item] = others.stream().mapToInt(other -> other).toArray();
            scores[item] = new float[listed[item].length];
            float score = 1;
            for (int i = 0; i < scores[item].length; i++) {
                score *= 0.5f + 0.5f * random.nextFloat();
                scores[item][i] = score;
            }
        }
        return ItemLists.of(ITEMS, listed, scores);
    }

    /** Ids of what is missing or unseen stand among the others, and some items twice. */
    private RowTable users() {
        SplitRandom random = new SplitRandom(5);
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.USER), USERS)) {
            for (int user = 0; user < USERS; user++) {
                histories[user] = new int[user % (HISTORY + 1)];
                Arrays.setAll(
                        histories[user],
                        i -> i % 4 == 3 ? random.nextInt(2) : 2 + random.nextInt(ITEMS));
                if (user % 5 == 4 && histories[user].length > 1) {
                    histories[user][1] = histories[user][0];
                }
                rows.append(user);
                rows.values(OTHER, new int[] {7}, 0, 1);
                rows.values(WATCHED, histories[user], 0, histories[user].length);
            }
            return rows.build();
        }
    }

    @Test
    void shouldAddUpTheListsOfWhatWasWatched() {
        try (ItemLists lists = lists();
                RowTable users = users()) {
            ListMerge merge = new ListMerge(lists, SCHEMA);
            int most = 0;
            // One user after the other, so that nothing may stay of the one before.
            for (int user = 0; user < USERS; user++) {
                float[] expected = new float[ITEMS];
                Set<Integer> met = new TreeSet<>();
                Set<Integer> watched = new TreeSet<>();
                for (int id : histories[user]) {
                    watched.add(id);
                }
                for (int id : watched) {
                    for (int i = 0; id >= 2 && i < listed[id - 2].length; i++) {
                        expected[listed[id - 2][i]] += scores[id - 2][i];
                        met.add(listed[id - 2][i]);
                    }
                }
                int count = merge.merge(users.segment(), users.offset(user));
                Set<Integer> merged = new TreeSet<>();
                for (int i = 0; i < count; i++) {
                    merged.add(merge.item(i));
                }
                assertEquals(met.size(), count, "each item once");
                assertEquals(met, merged);
                for (int item = 0; item < ITEMS; item++) {
                    assertEquals(expected[item], merge.score(item), "bit for bit");
                }
                most = Math.max(most, count);
            }
            assertTrue(most > LONGEST, "lists hardly overlap: " + most);
            assertEquals(Math.min(ITEMS, LONGEST * HISTORY), merge.capacity(), LONGEST * HISTORY);
        }
    }

    @Test
    void shouldAllocateNothing() {
        try (ItemLists lists = lists();
                RowTable users = users()) {
            ListMerge merge = new ListMerge(lists, SCHEMA);
            int[] sum = new int[1];
            long least =
                    AllocationProbe.leastBytes(
                            200,
                            () -> {
                                for (int user = 0; user < HISTORY; user++) {
                                    sum[0] += merge.merge(users.segment(), users.offset(user));
                                }
                            });
            assertEquals(0, least);
            assertTrue(sum[0] > 0);
        }
    }

    @Test
    void shouldTakeTheFirstSequenceWhereNoneIsOfWatches() {
        FeatureSchema schema =
                new FeatureSchema(FeatureSchema.FORMAT, "x", 0, List.of(OTHER), Map.of());
        try (ItemLists lists = lists();
                RowTable.Builder rows = RowTable.builder(schema.layout(FeatureScope.USER), 1)) {
            rows.append(0);
            rows.values(OTHER, new int[] {2 + LONGEST}, 0, 1);
            try (RowTable user = rows.build()) {
                int count = new ListMerge(lists, schema).merge(user.segment(), 0);
                assertEquals(listed[LONGEST].length, count);
            }
        }
    }

    @Test
    void shouldRefuseUsersWithoutAHistory() {
        FeatureField city = FeatureField.categorical(FeatureScope.USER, "city", 4);
        FeatureSchema schema =
                new FeatureSchema(FeatureSchema.FORMAT, "bare", 0, List.of(city), Map.of());
        try (ItemLists lists = lists()) {
            MillraceException e =
                    assertThrows(MillraceException.class, () -> new ListMerge(lists, schema));
            assertTrue(e.getMessage().contains("schema=bare"), e.getMessage());
        }
    }
}
