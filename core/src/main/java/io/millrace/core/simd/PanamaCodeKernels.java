package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link CodeKernels} with the Vector API: a lane a code. Words of 32 bits instead of 64 keep whole
 * numbers and floats in vectors of one shape (see {@link PanamaMatrixKernels}).
 */
final class PanamaCodeKernels implements CodeKernels {
    private static final VectorSpecies<Float> FLOATS =
            FloatVector.SPECIES_PREFERRED.length() > GROUP
                    ? FloatVector.SPECIES_512
                    : FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS =
            FLOATS.length() == IntVector.SPECIES_PREFERRED.length()
                    ? IntVector.SPECIES_PREFERRED
                    : IntVector.SPECIES_512;
    private static final int LANES = FLOATS.length();
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    @Override
    public String name() {
        return "panama-" + FLOATS.vectorBitSize();
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
        FloatVector shifts = FloatVector.broadcast(FLOATS, shift);
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        for (int first = 0; first < groups * GROUP; first += LANES) {
            long at =
                    codes
                            + (long) (first / GROUP) * words * GROUP * Integer.BYTES
                            + (long) (first % GROUP) * Integer.BYTES;
            IntVector ones = IntVector.zero(INTS);
            IntVector twos = ones;
            IntVector fours = ones;
            IntVector eights = ones;
            for (int word = 0; word < words; word++) {
                IntVector code = IntVector.fromMemorySegment(INTS, records, at, ORDER);
                int plane = word * PLANES;
                ones = ones.add(code.and(planes[plane]).lanewise(VectorOperators.BIT_COUNT));
                twos = twos.add(code.and(planes[plane + 1]).lanewise(VectorOperators.BIT_COUNT));
                fours = fours.add(code.and(planes[plane + 2]).lanewise(VectorOperators.BIT_COUNT));
                eights =
                        eights.add(code.and(planes[plane + 3]).lanewise(VectorOperators.BIT_COUNT));
                at += GROUP * Integer.BYTES;
            }
            IntVector sum =
                    ones.add(twos.lanewise(VectorOperators.LSHL, 1))
                            .add(fours.lanewise(VectorOperators.LSHL, 2))
                            .sub(eights.lanewise(VectorOperators.LSHL, 3));
            FloatVector product =
                    ((FloatVector) sum.convert(VectorOperators.I2F, 0)).fma(scales, shifts);
            long place = (long) first * Float.BYTES;
            FloatVector.fromMemorySegment(FLOATS, records, factors + place, ORDER)
                    .fma(
                            product,
                            FloatVector.fromMemorySegment(FLOATS, records, bases + place, ORDER))
                    .intoArray(out, first);
        }
    }
}
