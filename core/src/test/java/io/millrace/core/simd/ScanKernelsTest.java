package io.millrace.core.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
    @CsvSource({
        "-3, 4",
        "0, 0",
        "5, 9223372036854775807",
        "-9223372036854775808, -1",
        "-9223372036854775808, -9223372036854775808",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775807, 9223372036854775807",
        "-9223372036854775808, 9223372036854775807"
    })
    void shouldKeepTheRowsOfARangeWhenNumbersAreAny(long least, long most) {
        SplitRandom random = new SplitRandom(least ^ most);
        long[] ends = {
            least, most, least - 1, most + 1, Long.MIN_VALUE, Long.MAX_VALUE, 0, -1, 1, 6
        };
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment column = arena.allocate(START + (long) ROWS * Long.BYTES);
            long[] words = words(random);
            long[] expected = words.clone();
            for (int row = 0; row < ROWS; row++) {
                long number =
                        random.nextInt(4) == 0
                                ? random.nextLong()
                                : ends[random.nextInt(ends.length)];
                column.set(
                        ValueLayout.JAVA_LONG_UNALIGNED, START + (long) row * Long.BYTES, number);
                if (number < least || number > most) {
                    expected[FROM + row / 64] &= ~(1L << row);
                }
            }
            for (ScanKernels kernels : kernels()) {
                long[] actual = words.clone();
                kernels.retainLongs(column, START, least, most, actual, FROM, WORDS);
                assertArrayEquals(expected, actual, kernels.name());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldKeepTheRowsOfANumberWhenAskedForIt(int wanted) {
        SplitRandom random = new SplitRandom(wanted);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment column = arena.allocate(START + (long) ROWS * Integer.BYTES);
            long[] words = words(random);
            long[] expected = words.clone();
            for (int row = 0; row < ROWS; row++) {
                int number = wanted + random.nextInt(3) - 1;
                column.set(
                        ValueLayout.JAVA_INT_UNALIGNED, START + (long) row * Integer.BYTES, number);
                if (number != wanted) {
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
