package io.millrace.core.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Vector code against plain loops, bit by bit, and the polynomial against the JDK's exp. */
final class ElementKernelsTest {
    private static final ElementKernels FAST = Kernels.element();
    private static final ElementKernels SCALAR = Kernels.scalarElement();
    private static final int OFFSET = 3;
    private static final float GUARD = -77.25f;

    static IntStream lengths() {
        return IntStream.concat(IntStream.rangeClosed(0, 65), IntStream.of(127, 129, 1001));
    }

    @Test
    void shouldLoadTheVectorPathWhenItsModuleIsThere() {
        assertInstanceOf(PanamaElementKernels.class, FAST, "tests must run the vector path");
        assertTrue(FAST.name().startsWith("panama-"), FAST.name());
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldGiveTheBitsOfPlainLoopsWhenArraysAreMapped(int length) {
        float[] values = random(length, length + 2 * OFFSET, 20);
        float shift = SCALAR.max(values, OFFSET, length);
        assertEquals(shift, FAST.max(values, OFFSET, length));
        float[] expected = values.clone();
        float[] actual = values.clone();
        assertEquals(
                SCALAR.exponentials(expected, OFFSET, length, length == 0 ? 0 : shift),
                FAST.exponentials(actual, OFFSET, length, length == 0 ? 0 : shift));
        assertArrayEquals(expected, actual);
        SCALAR.scale(0.37f, expected, OFFSET, length);
        FAST.scale(0.37f, actual, OFFSET, length);
        assertArrayEquals(expected, actual);
        expected = values.clone();
        actual = values.clone();
        SCALAR.sigmoids(expected, OFFSET, length);
        FAST.sigmoids(actual, OFFSET, length);
        assertArrayEquals(expected, actual);
        expected = values.clone();
        actual = values.clone();
        SCALAR.tangents(expected, OFFSET, length);
        FAST.tangents(actual, OFFSET, length);
        assertArrayEquals(expected, actual);
        float[] base = random(7, length + 2 * OFFSET, 1);
        expected = values.clone();
        actual = values.clone();
        SCALAR.cross(base, 1, base, 2, expected, OFFSET, length);
        FAST.cross(base, 1, base, 2, actual, OFFSET, length);
        assertArrayEquals(expected, actual);
        SCALAR.rectify(expected, OFFSET, length);
        FAST.rectify(actual, OFFSET, length);
        assertArrayEquals(expected, actual);
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldGiveTheBitsOfPlainLoopsWhenWeightsAreAdapted(int length) {
        AdamStep step = new AdamStep(0.9, 0.999);
        step.advance(0.01f);
        step.advance(0.003f);
        float[] w = random(1, length + 2 * OFFSET, 1);
        float[] mean = random(2, length + 2 * OFFSET, 0.1f);
        float[] square = random(3, length + 2 * OFFSET, 0.1f);
        for (int i = 0; i < square.length; i++) {
            square[i] *= square[i];
        }
        float[] gradient = random(4, length + 2 * OFFSET, 0.2f);
        float[][] a = {w.clone(), mean.clone(), square.clone()};
        float[][] b = {w.clone(), mean.clone(), square.clone()};
        SCALAR.adam(a[0], a[1], a[2], gradient, OFFSET, length, step);
        FAST.adam(b[0], b[1], b[2], gradient, OFFSET, length, step);
        assertArrayEquals(a, b);
        try (Arena arena = Arena.ofConfined()) {
            long at = Float.BYTES * (long) OFFSET;
            MemorySegment[] c = {copy(arena, w), copy(arena, square)};
            MemorySegment[] d = {copy(arena, w), copy(arena, square)};
            SCALAR.adaptRow(c[0], c[1], at, length, gradient, 1, 0.97f, 1e-3f, step);
            FAST.adaptRow(d[0], d[1], at, length, gradient, 1, 0.97f, 1e-3f, step);
            for (int i = 0; i < 2; i++) {
                assertArrayEquals(
                        c[i].toArray(ValueLayout.JAVA_FLOAT), d[i].toArray(ValueLayout.JAVA_FLOAT));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldReadJustTheRowWhenItLiesInATable(int length) {
        try (Arena arena = Arena.ofConfined()) {
            float[] row = random(length, length, 1);
            // The row ends with the table, so that a read beyond it would fail.
            MemorySegment table = arena.allocate(7 + 4L * length).asSlice(7);
            MemorySegment.copy(row, 0, table, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, length);
            for (ElementKernels kernels : new ElementKernels[] {FAST, SCALAR}) {
                float[] to = new float[length + 2 * OFFSET];
                Arrays.fill(to, GUARD);
                float[] expected = to.clone();
                kernels.copyRow(table, 0, to, OFFSET, length);
                System.arraycopy(row, 0, expected, OFFSET, length);
                assertArrayEquals(expected, to, kernels.name());
                kernels.addRow(-0.7f, table, 0, to, OFFSET, length);
                for (int i = 0; i < length; i++) {
                    expected[OFFSET + i] = Math.fma(-0.7f, row[i], expected[OFFSET + i]);
                }
                assertArrayEquals(expected, to, kernels.name());
                kernels.addRow(1, table, 0, to, OFFSET, length);
                for (int i = 0; i < length; i++) {
                    expected[OFFSET + i] += row[i];
                }
                assertArrayEquals(expected, to, kernels.name());
            }
        }
    }

    @Test
    void shouldComeCloseToTheJdkWhenExponentialsAreTaken() {
        double worst = 0;
        for (float x = -87; x < 88; x += 0.0037f) {
            double expected = Math.exp(x);
            worst = Math.max(worst, Math.abs(Exponential.of(x) - expected) / expected);
        }
        assertTrue(worst < 2e-7, "relative error " + worst);
        assertEquals(1f, Exponential.of(0));
        assertEquals(Exponential.of(-87), Exponential.of(Float.NEGATIVE_INFINITY));
        assertEquals(Exponential.of(88), Exponential.of(Float.POSITIVE_INFINITY));
        assertTrue(Float.isNaN(Exponential.of(Float.NaN)));
    }

    @Test
    void shouldComeCloseToTheJdkWhenTangentsAreTaken() {
        float[] x = new float[40_001];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i - 20_000) * 0.001f;
        }
        float[] actual = x.clone();
        FAST.tangents(actual, 0, actual.length);
        for (int i = 0; i < x.length; i++) {
            assertEquals(Math.tanh(x[i]), actual[i], 2e-7, "tanh of " + x[i]);
        }
    }

    @Test
    void shouldKeepNanWhenOneIsAmongTheValues() {
        for (ElementKernels kernels : new ElementKernels[] {FAST, SCALAR}) {
            for (int position = 0; position < 37; position++) {
                float[] x = new float[37];
                x[position] = Float.NaN;
                assertTrue(Float.isNaN(kernels.max(x, 0, 37)));
                assertTrue(Float.isNaN(kernels.exponentials(x, 0, 37, 0)));
                assertTrue(Float.isNaN(x[position]));
                kernels.sigmoids(x, 0, 37);
                assertTrue(Float.isNaN(x[position]));
                kernels.tangents(x, 0, 37);
                assertTrue(Float.isNaN(x[position]));
                kernels.rectify(x, 0, 37);
                assertTrue(Float.isNaN(x[position]));
            }
        }
    }

    @Test
    void shouldAllocateNothingWhenWarm() {
        float[] x = random(1, 77, 3);
        float[] y = new float[77];
        float[] z = new float[77];
        AdamStep step = new AdamStep(0.9, 0.999);
        step.advance(1e-6f);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table = copy(arena, x);
            MemorySegment squares = arena.allocate(table.byteSize());
            long least = Long.MAX_VALUE;
            // On a busy machine the compiler takes its time.
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (least > 0 && System.nanoTime() - endNs < 0) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 1_000; i++) {
                    FAST.copyRow(table, 0, x, 0, 77);
                    FAST.addRow(0.5f, table, 0, x, 0, 77);
                    FAST.exponentials(x, 0, 77, FAST.max(x, 0, 77));
                    FAST.sigmoids(x, 0, 77);
                    FAST.tangents(x, 0, 77);
                    FAST.cross(y, 0, z, 0, x, 0, 77);
                    FAST.rectify(x, 0, 77);
                    FAST.scale(0.5f, x, 0, 77);
                    FAST.adam(x, y, z, x, 0, 77, step);
                    FAST.adaptRow(table, squares, 0, 77, x, 0, 0.9f, 0, step);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, "bytes per 1000 rounds");
        }
    }

    /** Adam as its paper writes it, in double precision. */
    @Test
    void shouldFollowThePaperWhenStepsAreMade() {
        AdamStep step = new AdamStep(0.9, 0.999);
        float[] weights = {0.5f};
        float[] means = {0};
        float[] squares = {0};
        double w = 0.5;
        double m = 0;
        double v = 0;
        SplitRandom random = new SplitRandom(1);
        for (int t = 1; t <= 200; t++) {
            float g = (float) random.nextGaussian();
            step.advance(0.01f);
            FAST.adam(weights, means, squares, new float[] {g}, 0, 1, step);
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * (double) g * g;
            double root = Math.sqrt(v / (1 - Math.pow(0.999, t)));
            w -= 0.01 * (m / (1 - Math.pow(0.9, t))) / (root + 1e-8);
        }
        assertEquals(w, weights[0], 1e-5);
    }

    private static float[] random(long seed, int count, float scale) {
        SplitRandom random = new SplitRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * scale;
        }
        return values;
    }

    private static MemorySegment copy(Arena arena, float[] values) {
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }
}
