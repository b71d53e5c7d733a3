package io.millrace.ranker.dcn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.calibration.HeadCalibrations;
import io.millrace.ranker.calibration.IsotonicCalibration;
import io.millrace.ranker.calibration.PlattCalibration;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Formulas over heads, against the same in plain loops of double precision. */
final class HeadValueTest {
    private static final RankerWorld WORLD = new RankerWorld();
    private static final int CANDIDATES = 300;
    private static final int USER = 3;
    private static final int TAB = 1;
    private static final double TOLERANCE = 2e-5;
    private static final RankerHeads HEADS =
            new RankerHeads(List.of("click", "long_view", "like", "share"));
    private static final String FORMULA = "click + 0.5*long_view + 2 * like";
    private static final double[] WEIGHTS = {1, 0.5, 2, 0};

    /** Distinct, so that no two are worth the same. */
    private final int[] ordinals =
            IntStream.range(0, CANDIDATES).map(i -> i * 11 % RankerWorld.ITEMS).toArray();

    @AfterAll
    static void closeWorld() {
        WORLD.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 119, 120, 121, CANDIDATES})
    void shouldSumTheHeadsThatAFormulaNames(int count) {
        try (DcnModel model = model(LightRanker.hidden(8, 16))) {
            DcnScorer scorer =
                    model.newScorer(
                            CANDIDATES,
                            RankerWorld.impressionRows(CANDIDATES),
                            ValueFormula.parse(FORMULA).of(HEADS));
            float[] values = new float[count];
            score(scorer, count, values);
            for (int i = 0; i < count; i++) {
                assertEquals(value(model, ordinals[i]), values[i], TOLERANCE, "candidate " + i);
            }
        }
    }

    @Test
    void shouldGiveTheBitsOfOneHeadWhenItIsAlone() {
        try (DcnModel model = model(LightRanker.hidden(8, 16))) {
            float[][] each = new float[HEADS.count()][CANDIDATES];
            scoreEach(model, each);
            for (int head = 0; head < HEADS.count(); head++) {
                ValueFormula formula = ValueFormula.parse(HEADS.names().get(head));
                float[] values = new float[CANDIDATES];
                score(
                        model.newScorer(
                                CANDIDATES, RankerWorld.impressionRows(0), formula.of(HEADS)),
                        CANDIDATES,
                        values);
                assertArrayEquals(each[head], values, "head " + head);
            }
        }
    }

    @Test
    void shouldCalibrateEachHeadBeforeItIsWeighed() {
        PlattCalibration ofLikes = new PlattCalibration(0.7f, -1.5f);
        IsotonicCalibration ofClicks =
                new IsotonicCalibration(List.of(0.2f, 0.8f), List.of(0.1f, 0.3f));
        HeadCalibrations calibrations =
                HeadCalibrations.of(Map.of("click", ofClicks, "like", ofLikes));
        try (DcnModel model = model(LightRanker.hidden(8, 16))) {
            HeadValue value = ValueFormula.parse(FORMULA).of(HEADS, calibrations);
            float[] values = new float[CANDIDATES];
            score(
                    model.newScorer(CANDIDATES, RankerWorld.impressionRows(0), value),
                    CANDIDATES,
                    values);
            for (int i = 0; i < CANDIDATES; i++) {
                double[] p = probabilities(model, ordinals[i]);
                double expected =
                        ofClicks.apply((float) p[0]) + 0.5 * p[1] + 2 * ofLikes.apply((float) p[2]);
                assertEquals(expected, values[i], TOLERANCE, "candidate " + i);
            }
        }
    }

    /** Halves and the light ranker order by the same value. */
    @Test
    void shouldValueItemsByTheirHalvesAndCutByValue() {
        HeadValue value = ValueFormula.parse(FORMULA).of(HEADS);
        try (DcnModel model = model(LightRanker.hidden(8, 16));
                DcnItemHalves halves = halves(model)) {
            float[] values = new float[CANDIDATES];
            score(
                    new HalvesCandidateScorer(model, halves, MemorySegment.NULL, value),
                    CANDIDATES,
                    values);
            for (int i = 0; i < CANDIDATES; i++) {
                assertEquals(value(model, ordinals[i]), values[i], TOLERANCE, "candidate " + i);
            }
            int[] best =
                    IntStream.range(0, CANDIDATES)
                            .boxed()
                            .sorted(Comparator.comparingDouble(i -> -value(model, ordinals[i])))
                            .limit(40)
                            .sorted()
                            .mapToInt(i -> ordinals[i])
                            .toArray();
            assertArrayEquals(best, cut(new LightRanker(model, halves, CANDIDATES, value)));
            assertArrayEquals(best, cut(new LightRanker(model, null, CANDIDATES, value)));
        }
    }

    @Test
    void shouldAllocateNothingWhenWarm() {
        HeadCalibrations calibrations =
                HeadCalibrations.of(Map.of("like", new PlattCalibration(0.7f, -1.5f)));
        HeadValue value = ValueFormula.parse(FORMULA).of(HEADS, calibrations);
        try (DcnModel model = model(LightRanker.hidden(8, 16));
                DcnItemHalves halves = halves(model)) {
            DcnScorer scorer = model.newScorer(CANDIDATES, RankerWorld.impressionRows(0), value);
            HalvesCandidateScorer byHalves =
                    new HalvesCandidateScorer(model, halves, MemorySegment.NULL, value);
            float[] values = new float[CANDIDATES];
            long bytes =
                    AllocationProbe.leastBytes(
                            50,
                            () -> {
                                score(scorer, CANDIDATES, values);
                                score(byHalves, CANDIDATES, values);
                            });
            assertEquals(0, bytes, "bytes of 50 requests");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "click, click",
        "1*click, click",
        "'  click+0.50 * long_view ', click + 0.5*long_view",
        "0.000001*like + 1000*click, 0.000001*like + 1000*click",
        "3.0*like, 3*like"
    })
    void shouldReadAndWriteFormulas(String text, String written) {
        ValueFormula formula = ValueFormula.parse(text);
        assertEquals(written, formula.toString());
        assertEquals(formula, ValueFormula.parse(written));
        assertEquals(formula.hashCode(), ValueFormula.parse(written).hashCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "click +",
                "+ click",
                "-1*click",
                "click*2",
                "2 click",
                "Click",
                "0*click",
                "1001*click",
                "click + click",
                "click - like",
                "1e3*click",
                "click + 0.5*",
                "1*1*like"
            })
    void shouldRefuseWhatIsNoFormula(String text) {
        MillraceException e = assertThrows(MillraceException.class, () -> ValueFormula.parse(text));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains("formula=" + text + ","), e.getMessage());
    }

    @Test
    void shouldNameTheNearestHeadWhenOneIsUnknown() {
        ValueFormula formula = ValueFormula.parse("click + 2*likes");
        MillraceException e = assertThrows(MillraceException.class, () -> formula.of(HEADS));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains("name=likes"), e.getMessage());
        assertTrue(e.getMessage().endsWith("did you mean like?"), e.getMessage());
    }

    @Test
    void shouldRefuseHeadsThatCannotBeNamed() {
        for (List<String> bad :
                List.of(
                        List.<String>of(),
                        List.of("long_view"),
                        List.of("click", "click"),
                        List.of("click", "Like"),
                        List.of("click", "a b"),
                        List.of("click", "a", "b", "c", "d", "e", "f", "g", "h"))) {
            MillraceException e = assertThrows(MillraceException.class, () -> new RankerHeads(bad));
            assertEquals(ErrorCode.BAD_INPUT, e.code());
        }
    }

    private int[] cut(LightRanker ranker) {
        int[] kept = ordinals.clone();
        int count =
                ranker.cut(
                        WORLD.users.segment(),
                        WORLD.users.offset(USER),
                        WORLD.contexts,
                        (long) TAB * WORLD.contextBytes,
                        WORLD.items.segment(),
                        WORLD.items.layout().rowBytes(),
                        kept,
                        new float[CANDIDATES],
                        CANDIDATES,
                        40,
                        0);
        return Arrays.copyOf(kept, count);
    }

    private void score(DcnScorer scorer, int count, float[] values) {
        scorer.scoreInto(
                WORLD.users.segment(),
                WORLD.users.offset(USER),
                WORLD.contexts,
                (long) TAB * WORLD.contextBytes,
                WORLD.items.segment(),
                WORLD.items.layout().rowBytes(),
                ordinals,
                count,
                values);
    }

    private void score(HalvesCandidateScorer scorer, int count, float[] values) {
        scorer.valuesInto(
                WORLD.users.segment(),
                WORLD.users.offset(USER),
                WORLD.contexts,
                (long) TAB * WORLD.contextBytes,
                WORLD.items.segment(),
                WORLD.items.layout().rowBytes(),
                ordinals,
                count,
                values);
    }

    private void scoreEach(DcnModel model, float[][] byHead) {
        long[] userOffsets = new long[CANDIDATES];
        long[] contextOffsets = new long[CANDIDATES];
        Arrays.fill(userOffsets, WORLD.users.offset(USER));
        Arrays.fill(contextOffsets, (long) TAB * WORLD.contextBytes);
        model.newScorer(CANDIDATES)
                .scoreEachInto(
                        WORLD.users.segment(),
                        userOffsets,
                        WORLD.contexts,
                        contextOffsets,
                        WORLD.items.segment(),
                        WORLD.items.layout().rowBytes(),
                        ordinals,
                        CANDIDATES,
                        byHead);
    }

    private static double value(DcnModel model, int ordinal) {
        double[] p = probabilities(model, ordinal);
        double value = 0;
        for (int head = 0; head < WEIGHTS.length; head++) {
            value += WEIGHTS[head] * p[head];
        }
        return value;
    }

    private static double[] probabilities(DcnModel model, int ordinal) {
        double[] x = WORLD.input(model, USER, TAB, ordinal);
        return IntStream.range(0, WEIGHTS.length)
                .mapToDouble(head -> PlainNetwork.logit(model.network(), x, head))
                .map(logit -> 1 / (1 + Math.exp(-logit)))
                .toArray();
    }

    private static DcnItemHalves halves(DcnModel model) {
        DcnItemHalves halves =
                new DcnItemHalves(
                        model.network(),
                        model.input().sharedWidth(),
                        RankerWorld.ITEMS,
                        WeightType.F32);
        halves.set(
                model.input().item(),
                WORLD.items.segment(),
                WORLD.items.layout().rowBytes(),
                0,
                RankerWorld.ITEMS);
        return halves;
    }

    private static DcnModel model(DcnShape shape) {
        DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, shape, HEADS, 5);
        model.input().tables().values().forEach(table -> table.fillGaussian(0.7, 8));
        PlainNetwork.fillBiases(model.network(), new SplitRandom(9));
        return model;
    }
}
