package io.millrace.ranker.rerank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

final class RerankerTest {
    private static final int MAX_CANDIDATES = 600;
    private static final int MAX_K = 50;

    @Test
    void shouldAgreeWithThePlainLoopsWhenProductsAreExact() {
        Set<SlotReason> met = EnumSet.noneOf(SlotReason.class);
        Set<CandidateOutcome> outcomes = EnumSet.noneOf(CandidateOutcome.class);
        for (int seed = 0; seed < 400; seed++) {
            SplitRandom random = new SplitRandom(seed);
            int items = 5 + random.nextInt(random.nextInt(3) == 0 ? 40 : 400);
            try (World world = new World(seed, items, 1 + random.nextInt(30), 16, true)) {
                RerankRules rules =
                        world.rules(
                                1 + random.nextInt(3),
                                random.nextInt(5) / 4f,
                                5 + random.nextInt(100),
                                random.nextInt(3) == 0 ? 0.75f : 0.999f);
                Set<Integer> barred = watchAndCollect(world, random);
                RequestFilter filter = world.filter(rules);
                for (int i = 0; i < 5; i++) {
                    int ordinal = random.nextInt(items);
                    assertTrue(filter.exclude(ordinal));
                    barred.add(ordinal);
                }
                int count = random.nextInt(500);
                int[] ordinals = random(count, items, random);
                float[] scores = scores(count, random);
                int k = 1 + random.nextInt(20);
                Slate slate = new Slate(MAX_K);
                Reranker reranker = world.reranker(rules, MAX_CANDIDATES, MAX_K);
                int size = reranker.rerankInto(ordinals, scores, count, filter, k, slate);
                PlainReranker plain = new PlainReranker(world, rules);
                List<PlainReranker.Place> expected = plain.rerank(ordinals, scores, barred, k);
                assertEquals(expected, placesOf(slate), "seed " + seed);
                assertEquals(expected.size(), size);
                expected.forEach(place -> met.add(place.reason()));
                for (int ordinal = 0; ordinal < items; ordinal++) {
                    CandidateOutcome outcome = reranker.outcomeOf(ordinal);
                    assertEquals(plain.outcomeOf(ordinal), outcome, "seed " + seed);
                    outcomes.add(outcome);
                }
            }
        }
        assertEquals(EnumSet.allOf(SlotReason.class), met, "cases that were not tried");
        assertEquals(EnumSet.allOf(CandidateOutcome.class), outcomes, "cases that were not tried");
    }

    @Test
    void shouldKeepEveryPromiseWhenCandidatesAreRandom() {
        for (int seed = 0; seed < 300; seed++) {
            SplitRandom random = new SplitRandom(1_000 + seed);
            try (World world = new World(seed, 50 + random.nextInt(500), 20, 48, false)) {
                RerankRules rules = world.rules(2, random.nextFloat(), 60, 0.999f);
                Set<Integer> barred = watchAndCollect(world, random);
                int count = random.nextInt(MAX_CANDIDATES);
                int[] ordinals = random(count, world.count, random);
                float[] scores = new float[count];
                for (int i = 0; i < count; i++) {
                    scores[i] = random.nextFloat();
                }
                int k = 1 + random.nextInt(MAX_K);
                Slate slate = new Slate(MAX_K);
                world.reranker(rules, MAX_CANDIDATES, MAX_K)
                        .rerankInto(ordinals, scores, count, world.filter(rules), k, slate);
                assertPromises(world, slate, ordinals, scores, barred, k, "seed " + seed);
            }
        }
    }

    @Test
    void shouldGiveTheSameSlateWhenCandidatesComeInAnotherOrder() {
        try (World world = new World(5, 400, 20, 64, false)) {
            RerankRules rules = world.rules(2, 0.7f, 100, 0.999f);
            Reranker reranker = world.reranker(rules, MAX_CANDIDATES, MAX_K);
            SplitRandom random = new SplitRandom(5);
            int[] ordinals = random(500, world.count, random);
            float[] scores = scores(500, random);
            Slate slate = new Slate(MAX_K);
            reranker.rerankInto(ordinals, scores, 500, world.filter(rules), 20, slate);
            List<PlainReranker.Place> first = placesOf(slate);
            for (int round = 0; round < 20; round++) {
                for (int i = 499; i > 0; i--) {
                    int j = random.nextInt(i + 1);
                    int ordinal = ordinals[i];
                    ordinals[i] = ordinals[j];
                    ordinals[j] = ordinal;
                    float score = scores[i];
                    scores[i] = scores[j];
                    scores[j] = score;
                }
                reranker.rerankInto(ordinals, scores, 500, world.filter(rules), 20, slate);
                assertEquals(first, placesOf(slate));
            }
        }
    }

    @Test
    void shouldFollowTheScoresWhenLambdaIsOneAndNoRuleBinds() {
        try (World world = new World(6, 300, 5_000, 32, false)) {
            RerankRules rules = world.rules(RerankRules.LIMIT, 1, 100, 2);
            int[] ordinals = IntStream.range(0, 300).toArray();
            float[] scores = new float[300];
            for (int i = 0; i < 300; i++) {
                // Negative scores and both zeros as well.
                scores[i] = i == 150 ? -0.0f : (150 - i) * 0.01f;
            }
            Slate slate = new Slate(300);
            world.reranker(rules, MAX_CANDIDATES, 300)
                    .rerankInto(ordinals, scores, 300, world.filter(rules), 300, slate);
            for (int place = 0; place < 300; place++) {
                assertEquals(place, slate.ordinal(place));
                assertEquals(scores[place], slate.score(place), 0);
                assertEquals(SlotReason.RELEVANCE, slate.reason(place));
            }
            assertFalse(slate.isRelaxed());
        }
    }

    @Test
    void shouldPutDifferentItemsFirstWhenLambdaFalls() {
        try (World world = new World(7, 400, 5_000, 16, false)) {
            int[] ordinals = IntStream.range(0, 400).toArray();
            float[] scores = scores(400, new SplitRandom(7));
            double last = Double.POSITIVE_INFINITY;
            for (float lambda : new float[] {1, 0.7f, 0.3f}) {
                RerankRules rules = world.rules(RerankRules.LIMIT, lambda, 100, 2);
                Slate slate = new Slate(MAX_K);
                world.reranker(rules, MAX_CANDIDATES, MAX_K)
                        .rerankInto(ordinals, scores, 400, world.filter(rules), 10, slate);
                double likeness = meanLikeness(world, slate);
                assertTrue(likeness < last, "lambda " + lambda + ": " + likeness + " of " + last);
                last = likeness;
            }
        }
    }

    @Test
    void shouldCountWhatIsLeftOutAndAnswerFewerWhenFewAreLeft() {
        try (World world = new World(8, 100, 5_000, 16, true)) {
            RerankRules rules = world.rules(2, 0.85f, 100, 2);
            world.watch("watched", 1, 2, 3);
            world.watch("liked", 3, 4);
            RequestFilter filter = world.filter(rules);
            filter.exclude(5);
            int[] ordinals = {1, 2, 3, 4, 5, 6, 7, 6, 6, 8, 9};
            float[] scores = new float[ordinals.length];
            scores[9] = Float.NaN;
            scores[10] = Float.POSITIVE_INFINITY;
            Slate slate = new Slate(MAX_K);
            Reranker reranker = world.reranker(rules, MAX_CANDIDATES, MAX_K);
            assertEquals(2, reranker.rerankInto(ordinals, scores, 11, filter, 10, slate));
            assertEquals(4, slate.seenDropped());
            assertEquals(1, slate.excludedDropped());
            assertEquals(2, slate.duplicatesDropped());
            assertEquals(2, slate.invalidDropped());
            assertEquals(0, reranker.rerankInto(ordinals, scores, 0, filter, 10, slate));
            assertEquals(0, slate.seenDropped());
            filter.clear();
            assertEquals(7, reranker.rerankInto(ordinals, scores, 9, filter, 10, slate));
        }
    }

    @Test
    void shouldRelaxTheCapOnlyAsFarAsNeededWhenOneCreatorMadeAll() {
        try (World world = new World(9, 200, 40, 32, false)) {
            int creator = world.creators[0] < 2 ? 2 : world.creators[0];
            int[] ordinals =
                    IntStream.range(0, 200)
                            .filter(item -> world.creators[item] == creator)
                            .toArray();
            assertTrue(ordinals.length >= 4);
            RerankRules rules = world.rules(2, 0.85f, 100, 2);
            Slate slate = new Slate(MAX_K);
            int size =
                    world.reranker(rules, MAX_CANDIDATES, MAX_K)
                            .rerankInto(
                                    ordinals,
                                    new float[ordinals.length],
                                    ordinals.length,
                                    world.filter(rules),
                                    4,
                                    slate);
            assertEquals(4, size);
            assertFalse(slate.reason(1).isRelaxed());
            assertEquals(SlotReason.CREATOR_CAP_RELAXED, slate.reason(2));
            assertEquals(SlotReason.CREATOR_CAP_RELAXED, slate.reason(3));
            assertTrue(slate.isRelaxed());
        }
    }

    @Test
    void shouldAllocateNothingWhenReranking() {
        try (World world = new World(10, 2_000, 100, 64, false)) {
            RerankRules rules = world.rules(2, 0.85f, 100, 0.999f);
            Reranker reranker = world.reranker(rules, MAX_CANDIDATES, MAX_K);
            SplitRandom random = new SplitRandom(10);
            int[] ordinals = random(500, world.count, random);
            float[] scores = scores(500, random);
            world.watch("watched", 4, 8, 15, 16, 23, 42);
            RequestFilter filter = new RequestFilter(rules, world.schema, 16);
            Slate slate = new Slate(MAX_K);
            int[] sum = new int[1];
            assertEquals(
                    0,
                    AllocationProbe.leastBytes(
                            200,
                            () -> {
                                filter.clear();
                                filter.addSeen(world.user, 64);
                                filter.exclude(sum[0] & 1_023);
                                reranker.rerankInto(ordinals, scores, 500, filter, 10, slate);
                                sum[0] += slate.ordinal(0) + (slate.reason(9).isRelaxed() ? 1 : 0);
                            }));
        }
    }

    @Test
    void shouldRefuseRulesWhenTheSchemaHasNoSuchField() {
        try (World world = new World(11, 10, 3, 16, true)) {
            for (String field : List.of("nobody", "tag", "age")) {
                RerankRules rules = new RerankRules(10, field, 2, 0.5f, 10, 1, List.of(), 0);
                MillraceException e =
                        assertThrows(MillraceException.class, () -> world.reranker(rules, 10, 10));
                assertEquals(ErrorCode.MISMATCH, e.code());
                assertTrue(e.getMessage().contains("field=" + field), e.getMessage());
            }
            for (String field : List.of("nobody", "tag", "age")) {
                RerankRules rules = new RerankRules(10, "", 2, 0.5f, 10, 1, List.of(field), 0);
                MillraceException e =
                        assertThrows(
                                MillraceException.class,
                                () -> new RequestFilter(rules, world.schema, 1));
                assertEquals(ErrorCode.MISMATCH, e.code());
            }
            assertThrows(
                    MillraceException.class,
                    () -> new ItemVectors(world.itemVectors.segment(), 0, 60, 16, world.count));
            assertThrows(
                    MillraceException.class,
                    () -> world.reranker(world.rules(1, 1, 1, 1), RerankRules.LIMIT + 1, 1));
        }
    }

    @Test
    void shouldTakeEveryoneWhenThereIsNoCreatorField() {
        try (World world = new World(12, 100, 1, 32, false)) {
            RerankRules rules = new RerankRules(10, "", 1, 1, 100, 2, List.of(), 0);
            Slate slate = new Slate(MAX_K);
            int[] ordinals = IntStream.range(0, 100).toArray();
            world.reranker(rules, 100, MAX_K)
                    .rerankInto(ordinals, new float[100], 100, world.filter(rules), 50, slate);
            assertArrayEquals(
                    IntStream.range(0, 50).toArray(),
                    IntStream.range(0, 50).map(slate::ordinal).toArray());
            assertFalse(slate.isRelaxed());
        }
    }

    private static void assertPromises(
            World world,
            Slate slate,
            int[] ordinals,
            float[] scores,
            Set<Integer> barred,
            int k,
            String seed) {
        Set<Integer> allowed = new HashSet<>();
        float best = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < ordinals.length; i++) {
            if (!barred.contains(ordinals[i])) {
                allowed.add(ordinals[i]);
                best = Math.max(best, scores[i]);
            }
        }
        assertEquals(Math.min(k, allowed.size()), slate.size(), seed);
        Set<Integer> shown = new HashSet<>();
        for (int place = 0; place < slate.size(); place++) {
            int ordinal = slate.ordinal(place);
            assertTrue(allowed.contains(ordinal) && shown.add(ordinal), seed);
            if (slate.reason(place).isRelaxed()) {
                continue;
            }
            int sameCreator = 0;
            for (int above = 0; above < place; above++) {
                int other = slate.ordinal(above);
                assertTrue(world.product(ordinal, other) < 0.9991f, seed);
                sameCreator += world.creators[other] == world.creators[ordinal] ? 1 : 0;
            }
            assertTrue(world.creators[ordinal] < 2 || sameCreator < 2, seed);
        }
        if (slate.size() > 0) {
            assertEquals(best, slate.score(0), seed);
        }
    }

    private static Set<Integer> watchAndCollect(World world, SplitRandom random) {
        Set<Integer> seen = new HashSet<>();
        for (String field : List.of("watched", "liked")) {
            int[] history = random(random.nextInt(World.HISTORY), world.count, random);
            world.watch(field, history);
            for (int ordinal : history) {
                seen.add(ordinal);
            }
        }
        return seen;
    }

    private static double meanLikeness(World world, Slate slate) {
        double sum = 0;
        for (int a = 0; a < slate.size(); a++) {
            for (int b = 0; b < a; b++) {
                sum += world.product(slate.ordinal(a), slate.ordinal(b));
            }
        }
        return sum / (slate.size() * (slate.size() - 1) / 2.0);
    }

    private static int[] random(int count, int bound, SplitRandom random) {
        int[] ordinals = new int[count];
        for (int i = 0; i < count; i++) {
            ordinals[i] = random.nextInt(bound);
        }
        return ordinals;
    }

    /** Few different scores, so that there are ties. */
    private static float[] scores(int count, SplitRandom random) {
        float[] scores = new float[count];
        for (int i = 0; i < count; i++) {
            scores[i] = random.nextInt(64) / 64f;
        }
        return scores;
    }

    private static List<PlainReranker.Place> placesOf(Slate slate) {
        List<PlainReranker.Place> places = new ArrayList<>();
        for (int i = 0; i < slate.size(); i++) {
            places.add(new PlainReranker.Place(slate.ordinal(i), slate.score(i), slate.reason(i)));
        }
        return places;
    }
}
