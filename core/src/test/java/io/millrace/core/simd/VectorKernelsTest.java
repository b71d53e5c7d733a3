package io.millrace.core.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Fast kernels against plain loops, and both against sums in double precision. */
final class VectorKernelsTest {
    private static final VectorKernels FAST = Kernels.vector();
    private static final VectorKernels SCALAR = Kernels.scalarVector();
    private static final float ROUNDING = 0x1.0p-20f;

    static IntStream lengths() {
        return IntStream.concat(
                IntStream.rangeClosed(0, 65), IntStream.of(96, 127, 129, 255, 257, 784, 1001));
    }

    static Stream<VectorKernels> kernels() {
        return Stream.of(FAST, SCALAR);
    }

    @Test
    void shouldLoadTheVectorPathWhenItsModuleIsThere() {
        assertInstanceOf(PanamaVectorKernels.class, FAST, "tests must run the vector path");
        assertTrue(FAST.vectorBits() >= 128, FAST.name());
        assertEquals("panama-" + FAST.vectorBits(), FAST.name());
        assertEquals("scalar", SCALAR.name());
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldAgreeWithDoublesWhenVectorsAreRandom(int length) {
        for (int shift = 0; shift < 4; shift++) {
            Vectors v = new Vectors(length, shift);
            double dot = 0;
            double distance = 0;
            double size = 0;
            for (int i = 0; i < length; i++) {
                double x = v.a[v.aIndex + i];
                double y = v.b[v.bIndex + i];
                dot += x * y;
                distance += (x - y) * (x - y);
                size += Math.abs(x * y) + x * x + y * y;
            }
            double tolerance = ROUNDING * size + 1e-30;
            for (VectorKernels kernels : new VectorKernels[] {FAST, SCALAR}) {
                String where = kernels.name() + " length=" + length + " shift=" + shift;
                assertEquals(
                        dot, kernels.dot(v.a, v.aIndex, v.b, v.bIndex, length), tolerance, where);
                assertEquals(
                        distance,
                        kernels.squaredDistance(v.a, v.aIndex, v.b, v.bIndex, length),
                        tolerance,
                        where);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldGiveTheSameBitsWhenTheRowLiesOffHeap(int length) {
        try (Arena arena = Arena.ofConfined()) {
            for (int shift = 0; shift < 4; shift++) {
                Vectors v = new Vectors(length, shift);
                float[] query = new float[length];
                System.arraycopy(v.a, v.aIndex, query, 0, length);
                // Offsets that are no multiple of 4, so that nothing may count on alignment.
                long aOffset = 3L * shift;
                long bOffset = 5L * shift + 2;
                MemorySegment a = arena.allocate(length * 4L + aOffset);
                MemorySegment b = arena.allocate(length * 4L + bOffset);
                copy(v.a, v.aIndex, a, aOffset, length);
                copy(v.b, v.bIndex, b, bOffset, length);
                for (VectorKernels kernels : new VectorKernels[] {FAST, SCALAR}) {
                    float dot = kernels.dot(v.a, v.aIndex, v.b, v.bIndex, length);
                    float distance = kernels.squaredDistance(v.a, v.aIndex, v.b, v.bIndex, length);
                    assertSame(dot, kernels.dot(query, b, bOffset, length));
                    assertSame(dot, kernels.dot(a, aOffset, b, bOffset, length));
                    assertSame(distance, kernels.squaredDistance(query, b, bOffset, length));
                    assertSame(distance, kernels.squaredDistance(a, aOffset, b, bOffset, length));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldGiveTheSameBitsWhenRowsComeInBatches(int length) {
        int rows = 23;
        try (Arena arena = Arena.ofConfined()) {
            long base = 7;
            long stride = length * 4L + 5;
            MemorySegment segment = arena.allocate(base + rows * stride);
            SplitRandom random = new SplitRandom(length);
            float[] query = randomFloats(random, length);
            for (int row = 0; row < rows; row++) {
                copy(randomFloats(random, length), 0, segment, base + row * stride, length);
            }
            int[] ordinals = new int[rows + 2];
            for (int i = 0; i < ordinals.length; i++) {
                ordinals[i] = random.nextInt(rows);
            }
            for (VectorKernels kernels : new VectorKernels[] {FAST, SCALAR}) {
                for (int count = 0; count <= rows; count++) {
                    float[] dots = new float[rows];
                    float[] distances = new float[rows];
                    kernels.dotBatch(
                            query, length, segment, base, stride, ordinals, 2, count, dots);
                    kernels.squaredDistanceBatch(
                            query, length, segment, base, stride, ordinals, 2, count, distances);
                    for (int i = 0; i < rows; i++) {
                        long offset = base + ordinals[i + 2] * stride;
                        assertSame(
                                i < count ? kernels.dot(query, segment, offset, length) : 0,
                                dots[i]);
                        assertSame(
                                i < count
                                        ? kernels.squaredDistance(query, segment, offset, length)
                                        : 0,
                                distances[i]);
                    }
                }
            }
        }
    }

    /** The order of additions must not change when the compiler takes over from the interpreter. */
    @Test
    void shouldGiveTheSameBitsWhenCompiled() {
        Vectors v = new Vectors(100, 1);
        float dot = FAST.dot(v.a, v.aIndex, v.b, v.bIndex, 100);
        float distance = FAST.squaredDistance(v.a, v.aIndex, v.b, v.bIndex, 100);
        for (int i = 0; i < 200_000; i++) {
            assertSame(dot, FAST.dot(v.a, v.aIndex, v.b, v.bIndex, 100));
            assertSame(distance, FAST.squaredDistance(v.a, v.aIndex, v.b, v.bIndex, 100));
        }
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldAddScaledWhenOffsetsDiffer(int length) {
        for (int shift = 0; shift < 4; shift++) {
            Vectors v = new Vectors(length, shift);
            float[] expected = v.b.clone();
            SCALAR.addScaled(-1.7f, v.a, v.aIndex, expected, v.bIndex, length);
            FAST.addScaled(-1.7f, v.a, v.aIndex, v.b, v.bIndex, length);
            assertArrayEquals(expected, v.b);
        }
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldHaveLengthOneWhenNormalised(int length) {
        for (VectorKernels kernels : new VectorKernels[] {FAST, SCALAR}) {
            Vectors v = new Vectors(length, 2);
            double squares = 0;
            for (int i = 0; i < length; i++) {
                squares += (double) v.a[v.aIndex + i] * v.a[v.aIndex + i];
            }
            float[] before = v.a.clone();
            float norm = kernels.normalise(v.a, v.aIndex, length);
            assertEquals(Math.sqrt(squares), norm, Math.sqrt(squares) * ROUNDING);
            for (int i = 0; i < v.a.length; i++) {
                boolean isInside = i >= v.aIndex && i < v.aIndex + length;
                assertEquals(isInside ? before[i] / norm : before[i], v.a[i], 1e-6f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void shouldStayZeroWhenZeroIsNormalised(VectorKernels kernels) {
        float[] zero = new float[40];
        assertEquals(0f, kernels.normalise(zero, 3, 30));
        assertArrayEquals(new float[40], zero);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void shouldNormaliseWhenSquaresLeaveTheRangeOfFloats(VectorKernels kernels) {
        for (float size : new float[] {1e-40f, 1e-25f, 1e25f, 3e38f}) {
            float[] x = new float[20];
            x[3] = size;
            assertEquals(size, kernels.normalise(x, 0, 20));
            assertEquals(1f, x[3]);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void shouldRefuseWhenRowsEndBeforeTheVector(VectorKernels kernels) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rows = arena.allocate(64 * 4 * 3);
            float[] query = new float[64];
            float[] out = new float[8];
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> kernels.dot(query, rows, 64 * 4 * 2 + 1, 64));
            for (int outside : new int[] {3, -1, Integer.MAX_VALUE}) {
                int[] ordinals = {0, 1, 2, 0, outside, 1, 1, 1};
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> kernels.dotBatch(query, 64, rows, 0, 256, ordinals, 0, 8, out));
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () ->
                                kernels.squaredDistanceBatch(
                                        query, 64, rows, 0, 256, ordinals, 0, 8, out));
            }
        }
    }

    private static void assertSame(float expected, float actual) {
        assertEquals(Float.floatToRawIntBits(expected), Float.floatToRawIntBits(actual));
    }

    private static void copy(float[] from, int index, MemorySegment to, long offset, int length) {
        MemorySegment.copy(from, index, to, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, length);
    }

    private static float[] randomFloats(SplitRandom random, int length) {
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    /** Two vectors that start somewhere inside their arrays. */
    private static final class Vectors {
        final float[] a;
        final int aIndex;
        final float[] b;
        final int bIndex;

        Vectors(int length, int shift) {
            SplitRandom random = SplitRandom.forStream(length, shift);
            aIndex = shift;
            bIndex = 2 * shift + 1;
            a = randomFloats(random, length + aIndex + 3);
            b = randomFloats(random, length + bIndex + 3);
        }
    }
}
