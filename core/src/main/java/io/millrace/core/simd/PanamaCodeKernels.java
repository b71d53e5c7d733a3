package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@link CodeKernels} with the Vector API: a lane a code. Words of 32 bits instead of 64 keep whole
 * numbers and floats in vectors of one shape (see {@link PanamaMatrixKernels}), and sums are what
 * is added, not what is added to (see {@link PanamaElementKernels}).
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
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final VectorShuffle<Float> SWAP_1 = swap(1);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final FloatVector SIGNS_1 = signs(1);
    private static final FloatVector SIGNS_2 = signs(2);
    private static final FloatVector SIGNS_4 = signs(4);
    private static final FloatVector SIGNS_8 = signs(8);

    @Override
    public String name() {
        return "panama-" + FLOATS.vectorBitSize();
    }

    @Override
    public void hadamard(float[] x, int from, int length) {
        for (int i = from; i < from + length; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            v = v.fma(SIGNS_1, v.rearrange(SWAP_1));
            v = v.fma(SIGNS_2, v.rearrange(SWAP_2));
            if (LANES > 4) {
                v = v.fma(SIGNS_4, v.rearrange(SWAP_4));
            }
            if (LANES > 8) {
                v = v.fma(SIGNS_8, v.rearrange(SWAP_8));
            }
            v.intoArray(x, i);
        }
        for (int half = LANES; half < length; half *= 2) {
            for (int pair = from; pair < from + length; pair += 2 * half) {
                for (int i = pair; i < pair + half; i += LANES) {
                    FloatVector a = FloatVector.fromArray(FLOATS, x, i);
                    FloatVector b = FloatVector.fromArray(FLOATS, x, i + half);
                    a.add(b).intoArray(x, i);
                    a.sub(b).intoArray(x, i + half);
                }
            }
        }
    }

    @Override
    public int planes(float[] query, float inverseStep, int words, int[] planes) {
        FloatVector scale = FloatVector.broadcast(FLOATS, inverseStep);
        FloatVector rounding = FloatVector.broadcast(FLOATS, 8.5f);
        IntVector sums = IntVector.zero(INTS);
        for (int word = 0; word < words; word++) {
            int one = 0;
            int two = 0;
            int four = 0;
            int eight = 0;
            for (int bit = 0; bit < Integer.SIZE; bit += LANES) {
                FloatVector numbers =
                        FloatVector.fromArray(FLOATS, query, word * Integer.SIZE + bit);
                IntVector rounded =
                        ((IntVector) numbers.fma(scale, rounding).convert(VectorOperators.F2I, 0))
                                .sub(8);
                sums = rounded.add(sums);
                one |= bits(rounded, 1) << bit;
                two |= bits(rounded, 2) << bit;
                four |= bits(rounded, 4) << bit;
                eight |= bits(rounded, 8) << bit;
            }
            int at = word * PLANES;
            planes[at] = one;
            planes[at + 1] = two;
            planes[at + 2] = four;
            planes[at + 3] = eight;
        }
        return sums.reduceLanes(VectorOperators.ADD);
    }

    private static int bits(IntVector numbers, int bit) {
        return (int) numbers.and(bit).compare(VectorOperators.NE, 0).toLong();
    }

    @Override
    public long estimates(
            MemorySegment records,
            long codes,
            long bases,
            long factors,
            int words,
            int bits,
            int groups,
            int[] planes,
            float scale,
            float shift,
            float own,
            float bound,
            float[] out) {
        FloatVector shifts = FloatVector.broadcast(FLOATS, shift);
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        long below = 0;
        for (int first = 0; first < groups * GROUP; first += LANES) {
            long at =
                    codes
                            + (long) (first / GROUP) * bits * words * GROUP * Integer.BYTES
                            + (long) (first % GROUP) * Integer.BYTES;
            IntVector sum = IntVector.zero(INTS);
            for (int bit = 0; bit < bits; bit++) {
                IntVector ones = IntVector.zero(INTS);
                IntVector twos = ones;
                IntVector fours = ones;
                IntVector eights = ones;
                for (int word = 0; word < words; word++) {
                    IntVector code = IntVector.fromMemorySegment(INTS, records, at, ORDER);
                    int plane = word * PLANES;
                    ones = count(code, planes[plane]).add(ones);
                    twos = count(code, planes[plane + 1]).add(twos);
                    fours = count(code, planes[plane + 2]).add(fours);
                    eights = count(code, planes[plane + 3]).add(eights);
                    at += GROUP * Integer.BYTES;
                }
                IntVector product =
                        ones.add(twos.lanewise(VectorOperators.LSHL, 1))
                                .add(fours.lanewise(VectorOperators.LSHL, 2))
                                .sub(eights.lanewise(VectorOperators.LSHL, 3));
                sum = product.lanewise(VectorOperators.LSHL, bit).add(sum);
            }
            FloatVector product =
                    ((FloatVector) sum.convert(VectorOperators.I2F, 0)).fma(scales, shifts);
            long place = (long) first * Float.BYTES;
            FloatVector estimates =
                    FloatVector.fromMemorySegment(FLOATS, records, factors + place, ORDER)
                            .fma(
                                    product,
                                    FloatVector.fromMemorySegment(
                                            FLOATS, records, bases + place, ORDER))
                            .add(own);
            estimates.intoArray(out, first);
            below |= estimates.compare(VectorOperators.LT, bound).toLong() << first;
        }
        return below;
    }

    private static IntVector count(IntVector code, int plane) {
        return code.and(plane).lanewise(VectorOperators.BIT_COUNT);
    }

    @Override
    public void encode(
            float[] own,
            float[] other,
            int words,
            int bits,
            float inverseStep,
            MemorySegment records,
            long code,
            float[] sums) {
        float highest = (1 << bits) - 1;
        float middle = highest / 2;
        FloatVector scale = FloatVector.broadcast(FLOATS, inverseStep);
        FloatVector half = FloatVector.broadcast(FLOATS, 1 << (bits - 1));
        FloatVector squares = FloatVector.zero(FLOATS);
        FloatVector products = squares;
        FloatVector ownProducts = squares;
        FloatVector codeSquares = squares;
        for (int word = 0; word < words; word++) {
            int one = 0;
            int two = 0;
            int four = 0;
            int eight = 0;
            for (int bit = 0; bit < Integer.SIZE; bit += LANES) {
                int place = word * Integer.SIZE + bit;
                FloatVector mine = FloatVector.fromArray(FLOATS, own, place);
                FloatVector difference = FloatVector.fromArray(FLOATS, other, place).sub(mine);
                IntVector levels =
                        (IntVector)
                                difference
                                        .fma(scale, half)
                                        .min(highest)
                                        .max(0)
                                        .convert(VectorOperators.F2I, 0);
                FloatVector values =
                        ((FloatVector) levels.convert(VectorOperators.I2F, 0)).sub(middle);
                squares = difference.fma(difference, squares);
                products = difference.fma(values, products);
                ownProducts = mine.fma(values, ownProducts);
                codeSquares = values.fma(values, codeSquares);
                one |= bits(levels, 1) << bit;
                if (bits > 1) {
                    two |= bits(levels, 2) << bit;
                    four |= bits(levels, 4) << bit;
                    eight |= bits(levels, 8) << bit;
                }
            }
            long at = code + (long) word * GROUP * Integer.BYTES;
            long plane = (long) words * GROUP * Integer.BYTES;
            records.set(INT, at, one);
            if (bits > 1) {
                records.set(INT, at + plane, two);
            }
            if (bits > 2) {
                records.set(INT, at + 2 * plane, four);
            }
            if (bits > 3) {
                records.set(INT, at + 3 * plane, eight);
            }
        }
        sums[SQUARE] = PanamaVectorKernels.addLanes(squares);
        sums[PRODUCT] = PanamaVectorKernels.addLanes(products);
        sums[OWN_PRODUCT] = PanamaVectorKernels.addLanes(ownProducts);
        sums[CODE_SQUARE] = PanamaVectorKernels.addLanes(codeSquares);
    }

    /** Exchanges lanes whose numbers differ by some power of two. */
    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ distance) & (LANES - 1));
    }

    /** The upper lane of two that are exchanged is subtracted. */
    private static FloatVector signs(int distance) {
        float[] signs = new float[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            signs[lane] = (lane & distance) == 0 ? 1 : -1;
        }
        return FloatVector.fromArray(FLOATS, signs, 0);
    }
}
