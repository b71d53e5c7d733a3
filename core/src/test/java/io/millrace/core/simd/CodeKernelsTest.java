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

final class CodeKernelsTest {
    private static final int GROUPS = 3;
    private static final int CODES = GROUPS * CodeKernels.GROUP;
    private static final long START = 24;

    @Test
    void shouldTestTheVectorKernelsWhenTheirModuleIsThere() {
        assertNotEquals("scalar", Kernels.code().name());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 26, 32})
    void shouldEqualPlainSumsWhenQueryHasNumbersOfBothSigns(int words) {
        SplitRandom random = new SplitRandom(words);
        long codeBytes = (long) words * CODES * Integer.BYTES;
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
            float[] expected = new float[CODES];
            for (int code = 0; code < CODES; code++) {
                float base = random.nextFloat();
                float factor = random.nextFloat() - 0.5f;
                int sum = 0;
                for (int word = 0; word < words; word++) {
                    int bits = (int) random.nextLong();
                    long place = (code / 16L * words + word) * 16 + code % 16;
                    records.set(ValueLayout.JAVA_INT_UNALIGNED, START + 4 * place, bits);
                    for (int bit = 0; bit < 32; bit++) {
                        sum += (bits >>> bit & 1) * numbers[32 * word + bit];
                    }
                }
                records.set(ValueLayout.JAVA_FLOAT_UNALIGNED, bases + 4L * code, base);
                records.set(ValueLayout.JAVA_FLOAT_UNALIGNED, factors + 4L * code, factor);
                expected[code] = Math.fma(factor, Math.fma(sum, 0.25f, -3f), base);
            }
            for (CodeKernels kernels : new CodeKernels[] {Kernels.code(), Kernels.scalarCode()}) {
                float[] actual = new float[CODES];
                kernels.estimates(
                        records, START, bases, factors, words, GROUPS, planes, 0.25f, -3f, actual);
                assertArrayEquals(expected, actual, kernels.name());
            }
        }
    }
}
