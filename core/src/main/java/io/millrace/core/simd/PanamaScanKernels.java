package io.millrace.core.simd;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** {@link ScanKernels} with the Vector API: a lane a row, a mask's bits a piece of the word. */
final class PanamaScanKernels implements ScanKernels {
    private static final VectorSpecies<Long> LONGS =
            LongVector.SPECIES_PREFERRED.vectorBitSize() > 512
                    ? LongVector.SPECIES_512
                    : LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS =
            IntVector.SPECIES_PREFERRED.vectorBitSize() > 512
                    ? IntVector.SPECIES_512
                    : IntVector.SPECIES_PREFERRED;
    private static final int LONG_LANES = LONGS.length();
    private static final int INT_LANES = INTS.length();
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    @Override
    public String name() {
        return "panama-" + LONGS.vectorBitSize();
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
            long word = words[from + i];
            if (word != 0) {
                long at = offset + (long) i * WORD_ROWS * Long.BYTES;
                long inside = 0;
                for (int range = 0; range < rangeCount; range++) {
                    // Moved to where the least number of the range is the least of all, so that one
                    // comparison serves both ends: what lies below wraps around to the top.
                    long bias = Long.MIN_VALUE - ranges[2 * range];
                    long largest = ranges[2 * range + 1] + bias;
                    for (int row = 0; row < WORD_ROWS; row += LONG_LANES) {
                        inside |=
                                LongVector.fromMemorySegment(
                                                        LONGS,
                                                        column,
                                                        at + (long) row * Long.BYTES,
                                                        ORDER)
                                                .add(bias)
                                                .compare(VectorOperators.LE, largest)
                                                .toLong()
                                        << row;
                    }
                }
                words[from + i] = word & inside;
            }
        }
    }

    @Override
    public void retainSharing(
            MemorySegment column, long offset, long mask, long[] words, int from, int count) {
        for (int i = 0; i < count; i++) {
            long word = words[from + i];
            if (word != 0) {
                long at = offset + (long) i * WORD_ROWS * Long.BYTES;
                long sharing = 0;
                for (int row = 0; row < WORD_ROWS; row += LONG_LANES) {
                    sharing |=
                            LongVector.fromMemorySegment(
                                                    LONGS,
                                                    column,
                                                    at + (long) row * Long.BYTES,
                                                    ORDER)
                                            .and(mask)
                                            .compare(VectorOperators.NE, 0)
                                            .toLong()
                                    << row;
                }
                words[from + i] = word & sharing;
            }
        }
    }

    @Override
    public void retainInts(
            MemorySegment column, long offset, int[] wanted, long[] words, int from, int count) {
        for (int i = 0; i < count; i++) {
            long word = words[from + i];
            if (word != 0) {
                long at = offset + (long) i * WORD_ROWS * Integer.BYTES;
                long found = 0;
                for (int other : wanted) {
                    for (int row = 0; row < WORD_ROWS; row += INT_LANES) {
                        found |=
                                IntVector.fromMemorySegment(
                                                        INTS,
                                                        column,
                                                        at + (long) row * Integer.BYTES,
                                                        ORDER)
                                                .compare(VectorOperators.EQ, other)
                                                .toLong()
                                        << row;
                    }
                }
                words[from + i] = word & found;
            }
        }
    }
}
