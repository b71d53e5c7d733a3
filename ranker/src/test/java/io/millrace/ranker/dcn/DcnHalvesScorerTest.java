package io.millrace.ranker.dcn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.dcn.pass.DcnHalvesScorer;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Items whose halves were computed before, against plain loops over whole inputs. */
final class DcnHalvesScorerTest {
    private static final int WIDTH = 35;
    private static final int SHARED = 12;
    private static final int OWN = WIDTH - SHARED;
    private static final int ITEMS = 180;
    private static final int CANDIDATES = 250;
    private static final double TOLERANCE = 1e-5;

    private final SplitRandom random = new SplitRandom(41);
    private final float[] parts = randomFloats(ITEMS * OWN);
    private final int[] items = new int[CANDIDATES];

    DcnHalvesScorerTest() {
        for (int i = 0; i < CANDIDATES; i++) {
            items[i] = random.nextInt(ITEMS);
        }
    }

    static List<DcnShape> shapes() {
        return DcnRowScorerTest.shapes();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shouldGiveTheLogitsOfPlainLoopsWhenRequestsDiffer(DcnShape shape) {
        DcnNetwork network = network(shape);
        try (DcnItemHalves halves = halves(network)) {
            DcnHalvesScorer scorer = new DcnHalvesScorer(halves);
            for (int count : new int[] {0, 1, 119, 120, 121, CANDIDATES}) {
                float[] shared = randomFloats(SHARED);
                float[] logits = new float[count];
                scorer.logitsInto(shared, items, count, 1, logits);
                for (int i = 0; i < count; i++) {
                    double expected = PlainNetwork.logit(network, input(shared, items[i]), 1);
                    double tolerance = TOLERANCE * Math.max(1, Math.abs(expected));
                    assertEquals(expected, logits[i], tolerance, "candidate " + i);
                }
            }
        }
    }

    /** Of numbers that need no rounding nothing may be lost. */
    @ParameterizedTest
    @MethodSource("shapesAndTypes")
    void shouldGiveTheLogitsOfPlainLoopsWhenFewBitsAreEnough(DcnShape shape, WeightType type) {
        DcnNetwork network = network(shape);
        for (DenseLayer layer : firstLayers(network)) {
            takeOneEach(layer);
        }
        for (int i = 0; i < parts.length; i++) {
            // The largest of each row gives int8 rows steps of 1/64.
            int steps = i % OWN == 0 ? Byte.MAX_VALUE : random.nextInt(129) - 64;
            parts[i] = steps / 64f;
        }
        try (DcnItemHalves halves = halves(network, type)) {
            float[] shared = randomFloats(SHARED);
            float[] logits = new float[CANDIDATES];
            new DcnHalvesScorer(halves).logitsInto(shared, items, CANDIDATES, 0, logits);
            for (int i = 0; i < CANDIDATES; i++) {
                double expected = PlainNetwork.logit(network, input(shared, items[i]), 0);
                double tolerance = TOLERANCE * Math.max(1, Math.abs(expected));
                assertEquals(expected, logits[i], tolerance, "candidate " + i);
            }
        }
    }

    static List<Arguments> shapesAndTypes() {
        return shapes().stream()
                .flatMap(
                        shape ->
                                Stream.of(WeightType.BF16, WeightType.INT8)
                                        .map(type -> Arguments.of(shape, type)))
                .toList();
    }

    private static List<DenseLayer> firstLayers(DcnNetwork network) {
        List<DenseLayer> layers = new ArrayList<>();
        if (!network.cross().isEmpty()) {
            layers.add(network.cross().getFirst().first());
        }
        if (network.shape().deepTakesInput()) {
            layers.add(network.deep().getFirst());
        }
        return layers;
    }

    /** Lets every output be one of the item's numbers, or its opposite, beside what is shared. */
    private void takeOneEach(DenseLayer layer) {
        for (int output = 0; output < layer.outputs(); output++) {
            int row = output * layer.inputs();
            Arrays.fill(layer.weights(), row + SHARED, row + WIDTH, 0);
            // The largest number must be among those of the row.
            int column = output == 0 ? 0 : random.nextInt(OWN);
            layer.weights()[row + SHARED + column] = output % 2 == 0 ? 1 : -1;
        }
        layer.repack();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingWhenWarm(WeightType type) {
        DcnShape shape = new DcnShape(1, 3, 0, DcnStructure.PARALLEL, List.of(24, 20));
        try (DcnItemHalves halves = halves(network(shape), type)) {
            DcnHalvesScorer scorer = new DcnHalvesScorer(halves);
            float[] shared = randomFloats(SHARED);
            float[] logits = new float[CANDIDATES];
            long bytes =
                    AllocationProbe.leastBytes(
                            20, () -> scorer.logitsInto(shared, items, CANDIDATES, 0, logits));
            assertEquals(0, bytes, "bytes of 20 calls");
        }
    }

    @Test
    void shouldFreeItsMemoryWhenClosed() {
        long before = DirectMemory.allocatedBytes();
        halves(network(new DcnShape(1, 1, 0, DcnStructure.STACKED, List.of(8)))).close();
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    private DcnItemHalves halves(DcnNetwork network) {
        return halves(network, WeightType.F32);
    }

    private DcnItemHalves halves(DcnNetwork network, WeightType type) {
        DcnItemHalves halves = new DcnItemHalves(network, SHARED, ITEMS, type);
        halves.set(0, 1, parts);
        halves.set(1, ITEMS - 1, Arrays.copyOfRange(parts, OWN, parts.length));
        return halves;
    }

    private double[] input(float[] shared, int item) {
        double[] x = new double[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            x[i] = i < SHARED ? shared[i] : parts[item * OWN + i - SHARED];
        }
        return x;
    }

    private static DcnNetwork network(DcnShape shape) {
        DcnNetwork network = new DcnNetwork(WIDTH, shape, 2);
        network.fill(3);
        PlainNetwork.fillBiases(network, new SplitRandom(4));
        return network;
    }

    private float[] randomFloats(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.3f;
        }
        return values;
    }
}
