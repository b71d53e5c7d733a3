package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Ranks, recall, NDCG, fixed orders and the heap, each against a full sort. */
final class RankingTest {
    @ParameterizedTest
    @CsvSource({"1,1000", "2,1000", "3,7", "4,7", "5,1", "6,2"})
    void shouldRankTargetsAsAFullSortDoesWhenRandom(long seed, int distinct) {
        SplitRandom random = new SplitRandom(seed);
        long[] ids = ids(random, 400);
        float[] scores = scores(random, 400, distinct);
        int[] chosen = distinct(random, 400, 30);
        int[] targets = Arrays.copyOf(chosen, 9);
        int[] seen = Arrays.copyOfRange(chosen, 9, 30);
        int[] expected = ranksBySort(scores, ids, targets, seen);
        assertArrayEquals(expected, new TargetRanks(ids).ranks(scores.clone(), targets, seen));
    }

    @Test
    void shouldRankAgainWhenUsedForManyUsers() {
        SplitRandom random = new SplitRandom(11);
        long[] ids = ids(random, 100);
        TargetRanks ranks = new TargetRanks(ids);
        for (int user = 0; user < 50; user++) {
            float[] scores = scores(random, 100, 1 + user);
            int[] chosen = distinct(random, 100, 20);
            int[] targets = Arrays.copyOf(chosen, 1 + user % 10);
            int[] seen = Arrays.copyOfRange(chosen, 10, 20);
            assertArrayEquals(
                    ranksBySort(scores, ids, targets, seen),
                    ranks.ranks(scores.clone(), targets, seen));
        }
    }

    @Test
    void shouldRankAFixedOrderAsItsCountsSay() {
        SplitRandom random = new SplitRandom(12);
        long[] ids = ids(random, 300);
        float[] scores = scores(random, 300, 9);
        long[] counts = new long[300];
        Arrays.setAll(counts, i -> Math.round(1000 * scores[i]));
        ItemOrder order = ItemOrder.byCounts(counts, ids);
        int[] chosen = distinct(random, 300, 40);
        int[] targets = Arrays.copyOf(chosen, 5);
        int[] seen = Arrays.copyOfRange(chosen, 5, 40);
        Arrays.sort(seen);
        int[] expected = ranksBySort(scores, ids, targets, seen);
        assertArrayEquals(expected, order.ranks(targets, seen));
        int[] first = order.firstUnseen(seen, 265);
        assertEquals(265, first.length);
        for (int i = 0; i < targets.length; i++) {
            assertEquals(targets[i], first[expected[i]]);
        }
        assertEquals(265, order.firstUnseen(seen, 1000).length);
    }

    @Test
    void shouldExpectOfRandomOrdersWhatManyOfThemGive() {
        int items = 120;
        RetrievalTargets.Case user =
                new RetrievalTargets.Case(0, new int[] {3, 50, 90}, new int[] {1, 2, 4, 110});
        RetrievalTargets.Case small = new RetrievalTargets.Case(1, new int[] {7}, new int[0]);
        RetrievalMetrics expected = RetrievalMetrics.random(List.of(user, small), items);
        SplitRandom random = new SplitRandom(5);
        long[] ids = ids(random, items);
        TargetRanks ranks = new TargetRanks(ids);
        List<int[]> all = new ArrayList<>();
        for (int round = 0; round < 20_000; round++) {
            for (RetrievalTargets.Case one : List.of(user, small)) {
                float[] scores = scores(random, items, 1 << 20);
                all.add(ranks.ranks(scores, one.targets(), one.seen()));
            }
        }
        RetrievalMetrics measured = RetrievalMetrics.of(all);
        assertEquals(expected.recall10(), measured.recall10(), 0.005);
        assertEquals(expected.recall50(), measured.recall50(), 0.005);
        assertEquals(expected.recall100(), measured.recall100(), 0.005);
        assertEquals(1, expected.recall500());
        assertEquals(expected.ndcg10(), measured.ndcg10(), 0.005);
    }

    @Test
    void shouldGiveRecallAndNdcgOfTheDefinitions() {
        int[] ranks = {0, 3, 9, 10, 499, 500, 2000};
        assertEquals(3 / 7.0, RankMetrics.recall(ranks, 10), 1e-12);
        assertEquals(4 / 7.0, RankMetrics.recall(ranks, 50), 1e-12);
        assertEquals(5 / 7.0, RankMetrics.recall(ranks, 500), 1e-12);
        double gained = 1 + log2Discount(3) + log2Discount(9);
        double ideal = IntStream.range(0, 7).mapToDouble(RankingTest::log2Discount).sum();
        assertEquals(gained / ideal, RankMetrics.ndcg(ranks), 1e-12);
        int[] twelve = IntStream.range(0, 12).toArray();
        assertEquals(1, RankMetrics.ndcg(twelve), 1e-12);
        assertEquals(0, RankMetrics.ndcg(new int[] {10}), 1e-12);
    }

    @Test
    void shouldAverageOverUsersNotTargets() {
        RetrievalMetrics metrics =
                RetrievalMetrics.of(List.of(new int[] {0}, new int[] {60, 70, 80, 600}));
        assertEquals(2, metrics.users());
        assertEquals(0.5, metrics.recall10(), 1e-12);
        assertEquals(0.5, metrics.recall50(), 1e-12);
        assertEquals((1 + 0.75) / 2, metrics.recall100(), 1e-12);
        assertEquals((1 + 0.75) / 2, metrics.recall500(), 1e-12);
        assertEquals(0.5, metrics.ndcg10(), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1000", "10,1000,1000", "10,10,3", "100,1000,5", "7,3,9"})
    void shouldKeepTheBestAsAFullSortDoes(int capacity, int count, int distinct) {
        SplitRandom random = new SplitRandom(count);
        TopOrdinals top = new TopOrdinals(capacity);
        for (int round = 0; round < 20; round++) {
            float[] scores = scores(random, count, distinct);
            top.clear();
            top.offerAll(scores, count);
            int[] kept = new int[capacity];
            int size = top.drainInto(kept);
            int[] expected =
                    IntStream.range(0, count)
                            .boxed()
                            .sorted(
                                    Comparator.<Integer>comparingDouble(i -> -scores[i])
                                            .thenComparingInt(i -> i))
                            .limit(capacity)
                            .mapToInt(i -> i)
                            .toArray();
            assertArrayEquals(expected, Arrays.copyOf(kept, size));
        }
    }

    private static double log2Discount(int rank) {
        return 1 / (Math.log(rank + 2.0) / Math.log(2));
    }

    private static int[] ranksBySort(float[] scores, long[] ids, int[] targets, int[] seen) {
        List<Integer> unseen =
                IntStream.range(0, scores.length)
                        .filter(i -> Arrays.stream(seen).noneMatch(s -> s == i))
                        .boxed()
                        .sorted(
                                Comparator.<Integer>comparingDouble(i -> -scores[i])
                                        .thenComparingLong(i -> ids[i]))
                        .toList();
        return Arrays.stream(targets).map(unseen::indexOf).toArray();
    }

    private static long[] ids(SplitRandom random, int count) {
        long[] ids = new long[count];
        Arrays.setAll(ids, i -> random.nextLong());
        return ids;
    }

    private static float[] scores(SplitRandom random, int count, int distinct) {
        float[] scores = new float[count];
        for (int i = 0; i < count; i++) {
            scores[i] = (random.nextInt(distinct) - distinct / 2) / 8f;
        }
        return scores;
    }

    private static int[] distinct(SplitRandom random, int bound, int count) {
        int[] all = IntStream.range(0, bound).toArray();
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(bound - i);
            int kept = all[i];
            all[i] = all[other];
            all[other] = kept;
        }
        return Arrays.copyOf(all, count);
    }
}
