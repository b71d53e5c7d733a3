package io.millrace.core.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

final class KeyKernelsTest {
    private static final int MOST = 300;

    @Test
    void shouldTestTheVectorKernelsWhenTheirModuleIsThere() {
        assertNotEquals("scalar", Kernels.key().name());
    }

    /** The keys must be those that sorting gives, and what stands behind them untouched. */
    @Test
    void shouldKeepKeysSortedWhenAnyIsInserted() {
        for (KeyKernels kernels : new KeyKernels[] {Kernels.key(), Kernels.scalarKey()}) {
            SplitRandom random = new SplitRandom(5);
            for (int range : new int[] {3, 100, Integer.MAX_VALUE}) {
                long[] keys = new long[MOST + 9];
                Arrays.fill(keys, MOST, keys.length, 77);
                long[] expected = keys.clone();
                for (int count = 0; count < MOST; count++) {
                    long key = random.nextInt(range) - (long) range / 2;
                    expected[count] = key;
                    Arrays.sort(expected, 0, count + 1);
                    int at = kernels.insert(keys, count, key);
                    assertArrayEquals(expected, keys, kernels.name());
                    assertEquals(key, keys[at], kernels.name());
                    // Behind equal ones.
                    assertEquals(true, at == count || keys[at + 1] > key, kernels.name());
                }
            }
        }
    }
}
