package io.millrace.core.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

final class ScanKernelsTest {
    private static final int WORDS = 5;
    private static final int ROWS = WORDS * ScanKernels.WORD_ROWS;
    private static final long START = 24;

    /** Words before the ones asked for, which must stay as they are. */
    private static final int FROM = 2;

    @Test
    void shouldTestTheVectorKernelsWhenTheirModuleIsThere() {
        assertNotEquals("scalar", Kernels.scan().name());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 17})
    void shouldKeepTheRowsOfRangesWhenNumbersAreAny(int rangeCount) {
        long[] ends = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -4, -3, -1, 0, 1, 4, 5, Long.MAX_VALUE};
        for (int seed = 0; seed < 100; seed++) {
            SplitRandom random = SplitRandom.forStream(rangeCount, seed);
            // One more than is asked for, which must not count.
            long[] ranges = new long[2 * rangeCount + 2];
            for (int i = 0; i < ranges.length; i += 2) {
                long one = ends[random.nextInt(ends.length)];
                long other = ends[random.nextInt(ends.length)];
                ranges[i] = Math.min(one, other);
                ranges[i + 1] = Math.max(one, other);
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment column = arena.allocate(START + (long) ROWS * Long.BYTES);
                long[] words = words(random);
                long[] expected = words.clone();
                for (int row = 0; row < ROWS; row++) {
                    long number =
                            random.nextInt(4) == 0
                                    ? random.nextLong()
                                    : ends[random.nextInt(ends.length)] + random.nextInt(3) - 1;
                    column.set(
                            ValueLayout.JAVA_LONG_UNALIGNED,
                            START + (long) row * Long.BYTES,
                            number);
                    boolean isInside = false;
                    for (int i = 0; i < 2 * rangeCount; i += 2) {
                        isInside |= number >= ranges[i] && number <= ranges[i + 1];
                    }
                    if (!isInside) {
                        expected[FROM + row / 64] &= ~(1L << row);
                    }
                }
                for (ScanKernels kernels : kernels()) {
                    long[] actual = words.clone();
                    kernels.retainLongs(column, START, ranges, rangeCount, actual, FROM, WORDS);
                    assertArrayEquals(expected, actual, kernels.name());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, Long.MIN_VALUE, -1, 0x1_0000_0001L})
    void shouldKeepTheRowsThatShareABitWhenMasksDiffer(long mask) {
        SplitRandom random = new SplitRandom(mask);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment column = arena.allocate(START + (long) ROWS * Long.BYTES);
            long[] words = words(random);
            long[] expected = words.clone();
            for (int row = 0; row < ROWS; row++) {
                long number = 1L << random.nextInt(64);
                number |= 1L << random.nextInt(64);
                if (random.nextInt(2) == 0) {
                    number &= ~mask;
                }
                column.set(
                        ValueLayout.JAVA_LONG_UNALIGNED, START + (long) row * Long.BYTES, number);
                if ((number & mask) == 0) {
                    expected[FROM + row / 64] &= ~(1L << row);
                }
            }
            for (ScanKernels kernels : kernels()) {
                long[] actual = words.clone();
                kernels.retainSharing(column, START, mask, actual, FROM, WORDS);
                assertArrayEquals(expected, actual, kernels.name());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 17})
    void shouldKeepTheRowsOfSomeNumbersWhenAskedForThem(int count) {
        SplitRandom random = new SplitRandom(count);
        int[] ends = {0, 1, -1, 5, Integer.MIN_VALUE, Integer.MAX_VALUE};
        int[] wanted = new int[count];
        for (int i = 0; i < count; i++) {
            wanted[i] = i < 3 ? ends[random.nextInt(ends.length)] : (int) random.nextLong();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment column = arena.allocate(START + (long) ROWS * Integer.BYTES);
            long[] words = words(random);
            long[] expected = words.clone();
            for (int row = 0; row < ROWS; row++) {
                int number =
                        row % 2 == 0 && count > 0
                                ? wanted[random.nextInt(count)]
                                : ends[random.nextInt(ends.length)];
                column.set(
                        ValueLayout.JAVA_INT_UNALIGNED, START + (long) row * Integer.BYTES, number);
                if (IntStream.of(wanted).noneMatch(other -> other == number)) {
                    expected[FROM + row / 64] &= ~(1L << row);
                }
            }
            for (ScanKernels kernels : kernels()) {
                long[] actual = words.clone();
                kernels.retainInts(column, START, wanted, actual, FROM, WORDS);
                assertArrayEquals(expected, actual, kernels.name());
            }
        }
    }

    private static ScanKernels[] kernels() {
        return new ScanKernels[] {Kernels.scan(), Kernels.scalarScan()};
    }

    /** Rows that are asked about: all, none, some, and words around them. */
    private static long[] words(SplitRandom random) {
        long[] words = new long[FROM + WORDS + 1];
        for (int i = 0; i < words.length; i++) {
            words[i] = random.nextLong();
        }
        words[FROM] = -1;
        words[FROM + 1] = 0;
        return words;
    }
}
