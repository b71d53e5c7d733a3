package io.millrace.ranker.dcn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.SequenceMatch;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Requests against plain loops over the plain values that were put into the rows. */
final class DcnScorerTest {
    private static final RankerWorld WORLD = new RankerWorld();
    private static final double TOLERANCE = 1e-5;
    private static final MemorySegment IMPRESSIONS = RankerWorld.impressionRows(RankerWorld.ITEMS);

    @TempDir private Path folder;

    @AfterAll
    static void closeWorld() {
        WORLD.close();
    }

    @ParameterizedTest
    @CsvSource({
        "PARALLEL, 0, 0",
        "STACKED, 0, 0",
        "PARALLEL, 5, 0",
        "STACKED, 5, 0",
        "PARALLEL, 5, 3",
        "STACKED, 5, 3"
    })
    void shouldScoreAsPlainLoopsDoWhenCandidatesAreAnyNumber(
            DcnStructure structure, int rank, int experts) {
        try (DcnModel model = model(structure, rank, experts)) {
            Scorers scorer = Scorers.of(model, 500);
            // Around the size of a piece, and many.
            for (int count : new int[] {0, 1, 2, 7, 119, 120, 121, 241, 500}) {
                for (int user = 0; user < RankerWorld.USERS; user++) {
                    int tab = user % RankerWorld.TABS;
                    int[] ordinals = ordinals(count, user);
                    float[] clicks = new float[count];
                    float[] longViews = new float[count];
                    score(scorer, user, tab, ordinals, count, clicks, longViews);
                    for (int i = 0; i < count; i++) {
                        double[] x = WORLD.input(model, user, tab, ordinals[i]);
                        String where = "count=" + count + " user=" + user + " i=" + i;
                        assertEquals(probability(model, x, 0), clicks[i], TOLERANCE, where);
                        assertEquals(probability(model, x, 1), longViews[i], TOLERANCE, where);
                    }
                }
            }
        }
    }

    /** A candidate's score must not depend on its company or its place. */
    @ParameterizedTest
    @CsvSource({"PARALLEL, 0, 0", "STACKED, 5, 0", "STACKED, 5, 3"})
    void shouldGiveTheSameBitsWhenCandidatesStandElsewhere(
            DcnStructure structure, int rank, int experts) {
        try (DcnModel model = model(structure, rank, experts)) {
            Scorers scorer = Scorers.of(model, 500);
            int[] ordinals = ordinals(500, 3);
            float[] together = new float[500];
            float[] togetherLongViews = new float[500];
            score(scorer, 3, 1, ordinals, 500, together, togetherLongViews);
            float[] alone = new float[1];
            float[] each = new float[500];
            float[] eachLongViews = new float[500];
            long[] userOffsets = new long[500];
            long[] contextOffsets = new long[500];
            for (int i = 0; i < 500; i++) {
                score(scorer, 3, 1, new int[] {ordinals[i]}, 1, alone, new float[1]);
                assertEquals(together[i], alone[0], "candidate " + i);
                userOffsets[i] = WORLD.users.offset(3);
                contextOffsets[i] = WORLD.contextBytes;
            }
            WORLD.writeImpressions(ordinals, 500, IMPRESSIONS);
            scorer.clicks.scoreEachInto(
                    WORLD.users.segment(),
                    userOffsets,
                    WORLD.contexts,
                    contextOffsets,
                    WORLD.items.segment(),
                    WORLD.items.layout().rowBytes(),
                    ordinals,
                    500,
                    each,
                    eachLongViews);
            assertArrayEquals(together, each);
            assertArrayEquals(togetherLongViews, eachLongViews);
        }
    }

    @Test
    void shouldMatchWithEverySequenceOfItems() {
        try (DcnModel model = model(DcnStructure.PARALLEL, 0, 0)) {
            assertEquals(3, model.input().matches().size());
            int matched = 0;
            int missing = 0;
            for (int item = 0; item < RankerWorld.ITEMS; item++) {
                double[] x = WORLD.input(model, 3, 0, item);
                int flag = model.input().impressionAt() - 1;
                matched += x[flag] == 0 && x[flag - 1] != 0 ? 1 : 0;
                missing += x[flag] == 1 ? 1 : 0;
            }
            assertTrue(matched > RankerWorld.ITEMS / 2, "matched: " + matched);
            assertTrue(missing > RankerWorld.ITEMS / 20, "missing: " + missing);
        }
    }

    /** The plain loops take the vectors as they were rounded. */
    @ParameterizedTest
    @EnumSource
    void shouldScoreAsPlainLoopsDoWhenEmbeddingsAreOfFewerBits(WeightType type) {
        try (DcnModel model = rounded(type)) {
            assertEquals(type, model.input().embeddings().type());
            Scorers scorer = Scorers.of(model, RankerWorld.ITEMS);
            int[] ordinals = ordinals(RankerWorld.ITEMS, 3);
            float[] clicks = new float[ordinals.length];
            for (int user = 0; user < RankerWorld.USERS; user++) {
                int tab = user % RankerWorld.TABS;
                float[] longViews = new float[ordinals.length];
                score(scorer, user, tab, ordinals, ordinals.length, clicks, longViews);
                for (int i = 0; i < ordinals.length; i++) {
                    double[] x = WORLD.input(model, user, tab, ordinals[i]);
                    String where = "user=" + user + " i=" + i;
                    assertEquals(probability(model, x, 0), clicks[i], TOLERANCE, where);
                    assertEquals(probability(model, x, 1), longViews[i], TOLERANCE, where);
                }
            }
        }
    }

    @Test
    void shouldGiveTheLogitsOfItsProbabilitiesWhenEachHasAUser() {
        try (DcnModel model = model(DcnStructure.PARALLEL, 0, 0)) {
            DcnScorer scorer = model.newScorer(RankerWorld.USERS, IMPRESSIONS);
            int[] ordinals = ordinals(RankerWorld.USERS, 5);
            WORLD.writeImpressions(ordinals, ordinals.length, IMPRESSIONS);
            long[] userOffsets = new long[ordinals.length];
            long[] contextOffsets = new long[ordinals.length];
            Arrays.setAll(userOffsets, WORLD.users::offset);
            float[] logits = new float[ordinals.length];
            scorer.logitEachInto(
                    WORLD.users.segment(),
                    userOffsets,
                    WORLD.contexts,
                    contextOffsets,
                    WORLD.items.segment(),
                    WORLD.items.layout().rowBytes(),
                    ordinals,
                    ordinals.length,
                    logits);
            for (int user = 0; user < ordinals.length; user++) {
                double[] x = WORLD.input(model, user, 0, ordinals[user]);
                double expected = PlainNetwork.logit(model.network(), x, DcnModel.CLICK_HEAD);
                double tolerance = TOLERANCE * Math.max(1, Math.abs(expected));
                assertEquals(expected, logits[user], tolerance, "user " + user);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingWhenWarm(WeightType type) {
        try (DcnModel model = rounded(type)) {
            Scorers scorer = Scorers.of(model, 500);
            int[] ordinals = ordinals(500, 1);
            float[] clicks = new float[500];
            float[] longViews = new float[500];
            long bytes =
                    AllocationProbe.leastBytes(
                            50, () -> score(scorer, 1, 0, ordinals, 500, clicks, longViews));
            assertEquals(0, bytes, "bytes of 50 requests");
        }
    }

    /** A model that was written with such embeddings and read again. */
    private DcnModel rounded(WeightType type) {
        Path file = folder.resolve("ranker");
        try (DcnModel exact = model(DcnStructure.PARALLEL, 0, 0)) {
            exact.save(file, type);
        }
        return DcnModel.load(file, RankerWorld.SCHEMA);
    }

    private static DcnModel model(DcnStructure structure, int rank, int experts) {
        DcnShape shape = new DcnShape(8, 3, rank, experts, structure, List.of(24, 20));
        DcnModel model;
        try (EmbeddingTable vectors = RankerWorld.matchVectors()) {
            model = DcnModel.initial(RankerWorld.SCHEMA, shape, RankerHeads.USUAL, vectors, 5);
        }
        for (SequenceMatch match : model.input().matches()) {
            match.standardise(0.3f, 0.25f);
        }
        // Untrained embeddings are near zero, and biases are zero: make all of them count.
        model.input().tables().values().forEach(table -> table.fillGaussian(0.7, 8));
        // Under a larger one the first of the items would have all of the weight.
        model.input().attentions().getFirst().logScale()[0] = -0.5f;
        PlainNetwork.fillBiases(model.network(), new SplitRandom(9));
        return model;
    }

    /** Of each of the usual heads. */
    private record Scorers(DcnScorer clicks, DcnScorer longViews) {
        static Scorers of(DcnModel model, int most) {
            HeadValue longView = ValueFormula.parse("long_view").of(model.heads());
            return new Scorers(
                    model.newScorer(most, IMPRESSIONS),
                    model.newScorer(most, IMPRESSIONS, longView));
        }
    }

    private static void score(
            Scorers scorers,
            int user,
            int tab,
            int[] ordinals,
            int count,
            float[] clicks,
            float[] longViews) {
        score(scorers.clicks, user, tab, ordinals, count, clicks);
        score(scorers.longViews, user, tab, ordinals, count, longViews);
    }

    private static void score(
            DcnScorer scorer, int user, int tab, int[] ordinals, int count, float[] values) {
        WORLD.writeImpressions(ordinals, count, IMPRESSIONS);
        scorer.scoreInto(
                WORLD.users.segment(),
                WORLD.users.offset(user),
                WORLD.contexts,
                (long) tab * WORLD.contextBytes,
                WORLD.items.segment(),
                WORLD.items.layout().rowBytes(),
                ordinals,
                count,
                values);
    }

    private static double probability(DcnModel model, double[] x, int head) {
        return 1 / (1 + Math.exp(-PlainNetwork.logit(model.network(), x, head)));
    }

    private static int[] ordinals(int count, long seed) {
        SplitRandom random = new SplitRandom(seed);
        int[] ordinals = new int[count];
        for (int i = 0; i < count; i++) {
            ordinals[i] = random.nextInt(RankerWorld.ITEMS);
        }
        return ordinals;
    }
}
