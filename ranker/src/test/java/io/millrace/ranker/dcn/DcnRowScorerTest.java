package io.millrace.ranker.dcn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.dcn.pass.DcnRowScorer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;

/** Every form of the network against plain loops. */
final class DcnRowScorerTest {
    private static final int WIDTH = 35;
    private static final int ROWS = 250;
    private static final int HEADS = 2;
    private static final double TOLERANCE = 1e-5;

    static List<DcnShape> shapes() {
        List<DcnShape> shapes = new ArrayList<>();
        for (DcnStructure structure : DcnStructure.values()) {
            for (List<Integer> deep : List.of(List.of(24, 19), List.of(7), List.<Integer>of())) {
                shapes.add(new DcnShape(1, 3, 0, structure, deep));
                shapes.add(new DcnShape(1, 2, 9, structure, deep));
                shapes.add(new DcnShape(1, 2, 9, 4, structure, deep));
                shapes.add(new DcnShape(1, 1, 17, 1, structure, deep));
                shapes.add(new DcnShape(1, 0, 0, structure, deep));
            }
        }
        return shapes;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shouldGiveTheLogitsOfPlainLoopsWhenRowsAreAnyNumber(DcnShape shape) {
        DcnNetwork network = network(shape);
        float[] rows = rows(0);
        DcnRowScorer scorer = new DcnRowScorer(network, 0);
        for (int head = 0; head < HEADS; head++) {
            double[] expected = plainLogits(network, rows, head);
            for (int count : new int[] {0, 1, 2, 119, 120, 121, ROWS}) {
                float[] logits = new float[count];
                scorer.logitsInto(rows, count, head, logits);
                for (int row = 0; row < count; row++) {
                    double tolerance = TOLERANCE * Math.max(1, Math.abs(expected[row]));
                    assertEquals(expected[row], logits[row], tolerance, "row " + row);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shouldGiveTheSameBitsWhenASharedPartIsComputedOnce(DcnShape shape) {
        DcnNetwork network = network(shape);
        for (int shared : new int[] {1, 16, WIDTH - 1, WIDTH}) {
            float[] rows = rows(shared);
            float[] expected = new float[ROWS];
            float[] actual = new float[ROWS];
            new DcnRowScorer(network, 0).logitsInto(rows, ROWS, 1, expected);
            new DcnRowScorer(network, shared).logitsInto(rows, ROWS, 1, actual);
            assertArrayEquals(expected, actual, "shared " + shared);
        }
    }

    static List<DcnShape> shapesOfTwoDeepLayers() {
        return shapes().stream().filter(shape -> shape.deep().size() == 2).toList();
    }

    @ParameterizedTest
    @MethodSource("shapesOfTwoDeepLayers")
    void shouldAllocateNothingWhenWarm(DcnShape shape) {
        DcnRowScorer scorer = new DcnRowScorer(network(shape), 16);
        float[] rows = rows(16);
        float[] logits = new float[ROWS];
        long bytes = AllocationProbe.leastBytes(20, () -> scorer.logitsInto(rows, ROWS, 0, logits));
        assertEquals(0, bytes, "bytes of 20 calls");
    }

    @Test
    void shouldRefuseWhenTheSharedPartIsWiderThanARow() {
        DcnNetwork network = network(new DcnShape(1, 1, 0, DcnStructure.PARALLEL, List.of(4)));
        for (int shared : new int[] {-1, WIDTH + 1}) {
            MillraceException e =
                    assertThrows(MillraceException.class, () -> new DcnRowScorer(network, shared));
            assertEquals(ErrorCode.USAGE, e.code());
        }
    }

    private static DcnNetwork network(DcnShape shape) {
        DcnNetwork network = new DcnNetwork(WIDTH, shape, HEADS);
        network.fill(3);
        PlainNetwork.fillBiases(network, new SplitRandom(4));
        return network;
    }

    /** Random rows that begin with the same floats. */
    private static float[] rows(int shared) {
        SplitRandom random = new SplitRandom(17);
        float[] rows = new float[ROWS * WIDTH];
        for (int i = 0; i < rows.length; i++) {
            rows[i] =
                    i % WIDTH < shared && i >= WIDTH ? rows[i - WIDTH] : random.nextFloat() - 0.3f;
        }
        return rows;
    }

    private static double[] plainLogits(DcnNetwork network, float[] rows, int head) {
        double[] logits = new double[ROWS];
        for (int row = 0; row < ROWS; row++) {
            double[] x = new double[WIDTH];
            for (int i = 0; i < WIDTH; i++) {
                x[i] = rows[row * WIDTH + i];
            }
            logits[row] = PlainNetwork.logit(network, x, head);
        }
        return logits;
    }
}
