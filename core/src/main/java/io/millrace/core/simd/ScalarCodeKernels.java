package io.millrace.core.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** {@link CodeKernels} in plain loops. */
final class ScalarCodeKernels implements CodeKernels {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void estimates(
            MemorySegment records,
            long codes,
            long bases,
            long factors,
            int words,
            int groups,
            int[] planes,
            float scale,
            float shift,
            float[] out) {
        for (int i = 0; i < groups * GROUP; i++) {
            long group = codes + (long) (i / GROUP) * words * GROUP * Integer.BYTES;
            int sum = 0;
            for (int word = 0; word < words; word++) {
                int code =
                        records.get(INT, group + ((long) word * GROUP + i % GROUP) * Integer.BYTES);
                int at = word * PLANES;
                sum +=
                        Integer.bitCount(code & planes[at])
                                + 2 * Integer.bitCount(code & planes[at + 1])
                                + 4 * Integer.bitCount(code & planes[at + 2])
                                - 8 * Integer.bitCount(code & planes[at + 3]);
            }
            float product = Math.fma(sum, scale, shift);
            float base = records.get(FLOAT, bases + (long) i * Float.BYTES);
            float factor = records.get(FLOAT, factors + (long) i * Float.BYTES);
            out[i] = Math.fma(factor, product, base);
        }
    }
}
