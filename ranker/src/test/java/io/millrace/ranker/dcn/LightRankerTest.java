package io.millrace.ranker.dcn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a first phase keeps, against a sort of what plain loops score. */
final class LightRankerTest {
    private static final RankerWorld WORLD = new RankerWorld();
    private static final int CANDIDATES = 500;

    private final float[] known = new float[CANDIDATES];

    @AfterAll
    static void closeWorld() {
        WORLD.close();
    }

    static List<DcnShape> shapes() {
        return List.of(LightRanker.linear(4), LightRanker.hidden(8, 16));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shouldKeepTheBestInTheirOrderWhenCandidatesAreMany(DcnShape shape) {
        try (DcnModel model = model(shape);
                DcnItemHalves halves = halves(model)) {
            shouldKeepTheBest(model, new LightRanker(model, CANDIDATES));
            shouldKeepTheBest(model, new LightRanker(model, halves, CANDIDATES, HeadValue.CLICK));
        }
    }

    private void shouldKeepTheBest(DcnModel model, LightRanker ranker) {
        // Candidates are drawn with repeats, so that scores are equal here and there.
        for (int keep : new int[] {0, 1, 2, 99, 100, 250, 499, 500, 900}) {
            int[] given = candidates(keep);
            int[] ordinals = given.clone();
            int kept = cut(ranker, ordinals, keep);
            assertArrayEquals(
                    best(model, given, keep), IntStream.of(ordinals).limit(kept).toArray());
            for (int i = 0; i < kept; i++) {
                assertEquals(ordinals[i], known[i]);
            }
        }
    }

    private static DcnItemHalves halves(DcnModel model) {
        DcnItemHalves halves = model.newItemHalves(RankerWorld.ITEMS, WeightType.F32);
        halves.set(
                model.input().item(),
                WORLD.items.segment(),
                WORLD.items.layout().rowBytes(),
                0,
                RankerWorld.ITEMS);
        return halves;
    }

    @Test
    void shouldKeepTheFirstWhenAllAreEqual() {
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, LightRanker.linear(4), 5)) {
            Arrays.fill(model.network().head().weights(), 0);
            LightRanker ranker = new LightRanker(model, CANDIDATES);
            int[] given = candidates(1);
            int[] ordinals = given.clone();
            assertEquals(100, cut(ranker, ordinals, 100));
            assertArrayEquals(
                    IntStream.of(given).limit(100).toArray(),
                    IntStream.of(ordinals).limit(100).toArray());
        }
    }

    @Test
    void shouldKeepTheMostRelevantWhenLikenessCounts() {
        float weight = 3;
        try (DcnModel model = model(LightRanker.hidden(8, 16))) {
            LightRanker ranker = new LightRanker(model, CANDIDATES);
            int[] given = candidates(5);
            SplitRandom random = new SplitRandom(6);
            double[] relevance = new double[CANDIDATES];
            for (int i = 0; i < CANDIDATES; i++) {
                known[i] = random.nextFloat();
                double logit = clickLogit(model, given[i]);
                relevance[i] = Math.exp(weight * known[i]) / (1 + Math.exp(-logit));
            }
            int[] ordinals = given.clone();
            assertEquals(100, cut(ranker, ordinals, 100, weight));
            assertArrayEquals(
                    best(relevance, given, 100), IntStream.of(ordinals).limit(100).toArray());
        }
    }

    @Test
    void shouldAllocateNothingWhenWarm() {
        try (DcnModel model = model(LightRanker.hidden(8, 16));
                DcnItemHalves halves = halves(model)) {
            int[] given = candidates(3);
            int[] ordinals = new int[CANDIDATES];
            for (LightRanker ranker :
                    List.of(
                            new LightRanker(model, CANDIDATES),
                            new LightRanker(model, halves, CANDIDATES, HeadValue.CLICK))) {
                long bytes =
                        AllocationProbe.leastBytes(
                                50,
                                () -> {
                                    System.arraycopy(given, 0, ordinals, 0, CANDIDATES);
                                    cut(ranker, ordinals, 100);
                                });
                assertEquals(0, bytes, "bytes of 50 requests");
            }
        }
    }

    @Test
    void shouldRefuseWhenTheModelIsNotLight() {
        for (DcnShape shape :
                List.of(
                        new DcnShape(4, 1, 0, DcnStructure.STACKED, List.of(8)),
                        new DcnShape(4, 0, 0, DcnStructure.STACKED, List.of(8, 8)))) {
            try (DcnModel model = model(shape)) {
                MillraceException e =
                        assertThrows(
                                MillraceException.class, () -> new LightRanker(model, CANDIDATES));
                assertEquals(ErrorCode.USAGE, e.code());
            }
        }
    }

    /** The best by a stable sort, in the order they came in. */
    private static int[] best(DcnModel model, int[] ordinals, int keep) {
        double[] scores = new double[ordinals.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = clickLogit(model, ordinals[i]);
        }
        return best(scores, ordinals, keep);
    }

    private static double clickLogit(DcnModel model, int ordinal) {
        double[] x = WORLD.input(model, 3, 1, ordinal);
        return PlainNetwork.logit(model.network(), x, DcnModel.CLICK_HEAD);
    }

    private static int[] best(double[] scores, int[] ordinals, int keep) {
        return IntStream.range(0, ordinals.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(keep)
                .sorted()
                .mapToInt(i -> ordinals[i])
                .toArray();
    }

    /** What is known of a candidate here is its ordinal again. */
    private int cut(LightRanker ranker, int[] ordinals, int keep) {
        for (int i = 0; i < ordinals.length; i++) {
            known[i] = ordinals[i];
        }
        return cut(ranker, ordinals, keep, 0);
    }

    private int cut(LightRanker ranker, int[] ordinals, int keep, float weight) {
        return ranker.cut(
                WORLD.users.segment(),
                WORLD.users.offset(3),
                WORLD.contexts,
                WORLD.contextBytes,
                WORLD.items.segment(),
                WORLD.items.layout().rowBytes(),
                ordinals,
                known,
                ordinals.length,
                keep,
                weight);
    }

    private static DcnModel model(DcnShape shape) {
        DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, shape, 5);
        model.input().tables().values().forEach(table -> table.fillGaussian(0.7, 8));
        PlainNetwork.fillBiases(model.network(), new SplitRandom(9));
        return model;
    }

    private static int[] candidates(long seed) {
        SplitRandom random = new SplitRandom(seed);
        return IntStream.range(0, CANDIDATES).map(i -> random.nextInt(RankerWorld.ITEMS)).toArray();
    }
}
