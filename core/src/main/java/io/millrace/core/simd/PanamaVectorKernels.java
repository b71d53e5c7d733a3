package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@link VectorKernels} with the Vector API. A row is added up in two sums of one vector each, then
 * a vector that is left, then single elements; the batch forms take four rows at once, so that
 * eight sums hide the latency of the multiply-adds and four rows are on their way from memory.
 *
 * <p>Lanes are added up by exchanging halves instead of {@code reduceLanes}, whose order is not
 * defined and does differ between the interpreter and compiled code: a distance must not change its
 * last bit while a graph is built. Four rows share these steps, each of which folds two vectors
 * into one.
 *
 * <p>The loops are written out for each kind of operand: vectors handed through a shared functional
 * step would be boxed wherever the compiler does not inline it.
 */
final class PanamaVectorKernels implements VectorKernels {
    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.vectorBitSize() > 512
                    ? FloatVector.SPECIES_512
                    : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int BLOCK = 2 * LANES;
    private static final int BATCH_ROWS = 4;
    private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;

    private static final VectorShuffle<Float> SWAP_2 = exchange(LANES / 2);
    private static final VectorShuffle<Float> SWAP_4 = exchange(LANES / 4);
    private static final VectorShuffle<Float> SWAP_8 = exchange(Math.max(1, LANES / 8));
    private static final VectorShuffle<Float> SWAP_16 = exchange(Math.max(1, LANES / 16));
    private static final VectorMask<Float> UPPER_2 = upper(LANES / 2);
    private static final VectorMask<Float> UPPER_4 = upper(LANES / 4);

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

    @Override
    public String name() {
        return "panama-" + SPECIES.vectorBitSize();
    }

    @Override
    public int vectorBits() {
        return SPECIES.vectorBitSize();
    }

    @Override
    public float dot(float[] a, int aIndex, float[] b, int bIndex, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            sum0 = load(a, aIndex + i).fma(load(b, bIndex + i), sum0);
            sum1 = load(a, aIndex + i + LANES).fma(load(b, bIndex + i + LANES), sum1);
        }
        if (i <= length - LANES) {
            sum0 = load(a, aIndex + i).fma(load(b, bIndex + i), sum0);
            i += LANES;
        }
        float sum = addLanes(sum0.add(sum1));
        for (; i < length; i++) {
            sum = Math.fma(a[aIndex + i], b[bIndex + i], sum);
        }
        return sum;
    }

    @Override
    public float squaredDistance(float[] a, int aIndex, float[] b, int bIndex, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            sum0 = addSquare(load(a, aIndex + i), load(b, bIndex + i), sum0);
            sum1 = addSquare(load(a, aIndex + i + LANES), load(b, bIndex + i + LANES), sum1);
        }
        if (i <= length - LANES) {
            sum0 = addSquare(load(a, aIndex + i), load(b, bIndex + i), sum0);
            i += LANES;
        }
        float sum = addLanes(sum0.add(sum1));
        for (; i < length; i++) {
            float difference = a[aIndex + i] - b[bIndex + i];
            sum = Math.fma(difference, difference, sum);
        }
        return sum;
    }

    @Override
    public float dot(float[] query, MemorySegment rows, long offset, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            long at = offset + (long) i * Float.BYTES;
            sum0 = load(query, i).fma(load(rows, at), sum0);
            sum1 = load(query, i + LANES).fma(load(rows, at + VECTOR_BYTES), sum1);
        }
        if (i <= length - LANES) {
            long at = offset + (long) i * Float.BYTES;
            sum0 = load(query, i).fma(load(rows, at), sum0);
            i += LANES;
        }
        float sum = addLanes(sum0.add(sum1));
        for (; i < length; i++) {
            sum = Math.fma(query[i], rows.get(FLOAT, offset + (long) i * Float.BYTES), sum);
        }
        return sum;
    }

    @Override
    public float squaredDistance(float[] query, MemorySegment rows, long offset, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            long at = offset + (long) i * Float.BYTES;
            sum0 = addSquare(load(query, i), load(rows, at), sum0);
            sum1 = addSquare(load(query, i + LANES), load(rows, at + VECTOR_BYTES), sum1);
        }
        if (i <= length - LANES) {
            long at = offset + (long) i * Float.BYTES;
            sum0 = addSquare(load(query, i), load(rows, at), sum0);
            i += LANES;
        }
        float sum = addLanes(sum0.add(sum1));
        for (; i < length; i++) {
            float difference = query[i] - rows.get(FLOAT, offset + (long) i * Float.BYTES);
            sum = Math.fma(difference, difference, sum);
        }
        return sum;
    }

    @Override
    public float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            long at = (long) i * Float.BYTES;
            sum0 = load(a, aOffset + at).fma(load(b, bOffset + at), sum0);
            sum1 =
                    load(a, aOffset + at + VECTOR_BYTES)
                            .fma(load(b, bOffset + at + VECTOR_BYTES), sum1);
        }
        if (i <= length - LANES) {
            long at = (long) i * Float.BYTES;
            sum0 = load(a, aOffset + at).fma(load(b, bOffset + at), sum0);
            i += LANES;
        }
        float sum = addLanes(sum0.add(sum1));
        for (; i < length; i++) {
            sum =
                    Math.fma(
                            a.get(FLOAT, aOffset + (long) i * Float.BYTES),
                            b.get(FLOAT, bOffset + (long) i * Float.BYTES),
                            sum);
        }
        return sum;
    }

    @Override
    public float squaredDistance(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            long at = (long) i * Float.BYTES;
            sum0 = addSquare(load(a, aOffset + at), load(b, bOffset + at), sum0);
            sum1 =
                    addSquare(
                            load(a, aOffset + at + VECTOR_BYTES),
                            load(b, bOffset + at + VECTOR_BYTES),
                            sum1);
        }
        if (i <= length - LANES) {
            long at = (long) i * Float.BYTES;
            sum0 = addSquare(load(a, aOffset + at), load(b, bOffset + at), sum0);
            i += LANES;
        }
        float sum = addLanes(sum0.add(sum1));
        for (; i < length; i++) {
            float difference =
                    a.get(FLOAT, aOffset + (long) i * Float.BYTES)
                            - b.get(FLOAT, bOffset + (long) i * Float.BYTES);
            sum = Math.fma(difference, difference, sum);
        }
        return sum;
    }

    @Override
    public void dotBatch(
            float[] query,
            int length,
            MemorySegment rows,
            long base,
            long stride,
            int[] ordinals,
            int from,
            int count,
            float[] out) {
        int row = 0;
        for (; row <= count - BATCH_ROWS; row += BATCH_ROWS) {
            long a = base + ordinals[from + row] * stride;
            long b = base + ordinals[from + row + 1] * stride;
            long c = base + ordinals[from + row + 2] * stride;
            long d = base + ordinals[from + row + 3] * stride;
            FloatVector a0 = FloatVector.zero(SPECIES);
            FloatVector a1 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            FloatVector c0 = a0;
            FloatVector c1 = a0;
            FloatVector d0 = a0;
            FloatVector d1 = a0;
            int i = 0;
            for (; i <= length - BLOCK; i += BLOCK) {
                long at = (long) i * Float.BYTES;
                FloatVector x = load(query, i);
                FloatVector y = load(query, i + LANES);
                a0 = x.fma(load(rows, a + at), a0);
                a1 = y.fma(load(rows, a + at + VECTOR_BYTES), a1);
                b0 = x.fma(load(rows, b + at), b0);
                b1 = y.fma(load(rows, b + at + VECTOR_BYTES), b1);
                c0 = x.fma(load(rows, c + at), c0);
                c1 = y.fma(load(rows, c + at + VECTOR_BYTES), c1);
                d0 = x.fma(load(rows, d + at), d0);
                d1 = y.fma(load(rows, d + at + VECTOR_BYTES), d1);
            }
            if (i <= length - LANES) {
                long at = (long) i * Float.BYTES;
                FloatVector x = load(query, i);
                a0 = x.fma(load(rows, a + at), a0);
                b0 = x.fma(load(rows, b + at), b0);
                c0 = x.fma(load(rows, c + at), c0);
                d0 = x.fma(load(rows, d + at), d0);
                i += LANES;
            }
            FloatVector sums = addLanes(a0.add(a1), b0.add(b1), c0.add(c1), d0.add(d1));
            float sumA = sums.lane(0);
            float sumB = sums.lane(LANES / 2);
            float sumC = sums.lane(LANES / 4);
            float sumD = sums.lane(LANES / 2 + LANES / 4);
            for (; i < length; i++) {
                long at = (long) i * Float.BYTES;
                float x = query[i];
                sumA = Math.fma(x, rows.get(FLOAT, a + at), sumA);
                sumB = Math.fma(x, rows.get(FLOAT, b + at), sumB);
                sumC = Math.fma(x, rows.get(FLOAT, c + at), sumC);
                sumD = Math.fma(x, rows.get(FLOAT, d + at), sumD);
            }
            out[row] = sumA;
            out[row + 1] = sumB;
            out[row + 2] = sumC;
            out[row + 3] = sumD;
        }
        for (; row < count; row++) {
            out[row] = dot(query, rows, base + ordinals[from + row] * stride, length);
        }
    }

    @Override
    public void squaredDistanceBatch(
            float[] query,
            int length,
            MemorySegment rows,
            long base,
            long stride,
            int[] ordinals,
            int from,
            int count,
            float[] out) {
        int row = 0;
        for (; row <= count - BATCH_ROWS; row += BATCH_ROWS) {
            long a = base + ordinals[from + row] * stride;
            long b = base + ordinals[from + row + 1] * stride;
            long c = base + ordinals[from + row + 2] * stride;
            long d = base + ordinals[from + row + 3] * stride;
            FloatVector a0 = FloatVector.zero(SPECIES);
            FloatVector a1 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            FloatVector c0 = a0;
            FloatVector c1 = a0;
            FloatVector d0 = a0;
            FloatVector d1 = a0;
            int i = 0;
            for (; i <= length - BLOCK; i += BLOCK) {
                long at = (long) i * Float.BYTES;
                FloatVector x = load(query, i);
                FloatVector y = load(query, i + LANES);
                a0 = addSquare(x, load(rows, a + at), a0);
                a1 = addSquare(y, load(rows, a + at + VECTOR_BYTES), a1);
                b0 = addSquare(x, load(rows, b + at), b0);
                b1 = addSquare(y, load(rows, b + at + VECTOR_BYTES), b1);
                c0 = addSquare(x, load(rows, c + at), c0);
                c1 = addSquare(y, load(rows, c + at + VECTOR_BYTES), c1);
                d0 = addSquare(x, load(rows, d + at), d0);
                d1 = addSquare(y, load(rows, d + at + VECTOR_BYTES), d1);
            }
            if (i <= length - LANES) {
                long at = (long) i * Float.BYTES;
                FloatVector x = load(query, i);
                a0 = addSquare(x, load(rows, a + at), a0);
                b0 = addSquare(x, load(rows, b + at), b0);
                c0 = addSquare(x, load(rows, c + at), c0);
                d0 = addSquare(x, load(rows, d + at), d0);
                i += LANES;
            }
            FloatVector sums = addLanes(a0.add(a1), b0.add(b1), c0.add(c1), d0.add(d1));
            float sumA = sums.lane(0);
            float sumB = sums.lane(LANES / 2);
            float sumC = sums.lane(LANES / 4);
            float sumD = sums.lane(LANES / 2 + LANES / 4);
            for (; i < length; i++) {
                long at = (long) i * Float.BYTES;
                float x = query[i];
                sumA = addSquare(x - rows.get(FLOAT, a + at), sumA);
                sumB = addSquare(x - rows.get(FLOAT, b + at), sumB);
                sumC = addSquare(x - rows.get(FLOAT, c + at), sumC);
                sumD = addSquare(x - rows.get(FLOAT, d + at), sumD);
            }
            out[row] = sumA;
            out[row + 1] = sumB;
            out[row + 2] = sumC;
            out[row + 3] = sumD;
        }
        for (; row < count; row++) {
            out[row] = squaredDistance(query, rows, base + ordinals[from + row] * stride, length);
        }
    }

    @Override
    public void addScaled(float scale, float[] x, int xIndex, float[] y, int yIndex, int length) {
        FloatVector factor = FloatVector.broadcast(SPECIES, scale);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            factor.fma(load(x, xIndex + i), load(y, yIndex + i)).intoArray(y, yIndex + i);
        }
        for (; i < length; i++) {
            y[yIndex + i] = Math.fma(scale, x[xIndex + i], y[yIndex + i]);
        }
    }

    @Override
    public float normalise(float[] x, int index, int length) {
        float norm = (float) Math.sqrt(dot(x, index, x, index, length));
        if (ScalarVectorKernels.isSquareLossy(norm)) {
            return ScalarVectorKernels.normaliseInDouble(x, index, length);
        }
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            load(x, index + i).div(norm).intoArray(x, index + i);
        }
        for (; i < length; i++) {
            x[index + i] /= norm;
        }
        return norm;
    }

    private static FloatVector load(float[] x, int index) {
        return FloatVector.fromArray(SPECIES, x, index);
    }

    private static FloatVector load(MemorySegment x, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, x, offset, ORDER);
    }

    private static FloatVector addSquare(FloatVector a, FloatVector b, FloatVector sum) {
        FloatVector difference = a.sub(b);
        return difference.fma(difference, sum);
    }

    private static float addSquare(float difference, float sum) {
        return Math.fma(difference, difference, sum);
    }

    /** The sum of all lanes, of which each step leaves half. */
    private static float addLanes(FloatVector x) {
        x = x.add(x.rearrange(SWAP_2));
        x = x.add(x.rearrange(SWAP_4));
        if (LANES >= 8) {
            x = x.add(x.rearrange(SWAP_8));
        }
        if (LANES >= 16) {
            x = x.add(x.rearrange(SWAP_16));
        }
        return x.lane(0);
    }

    /**
     * The same of four vectors at once: their sums end in the first lanes of the first (a), third
     * (b), second (c) and fourth (d) quarter.
     */
    private static FloatVector addLanes(
            FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
        FloatVector ab = a.blend(b, UPPER_2).add(b.blend(a, UPPER_2).rearrange(SWAP_2));
        FloatVector cd = c.blend(d, UPPER_2).add(d.blend(c, UPPER_2).rearrange(SWAP_2));
        FloatVector x = ab.blend(cd, UPPER_4).add(cd.blend(ab, UPPER_4).rearrange(SWAP_4));
        if (LANES >= 8) {
            x = x.add(x.rearrange(SWAP_8));
        }
        if (LANES >= 16) {
            x = x.add(x.rearrange(SWAP_16));
        }
        return x;
    }

    /** Every lane changes places with the one that is so many lanes away. */
    private static VectorShuffle<Float> exchange(int lanes) {
        return VectorShuffle.fromOp(SPECIES, lane -> lane ^ lanes);
    }

    /** The upper half of every group of twice so many lanes. */
    private static VectorMask<Float> upper(int lanes) {
        long bits = 0;
        for (int lane = 0; lane < LANES; lane++) {
            bits |= (lane & lanes) != 0 ? 1L << lane : 0;
        }
        return VectorMask.fromLong(SPECIES, bits);
    }
}
