package io.millrace.core.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

final class CodeKernelsTest {
    private static final int GROUPS = 3;
    private static final int CODES = GROUPS * CodeKernels.GROUP;
    private static final long START = 24;
    private static final CodeKernels[] BOTH = {Kernels.code(), Kernels.scalarCode()};
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    @Test
    void shouldTestTheVectorKernelsWhenTheirModuleIsThere() {
        assertNotEquals("scalar", Kernels.code().name());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "4, 1", "4, 4", "7, 3", "26, 1", "32, 2"})
    void shouldEqualPlainSumsWhenQueryHasNumbersOfBothSigns(int words, int bits) {
        SplitRandom random = new SplitRandom(words);
        long codeBytes = (long) words * bits * CODES * Integer.BYTES;
        long bases = START + codeBytes;
        long factors = bases + (long) CODES * Float.BYTES;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = arena.allocate(factors + (long) CODES * Float.BYTES);
            int[] numbers = new int[words * Integer.SIZE];
            int[] planes = new int[words * CodeKernels.PLANES];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = random.nextInt(16) - 8;
                for (int plane = 0; plane < CodeKernels.PLANES; plane++) {
                    planes[i / 32 * CodeKernels.PLANES + plane] |=
                            (numbers[i] >> plane & 1) << i % 32;
                }
            }
            float bound = 4;
            float[] expected = new float[CODES];
            long expectedBelow = 0;
            for (int code = 0; code < CODES; code++) {
                float base = random.nextFloat();
                float factor = random.nextFloat() - 0.5f;
                int sum = 0;
                for (int i = 0; i < words * bits; i++) {
                    int word = (int) random.nextLong();
                    long place = (code / 16L * words * bits + i) * 16 + code % 16;
                    records.set(INT, START + 4 * place, word);
                    for (int bit = 0; bit < 32; bit++) {
                        int number = numbers[32 * (i % words) + bit];
                        sum += ((word >>> bit & 1) << (i / words)) * number;
                    }
                }
                records.set(FLOAT, bases + 4L * code, base);
                records.set(FLOAT, factors + 4L * code, factor);
                expected[code] = Math.fma(factor, Math.fma(sum, 0.25f, -3f), base) + 1.5f;
                expectedBelow |= expected[code] < bound ? 1L << code : 0;
            }
            assertTrue(Long.bitCount(expectedBelow) > 0 && Long.bitCount(expectedBelow) < CODES);
            for (CodeKernels kernels : BOTH) {
                float[] actual = new float[CODES];
                long below =
                        kernels.estimates(
                                records, START, bases, factors, words, bits, GROUPS, planes, 0.25f,
                                -3f, 1.5f, bound, actual);
                assertArrayEquals(expected, actual, kernels.name());
                assertEquals(expectedBelow, below, kernels.name());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128, 512})
    void shouldEqualTheMatrixWhenNumbersAreTransformed(int length) {
        SplitRandom random = new SplitRandom(length);
        float[] x = new float[length + 5];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextInt(2001) - 1000;
        }
        float[] expected = x.clone();
        for (int row = 0; row < length; row++) {
            float sum = 0;
            for (int column = 0; column < length; column++) {
                // Entry of Sylvester's matrix; all sums are exact.
                sum += (Integer.bitCount(row & column) % 2 == 0 ? 1 : -1) * x[3 + column];
            }
            expected[3 + row] = sum;
        }
        for (CodeKernels kernels : BOTH) {
            float[] actual = x.clone();
            kernels.hadamard(actual, 3, length);
            assertArrayEquals(expected, actual, kernels.name());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void shouldRoundToPlanesWhenQueryIsCut(int words) {
        SplitRandom random = new SplitRandom(words);
        float[] query = new float[words * Integer.SIZE];
        int sum = 0;
        for (int i = 0; i < query.length; i++) {
            query[i] = (random.nextFloat() * 14 - 7) / 3;
            sum += (int) Math.floor(query[i] * 3.0 + 0.5);
        }
        for (CodeKernels kernels : BOTH) {
            int[] planes = new int[words * CodeKernels.PLANES];
            assertEquals(sum, kernels.planes(query, 3, words, planes), kernels.name());
            for (int i = 0; i < query.length; i++) {
                int number = 0;
                for (int plane = 0; plane < CodeKernels.PLANES; plane++) {
                    int bit = planes[i / 32 * CodeKernels.PLANES + plane] >>> i % 32 & 1;
                    number += plane == 3 ? -8 * bit : bit << plane;
                }
                assertEquals((int) Math.floor(query[i] * 3.0 + 0.5), number, kernels.name());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "4, 2", "5, 3", "3, 4"})
    void shouldWriteLevelsAndSumsWhenRowsAreEncoded(int words, int bits) {
        SplitRandom random = new SplitRandom(words * 10L + bits);
        int dimension = words * Integer.SIZE;
        float[] own = new float[dimension];
        float[] other = new float[dimension];
        long code = 12;
        float inverseStep = bits == 1 ? 1 : 1.7f;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = arena.allocate(code + 64L * words * bits);
            int[] levels = new int[dimension];
            double[] sums = new double[CodeKernels.SUMS];
            for (int i = 0; i < dimension; i++) {
                float mine = (float) random.nextGaussian();
                float theirs = (float) random.nextGaussian();
                own[i] = mine;
                other[i] = theirs;
                double cut = Math.floor((theirs - mine) * inverseStep + (1 << (bits - 1)));
                levels[i] = (int) Math.max(0, Math.min((1 << bits) - 1, cut));
                double value = levels[i] - ((1 << bits) - 1) / 2.0;
                sums[CodeKernels.SQUARE] += (double) (theirs - mine) * (theirs - mine);
                sums[CodeKernels.PRODUCT] += (theirs - mine) * value;
                sums[CodeKernels.OWN_PRODUCT] += mine * value;
                sums[CodeKernels.CODE_SQUARE] += value * value;
            }
            for (CodeKernels kernels : BOTH) {
                float[] actual = new float[CodeKernels.SUMS];
                kernels.encode(own, other, words, bits, inverseStep, records, code, actual);
                for (int i = 0; i < dimension; i++) {
                    int level = 0;
                    for (int bit = 0; bit < bits; bit++) {
                        long at = code + 64L * (bit * words + i / 32);
                        level |= (records.get(INT, at) >>> i % 32 & 1) << bit;
                    }
                    assertEquals(levels[i], level, kernels.name());
                }
                for (int i = 0; i < sums.length; i++) {
                    assertEquals(sums[i], actual[i], 1e-3, kernels.name());
                }
            }
        }
    }
}
