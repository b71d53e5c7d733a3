package io.millrace.core.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Tiled products against plain loops, bit by bit, and both against sums in double precision. */
final class MatrixKernelsTest {
    private static final MatrixKernels FAST = Kernels.matrix();
    private static final MatrixKernels SCALAR = Kernels.scalarMatrix();
    private static final int[] ROWS = {0, 1, 2, 5, 6, 7, 11, 12, 13, 50};
    private static final int[] DEPTHS = {0, 1, 2, 3, 17, 64, 129};
    private static final float GUARD = 12_345.5f;

    @Test
    void shouldLoadTheVectorPathWhenItsModuleIsThere() {
        assertInstanceOf(PanamaMatrixKernels.class, FAST, "tests must run the vector path");
        assertTrue(FAST.name().startsWith("panama-"), FAST.name());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 96, 130, 200, 320})
    void shouldGiveTheBitsOfPlainLoopsWhenMultiplied(int outputs) {
        for (int rows : ROWS) {
            for (int inputs : DEPTHS) {
                Layer layer = new Layer(rows, inputs, outputs);
                for (Activation activation : Activation.values()) {
                    for (float[] bias : new float[][] {layer.bias, null}) {
                        float[] expected = layer.target();
                        float[] actual = layer.target();
                        SCALAR.multiplyPacked(
                                layer.x, rows, layer.w, bias, activation, layer.at(expected));
                        FAST.multiplyPacked(
                                layer.x, rows, layer.w, bias, activation, layer.at(actual));
                        assertArrayEquals(expected, actual, layer + " " + activation);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 33, 64, 96, 130, 320})
    void shouldGiveTheBitsOfPlainLoopsWhenCrossed(int outputs) {
        for (int rows : ROWS) {
            for (int inputs : DEPTHS) {
                Layer layer = new Layer(rows, inputs, outputs);
                MatrixView base = layer.random(rows, outputs, 3);
                MatrixView previous = layer.random(rows, outputs, 1);
                float[] expected = layer.target();
                float[] actual = layer.target();
                SCALAR.crossPacked(
                        layer.x, rows, layer.w, layer.bias, base, previous, layer.at(expected));
                FAST.crossPacked(
                        layer.x, rows, layer.w, layer.bias, base, previous, layer.at(actual));
                assertArrayEquals(expected, actual, layer.toString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 33, 64, 96, 130, 320})
    void shouldGiveTheBitsOfPlainLoopsWhenFactorsAreTransposed(int columns) {
        for (int rows : ROWS) {
            for (int depth : DEPTHS) {
                Layer layer = new Layer(rows, depth, columns);
                MatrixView b = layer.random(depth, columns, 5);
                MatrixView transposed = layer.random(depth, rows, 2).transposed();
                for (MatrixView a : new MatrixView[] {layer.x, transposed}) {
                    for (boolean accumulate : new boolean[] {false, true}) {
                        float[] expected = layer.target();
                        float[] actual = layer.target();
                        SCALAR.multiply(a, b, layer.at(expected), rows, columns, depth, accumulate);
                        FAST.multiply(a, b, layer.at(actual), rows, columns, depth, accumulate);
                        assertArrayEquals(expected, actual, layer.toString());
                    }
                }
            }
        }
    }

    @Test
    void shouldComeCloseToDoublesWhenSumsAreLong() {
        Layer layer = new Layer(19, 777, 83);
        float[] y = layer.target();
        FAST.multiplyPacked(layer.x, 19, layer.w, layer.bias, Activation.NONE, layer.at(y));
        for (int row = 0; row < 19; row++) {
            for (int output = 0; output < 83; output++) {
                double sum = layer.bias[output];
                double size = Math.abs(sum);
                for (int i = 0; i < 777; i++) {
                    double x = layer.x.values()[layer.x.offset() + row * layer.x.rowStride() + i];
                    double term = x * layer.weights[output * 777 + i];
                    sum += term;
                    size += Math.abs(term);
                }
                MatrixView at = layer.at(y);
                float actual = y[at.offset() + row * at.rowStride() + output];
                assertEquals(sum, actual, size * 0x1.0p-20);
            }
        }
    }

    /** What serving relies on when it computes the half that all candidates share only once. */
    @Test
    void shouldGiveTheBitsOfTheWholeWhenTheInnerDimensionIsCutInTwo() {
        int rows = 20;
        int inputs = 70;
        int cut = 41;
        int outputs = 90;
        Layer layer = new Layer(rows, inputs, outputs);
        float[] whole = layer.target();
        FAST.multiplyPacked(layer.x, rows, layer.w, layer.bias, Activation.RELU, layer.at(whole));
        MatrixView weights = MatrixView.of(layer.weights, 0, inputs);
        PackedMatrix first = new PackedMatrix(outputs, cut);
        PackedMatrix second = new PackedMatrix(outputs, inputs - cut);
        first.pack(weights);
        second.pack(weights.from(0, cut));
        float[] pieces = layer.target();
        for (int row = 0; row < rows; row++) {
            float[] partial = new float[outputs];
            FAST.multiplyPacked(
                    layer.x.from(row, 0),
                    1,
                    first,
                    layer.bias,
                    Activation.NONE,
                    MatrixView.of(partial, 0, outputs));
            FAST.multiplyPacked(
                    layer.x.from(row, cut),
                    1,
                    second,
                    partial,
                    Activation.RELU,
                    layer.at(pieces).from(row, 0));
        }
        assertArrayEquals(whole, pieces);
    }

    @Test
    void shouldPackTheTransposedMatrixWhenTheViewIsTransposed() {
        SplitRandom random = new SplitRandom(5);
        float[] w = randomFloats(random, 70 * 33);
        float[] turned = new float[w.length];
        for (int i = 0; i < 70; i++) {
            for (int j = 0; j < 33; j++) {
                turned[j * 70 + i] = w[i * 33 + j];
            }
        }
        PackedMatrix packed = new PackedMatrix(33, 70);
        packed.pack(MatrixView.of(w, 0, 33).transposed());
        assertArrayEquals(PackedMatrix.of(turned, 33, 70).panels(), packed.panels());
    }

    @Test
    void shouldKeepNanWhenActivated() {
        PackedMatrix w = PackedMatrix.of(new float[] {1, -1}, 2, 1);
        for (MatrixKernels kernels : new MatrixKernels[] {FAST, SCALAR}) {
            float[] y = new float[4];
            kernels.multiplyPacked(
                    MatrixView.of(new float[] {Float.NaN, 3}, 0, 1),
                    2,
                    w,
                    null,
                    Activation.RELU,
                    MatrixView.of(y, 0, 2));
            assertArrayEquals(new float[] {Float.NaN, Float.NaN, 3, 0}, y);
        }
    }

    @Test
    void shouldRefuseWhenABlockLeavesItsArray() {
        PackedMatrix w = new PackedMatrix(4, 3);
        MatrixView x = MatrixView.of(new float[6], 0, 3);
        MatrixView y = MatrixView.of(new float[8], 0, 4);
        assertThrows(
                MillraceException.class,
                () -> FAST.multiplyPacked(x, 3, w, null, Activation.NONE, y));
        assertThrows(
                MillraceException.class,
                () -> FAST.multiplyPacked(x, 2, w, new float[3], Activation.NONE, y));
        assertThrows(
                MillraceException.class, () -> FAST.multiply(x, x, y.transposed(), 2, 3, 2, false));
        assertThrows(MillraceException.class, () -> x.from(3, 0));
        assertThrows(MillraceException.class, () -> new PackedMatrix(0, 3));
    }

    @Test
    void shouldAllocateNothingWhenWarm() {
        Layer layer = new Layer(61, 70, 83);
        float[] y = layer.target();
        MatrixView target = layer.at(y);
        MatrixView base = layer.random(61, 83, 0);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // On a busy machine the compiler takes its time.
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (least > 0 && System.nanoTime() - endNs < 0) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 200; i++) {
                FAST.multiplyPacked(layer.x, 61, layer.w, layer.bias, Activation.RELU, target);
                FAST.crossPacked(layer.x, 61, layer.w, layer.bias, base, base, target);
                layer.w.pack(layer.weightView);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least, "bytes per 200 rounds");
    }

    private static float[] randomFloats(SplitRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** A random layer whose matrices lie at odd places of larger arrays. */
    private static final class Layer {
        private static final int OFFSET = 3;
        private static final int SPARE = 5;

        private final SplitRandom random;
        private final int rows;
        private final int outputs;
        private final MatrixView x;
        private final float[] weights;
        private final MatrixView weightView;
        private final PackedMatrix w;
        private final float[] bias;
        private final String name;

        Layer(int rows, int inputs, int outputs) {
            this.random = SplitRandom.forStream(rows, outputs * 1_000L + inputs);
            this.rows = rows;
            this.outputs = outputs;
            this.x = random(rows, inputs, 2);
            this.weights = randomFloats(random, outputs * inputs);
            this.weightView = MatrixView.of(weights, 0, inputs);
            this.w = PackedMatrix.of(weights, outputs, inputs);
            this.bias = randomFloats(random, outputs);
            this.name = "rows=" + rows + " inputs=" + inputs + " outputs=" + outputs;
        }

        MatrixView random(int height, int width, int spare) {
            float[] values = randomFloats(random, OFFSET + height * (width + spare) + 1);
            return MatrixView.of(values, OFFSET, width + spare);
        }

        /** An array full of guards: what lies beside the block must not be written. */
        float[] target() {
            float[] values = new float[OFFSET + rows * (outputs + SPARE) + 1];
            Arrays.fill(values, GUARD);
            return values;
        }

        MatrixView at(float[] values) {
            return MatrixView.of(values, OFFSET, outputs + SPARE);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
