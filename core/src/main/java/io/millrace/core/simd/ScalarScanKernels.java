package io.millrace.core.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** {@link ScanKernels} in plain loops. */
final class ScalarScanKernels implements ScanKernels {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void retainLongs(
            MemorySegment column,
            long offset,
            long[] ranges,
            int rangeCount,
            long[] words,
            int from,
            int count) {
        for (int i = 0; i < count; i++) {
            if (words[from + i] != 0) {
                long first = offset + (long) i * WORD_ROWS * Long.BYTES;
                long inside = 0;
                for (int row = 0; row < WORD_ROWS; row++) {
                    long number = column.get(LONG, first + (long) row * Long.BYTES);
                    for (int range = 0; range < rangeCount; range++) {
                        boolean isInside =
                                number >= ranges[2 * range] && number <= ranges[2 * range + 1];
                        inside |= (isInside ? 1L : 0L) << row;
                    }
                }
                words[from + i] &= inside;
            }
        }
    }

    @Override
    public void retainSharing(
            MemorySegment column, long offset, long mask, long[] words, int from, int count) {
        for (int i = 0; i < count; i++) {
            if (words[from + i] != 0) {
                long first = offset + (long) i * WORD_ROWS * Long.BYTES;
                long sharing = 0;
                for (int row = 0; row < WORD_ROWS; row++) {
                    long number = column.get(LONG, first + (long) row * Long.BYTES);
                    sharing |= ((number & mask) != 0 ? 1L : 0L) << row;
                }
                words[from + i] &= sharing;
            }
        }
    }

    @Override
    public void retainInts(
            MemorySegment column, long offset, int[] wanted, long[] words, int from, int count) {
        for (int i = 0; i < count; i++) {
            if (words[from + i] != 0) {
                long first = offset + (long) i * WORD_ROWS * Integer.BYTES;
                long found = 0;
                for (int row = 0; row < WORD_ROWS; row++) {
                    int number = column.get(INT, first + (long) row * Integer.BYTES);
                    for (int other : wanted) {
                        found |= (number == other ? 1L : 0L) << row;
                    }
                }
                words[from + i] &= found;
            }
        }
    }
}
