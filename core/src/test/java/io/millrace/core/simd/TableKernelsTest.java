package io.millrace.core.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.management.ThreadMXBean;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Rows of tables against the rows of {@link CompactKernels}, which round alike. */
final class TableKernelsTest {
    private static final int OFFSET = 3;
    private static final int ROOM = 128;
    private static final float GUARD = -77.25f;

    /** Vector and scalar kernels of a table, and those of long rows that round alike. */
    record Kind(TableKernels vectors, TableKernels loops, CompactKernels oracle) {
        List<TableKernels> both() {
            return List.of(vectors, loops);
        }

        /** The numbers as rounding leaves them. */
        float[] rounded(float[] numbers) {
            int lineNumbers = oracle.lineNumbers();
            int length = Math.ceilDiv(numbers.length, lineNumbers) * lineNumbers;
            float[] padded = Arrays.copyOf(numbers, length);
            MemorySegment row = MemorySegment.ofArray(new byte[(int) oracle.rowBytes(length)]);
            oracle.encode(padded, row, 0, length);
            oracle.decode(row, 0, padded, length);
            return Arrays.copyOf(padded, numbers.length);
        }

        @Override
        public String toString() {
            return vectors.name();
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind(
                        Kernels.bfloat16Tables(),
                        Kernels.scalarBfloat16Tables(),
                        Kernels.scalarBfloat16()),
                new Kind(Kernels.int8Tables(), Kernels.scalarInt8Tables(), Kernels.scalarInt8()));
    }

    private static IntStream lengths() {
        return IntStream.concat(IntStream.rangeClosed(0, 65), IntStream.of(127, 129, 1001));
    }

    @Test
    void shouldLoadTheVectorPathWhenItsModuleIsThere() {
        assertInstanceOf(PanamaBfloat16TableKernels.class, Kernels.bfloat16Tables());
        assertInstanceOf(PanamaInt8TableKernels.class, Kernels.int8Tables());
        assertEquals(Kernels.bfloat16().name(), Kernels.bfloat16Tables().name());
        assertEquals("scalar-bfloat16", Kernels.scalarBfloat16Tables().name());
        assertEquals(Kernels.int8().name(), Kernels.int8Tables().name());
        assertEquals("scalar-int8", Kernels.scalarInt8Tables().name());
    }

    /** The example of the interface: 1 is 3f80 and 100 is 42c8; the scale is 1, 3f800000. */
    @Test
    void shouldLayNumbersOutAsDocumentedWhenEncoded() {
        float[] numbers = {1, 2, -3, 100, -127};
        for (TableKernels kernels : kinds().toList().getFirst().both()) {
            assertEquals(12, kernels.rowBytes(5));
            assertEquals("803fc842" + "0040fec2" + "40c00000", encoded(kernels, numbers));
        }
        for (TableKernels kernels : kinds().toList().getLast().both()) {
            assertEquals(12, kernels.rowBytes(5));
            assertEquals("0000803f" + "01fd8100" + "02640000", encoded(kernels, numbers));
        }
    }

    /** The row between guards, in hexadecimal digits. */
    private static String encoded(TableKernels kernels, float[] numbers) {
        int bytes = (int) kernels.rowBytes(numbers.length);
        byte[] table = new byte[bytes + 2];
        Arrays.fill(table, (byte) 99);
        kernels.encode(numbers, MemorySegment.ofArray(table), 1, numbers.length);
        assertEquals(99, table[0]);
        assertEquals(99, table[bytes + 1]);
        return HexFormat.of().formatHex(table, 1, bytes + 1);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldGiveTheNumbersThatRoundingLeavesWhenRowsAreGathered(Kind kind) {
        lengths()
                .forEach(
                        length -> {
                            float[] numbers = gaussian(new SplitRandom(length), length);
                            float[] rounded = kind.rounded(numbers);
                            for (TableKernels kernels : kind.both()) {
                                try (Arena arena = Arena.ofConfined()) {
                                    checkRow(kernels, numbers, rounded, arena);
                                }
                            }
                        });
    }

    private static void checkRow(
            TableKernels kernels, float[] numbers, float[] rounded, Arena arena) {
        int length = numbers.length;
        long bytes = kernels.rowBytes(length);
        MemorySegment whole = arena.allocate(7 + bytes + 8L * ROOM);
        kernels.encode(numbers, whole, 7, length);
        // In a table that goes on, and in one that ends with the row; so with the target.
        for (MemorySegment table : List.of(whole, whole.asSlice(0, 7 + bytes))) {
            for (int room : new int[] {0, ROOM}) {
                float[] to = new float[OFFSET + length + room];
                Arrays.fill(to, GUARD);
                float[] expected = to.clone();
                kernels.copyRow(table, 7, to, OFFSET, length);
                System.arraycopy(rounded, 0, expected, OFFSET, length);
                assertArrayEquals(expected, to, kernels.name() + " " + length);
                float[] sum = gaussian(new SplitRandom(99), to.length);
                expected = sum.clone();
                kernels.addRow(0.3f, table, 7, sum, OFFSET, length);
                for (int i = 0; i < length; i++) {
                    expected[OFFSET + i] = Math.fma(0.3f, rounded[i], expected[OFFSET + i]);
                }
                assertArrayEquals(expected, sum, kernels.name() + " " + length);
                kernels.addRow(1, table, 7, sum, OFFSET, length);
                for (int i = 0; i < length; i++) {
                    expected[OFFSET + i] += rounded[i];
                }
                assertArrayEquals(expected, sum, kernels.name() + " " + length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldStayFiniteWhenNumbersAreTinyOrZero(Kind kind) {
        for (TableKernels kernels : kind.both()) {
            MemorySegment table = Arena.ofAuto().allocate(kernels.rowBytes(8));
            for (float size : new float[] {0, Float.MIN_VALUE, 1e-38f, 1e-30f, 1e15f}) {
                float[] numbers = {0, 0, 0, 0, 0, 0, 0, -size};
                kernels.encode(numbers, table, 0, 8);
                float[] decoded = new float[8];
                kernels.copyRow(table, 0, decoded, 0, 8);
                assertEquals(-size, decoded[7], Math.max(size / 100, 1e-36f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldRefuseWhenTheTableEndsBeforeTheRow(Kind kind) {
        for (TableKernels kernels : kind.both()) {
            MemorySegment table = Arena.ofAuto().allocate(2 * kernels.rowBytes(8));
            long behind = kernels.rowBytes(8) + Integer.BYTES;
            float[] to = new float[64];
            for (long offset : new long[] {behind, -1, Long.MAX_VALUE - 200}) {
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> kernels.copyRow(table, offset, to, 0, 8));
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> kernels.addRow(1, table, offset, to, 0, 8));
            }
            assertThrows(
                    IndexOutOfBoundsException.class, () -> kernels.encode(to, table, behind, 8));
            assertThrows(
                    IndexOutOfBoundsException.class, () -> kernels.copyRow(table, 0, to, 60, 8));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldAllocateNothingWhenWarm(Kind kind) {
        TableKernels kernels = kind.vectors();
        int[] lengths = {8, 13, 64};
        MemorySegment table = Arena.ofAuto().allocate(8_000);
        float[] to = new float[200];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // On a busy machine the compiler takes its time.
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (least > 0 && System.nanoTime() - endNs < 0) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 3_000; i++) {
                int length = lengths[i % 3];
                kernels.copyRow(table, i, to, i % 7, length);
                kernels.addRow(0.5f, table, i, to, i % 7, length);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least, "bytes of 3,000 rounds");
    }

    private static float[] gaussian(SplitRandom random, int length) {
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
