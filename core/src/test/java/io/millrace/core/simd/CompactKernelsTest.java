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
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;

/** Kernels for rows of few bits against sums in double precision over the decoded rows. */
final class CompactKernelsTest {
    private static final List<CompactKernels> ALL =
            List.of(
                    Kernels.bfloat16(),
                    Kernels.scalarBfloat16(),
                    Kernels.int8(),
                    Kernels.scalarInt8());
    private static final int[] LINES = {0, 1, 2, 3, 4, 5, 7, 13, 33};
    private static final float ROUNDING = 0x1.0p-20f;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static Stream<CompactKernels> kernels() {
        return ALL.stream();
    }

    @Test
    void shouldLoadTheVectorPathWhenItsModuleIsThere() {
        assertInstanceOf(PanamaBfloat16Kernels.class, Kernels.bfloat16());
        assertInstanceOf(PanamaInt8Kernels.class, Kernels.int8());
        String vectors = Kernels.vector().name();
        assertEquals(
                List.of(vectors + "-bfloat16", "scalar-bfloat16", vectors + "-int8", "scalar-int8"),
                ALL.stream().map(CompactKernels::name).toList());
    }

    @Test
    void shouldKeepTheNearestBfloat16WhenNumbersAreRounded() {
        float[] numbers = new float[96];
        SplitRandom random = new SplitRandom(5);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (random.nextGaussian() * Math.exp(10 * random.nextGaussian()));
        }
        // Ties go to the even neighbour, down and up; zeros keep their signs.
        numbers[3] = Float.intBitsToFloat(0x3F80_8000);
        numbers[40] = Float.intBitsToFloat(0x3F81_8000);
        numbers[41] = -0f;
        numbers[42] = Float.MIN_VALUE;
        numbers[43] = 1e15f;
        for (CompactKernels kernels : ALL.subList(0, 2)) {
            assertEquals(192, kernels.rowBytes(numbers.length));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment rows = arena.allocate(192 + 3);
                kernels.encode(numbers, rows, 3, numbers.length);
                float[] decoded = new float[numbers.length];
                kernels.decode(rows, 3, decoded, numbers.length);
                for (int i = 0; i < numbers.length; i++) {
                    int inLine = i % 32;
                    long place = 3 + i / 32 * 64L + inLine % 16 * 4L + inLine / 16 * 2L;
                    short expected = nearestBfloat16(numbers[i]);
                    assertEquals(expected, rows.get(SHORT, place), "number " + i);
                    assertSame(Float.intBitsToFloat(expected << 16), decoded[i]);
                }
                assertEquals(0x3F80, nearestBfloat16(numbers[3]));
                assertEquals(0x3F82, nearestBfloat16(numbers[40]));
            }
        }
    }

    /** The nearer of the two neighbours, at a tie the one whose last bit is 0. */
    private static short nearestBfloat16(float number) {
        int below = Float.floatToRawIntBits(number) >>> 16;
        double down = Math.abs((double) number - Float.intBitsToFloat(below << 16));
        double up = Math.abs((double) number - Float.intBitsToFloat((below + 1) << 16));
        boolean isUp = up < down || (up == down && (below & 1) == 1);
        return (short) (isUp ? below + 1 : below);
    }

    @Test
    void shouldKeepBytesOfTheLargestWhenNumbersAreRounded() {
        float[] numbers = gaussian(new SplitRandom(6), 128);
        numbers[77] = -9.5f;
        for (CompactKernels kernels : ALL.subList(2, 4)) {
            assertEquals(192, kernels.rowBytes(numbers.length));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment rows = arena.allocate(192 + 3);
                rows.fill((byte) 99);
                kernels.encode(numbers, rows, 3, numbers.length);
                float[] decoded = new float[numbers.length];
                kernels.decode(rows, 3, decoded, numbers.length);
                float scale = rows.get(FLOAT, 3 + 128);
                assertEquals(9.5f / 127, scale);
                for (int i = 0; i < numbers.length; i++) {
                    int inLine = i % 64;
                    long place = 3 + i / 64 * 64L + inLine % 16 * 4L + inLine / 16;
                    byte number = rows.get(ValueLayout.JAVA_BYTE, place);
                    assertEquals(Math.round(numbers[i] / 9.5 * 127), number, "number " + i);
                    assertSame(scale * number, decoded[i]);
                }
                assertEquals(-9.5f, decoded[77], 1e-6f);
                for (long at = 3 + 132; at < rows.byteSize(); at++) {
                    assertEquals(0, rows.get(ValueLayout.JAVA_BYTE, at));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void shouldStayFiniteWhenNumbersAreTinyOrZero(CompactKernels kernels) {
        int length = kernels.lineNumbers();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rows = arena.allocate(kernels.rowBytes(length));
            for (float size : new float[] {0, Float.MIN_VALUE, 1e-38f, 1e-30f, 1e15f}) {
                float[] numbers = new float[length];
                numbers[length - 1] = -size;
                kernels.encode(numbers, rows, 0, length);
                float[] decoded = new float[length];
                kernels.decode(rows, 0, decoded, length);
                assertEquals(-size, decoded[length - 1], Math.max(size / 100, 1e-36f));
                assertEquals(0f, kernels.squaredDistance(decoded, rows, 0, length));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void shouldAgreeWithDoublesOverTheDecodedRowWhenRandom(CompactKernels kernels) {
        for (int lines : LINES) {
            int length = lines * kernels.lineNumbers();
            try (Rows rows = new Rows(kernels, length, 2)) {
                float[] a = rows.decoded(0);
                float[] b = rows.decoded(1);
                float[] query = gaussian(new SplitRandom(lines + 100), length);
                rows.check(query, b, kernels.dot(query, rows.segment, rows.offset(1), length), 0);
                float distance =
                        kernels.squaredDistance(query, rows.segment, rows.offset(1), length);
                rows.check(query, b, distance, 1);

                float dot = kernels.dot(rows.segment, rows.offset(0), rows.offset(1), length);
                rows.check(a, b, dot, 0);
                assertSame(dot, kernels.dot(a, rows.segment, rows.offset(1), length));
                assertSame(dot, kernels.dot(b, rows.segment, rows.offset(0), length));
                distance =
                        kernels.squaredDistance(
                                rows.segment, rows.offset(0), rows.offset(1), length);
                rows.check(a, b, distance, 1);
                assertSame(
                        distance, kernels.squaredDistance(a, rows.segment, rows.offset(1), length));
                assertSame(
                        distance, kernels.squaredDistance(b, rows.segment, rows.offset(0), length));
                assertSame(
                        0,
                        kernels.squaredDistance(
                                rows.segment, rows.offset(1), rows.offset(1), length));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void shouldGiveTheSameBitsWhenRowsComeInBatches(CompactKernels kernels) {
        int count = 13;
        for (int lines : LINES) {
            int length = lines * kernels.lineNumbers();
            try (Rows rows = new Rows(kernels, length, count)) {
                SplitRandom random = new SplitRandom(lines);
                float[] query = gaussian(random, length);
                int[] ordinals = new int[count + 2];
                for (int i = 0; i < ordinals.length; i++) {
                    ordinals[i] = random.nextInt(count);
                }
                for (int wanted = 0; wanted <= count; wanted++) {
                    float[] dots = new float[count];
                    float[] distances = new float[count];
                    rows.dots(query, ordinals, 2, wanted, dots);
                    rows.distances(query, ordinals, 2, wanted, distances);
                    float[] expectedDots = new float[count];
                    float[] expectedDistances = new float[count];
                    for (int i = 0; i < wanted; i++) {
                        long offset = rows.offset(ordinals[i + 2]);
                        expectedDots[i] = kernels.dot(query, rows.segment, offset, length);
                        expectedDistances[i] =
                                kernels.squaredDistance(query, rows.segment, offset, length);
                    }
                    assertArrayEquals(expectedDots, dots);
                    assertArrayEquals(expectedDistances, distances);
                }
            }
        }
    }

    /** Sums of small whole numbers are exact in any order, so nothing may differ at all. */
    @Test
    void shouldGiveTheBitsOfPlainLoopsWhenSumsAreExact() {
        for (int kind = 0; kind < ALL.size(); kind += 2) {
            CompactKernels vectors = ALL.get(kind);
            CompactKernels loops = ALL.get(kind + 1);
            for (int lines : LINES) {
                int length = lines * vectors.lineNumbers();
                float[] query = whole(new SplitRandom(lines), length);
                int[] ordinals = {2, 0, 1};
                float[][] out = new float[4][3];
                try (Rows first = new Rows(vectors, length, 3);
                        Rows second = new Rows(loops, length, 3)) {
                    for (int row = 0; row < 3; row++) {
                        float[] numbers = whole(new SplitRandom(row + 50), length);
                        vectors.encode(numbers, first.segment, first.offset(row), length);
                        loops.encode(numbers, second.segment, second.offset(row), length);
                        assertArrayEquals(numbers, first.decoded(row));
                        assertArrayEquals(numbers, second.decoded(row));
                    }
                    first.dots(query, ordinals, 0, 3, out[0]);
                    second.dots(query, ordinals, 0, 3, out[1]);
                    first.distances(query, ordinals, 0, 3, out[2]);
                    second.distances(query, ordinals, 0, 3, out[3]);
                    assertArrayEquals(out[1], out[0]);
                    assertArrayEquals(out[3], out[2]);
                    assertSame(
                            loops.dot(second.segment, second.offset(0), second.offset(1), length),
                            vectors.dot(first.segment, first.offset(0), first.offset(1), length));
                }
            }
        }
    }

    /** Whole numbers up to 127, of which one is just that: an int8 keeps them as they are. */
    private static float[] whole(SplitRandom random, int length) {
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = i == length / 2 ? 127 : random.nextInt(25) - 12;
        }
        return x;
    }

    /** The order of additions must not change when the compiler takes over from the interpreter. */
    @ParameterizedTest
    @MethodSource("kernels")
    void shouldGiveTheSameBitsWhenCompiled(CompactKernels kernels) {
        int length = 3 * kernels.lineNumbers();
        try (Rows rows = new Rows(kernels, length, 3)) {
            float[] query = gaussian(new SplitRandom(7), length);
            int[] ordinals = {2, 0, 1};
            float[][] first = new float[2][3];
            rows.dots(query, ordinals, 0, 3, first[0]);
            rows.distances(query, ordinals, 0, 3, first[1]);
            float dot = kernels.dot(rows.segment, rows.offset(0), rows.offset(2), length);
            float[] out = new float[3];
            for (int i = 0; i < 30_000; i++) {
                rows.dots(query, ordinals, 0, 3, out);
                assertArrayEquals(first[0], out);
                rows.distances(query, ordinals, 0, 3, out);
                assertArrayEquals(first[1], out);
                assertSame(dot, kernels.dot(rows.segment, rows.offset(0), rows.offset(2), length));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void shouldRefuseWhenRowsEndBeforeTheVector(CompactKernels kernels) {
        int length = 2 * kernels.lineNumbers();
        try (Rows rows = new Rows(kernels, length, 3)) {
            float[] query = new float[length];
            long behind = rows.offset(2) + CompactKernels.LINE_BYTES;
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> kernels.dot(query, rows.segment, behind, length));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> kernels.squaredDistance(rows.segment, 0, behind, length));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> kernels.decode(rows.segment, behind, query, length));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> kernels.encode(query, rows.segment, behind, length));
            for (int outside : new int[] {3, -1, Integer.MAX_VALUE}) {
                int[] ordinals = {0, 1, 2, outside, 0};
                float[] out = new float[5];
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> rows.dots(query, ordinals, 0, 5, out));
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> rows.distances(query, ordinals, 0, 5, out));
            }
        }
    }

    private static void assertSame(float expected, float actual) {
        assertEquals(Float.floatToRawIntBits(expected), Float.floatToRawIntBits(actual));
    }

    private static float[] gaussian(SplitRandom random, int length) {
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    /** Rows at offsets that are no multiple of 4, so that nothing may count on alignment. */
    private static final class Rows implements AutoCloseable {
        private static final long BASE = 7;

        final Arena arena = Arena.ofConfined();
        final CompactKernels kernels;
        final int length;
        final long stride;
        final MemorySegment segment;

        Rows(CompactKernels kernels, int length, int count) {
            this.kernels = kernels;
            this.length = length;
            long rowBytes = kernels.rowBytes(length);
            stride = rowBytes + 5;
            segment = arena.allocate(BASE + (count - 1) * stride + rowBytes);
            for (int row = 0; row < count; row++) {
                float[] numbers = gaussian(new SplitRandom(row), length);
                kernels.encode(numbers, segment, offset(row), length);
            }
        }

        long offset(int row) {
            return BASE + row * stride;
        }

        float[] decoded(int row) {
            float[] numbers = new float[length];
            kernels.decode(segment, offset(row), numbers, length);
            return numbers;
        }

        void dots(float[] query, int[] ordinals, int from, int count, float[] out) {
            kernels.dotBatch(query, length, segment, BASE, stride, ordinals, from, count, out);
        }

        void distances(float[] query, int[] ordinals, int from, int count, float[] out) {
            kernels.squaredDistanceBatch(
                    query, length, segment, BASE, stride, ordinals, from, count, out);
        }

        /** Holds a product (0) or distance (1) against a sum of doubles. */
        void check(float[] a, float[] b, float actual, int kind) {
            double sum = 0;
            double size = 0;
            for (int i = 0; i < length; i++) {
                double difference = (double) a[i] - b[i];
                sum += kind == 0 ? (double) a[i] * b[i] : difference * difference;
                size += Math.abs((double) a[i] * b[i]) + difference * difference;
            }
            assertEquals(sum, actual, ROUNDING * size + 1e-30, kernels.name());
            assertTrue(length == 0 || actual != 0, kernels.name());
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
