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
 * into one: their sums end in the first lanes of the first (a), third (b), second (c) and fourth
 * (d) quarter.
 *
 * <p>The loops are written out for each kind of operand, and the batch forms call no method of
 * their own that takes or gives a vector: past 18,000 nodes the compiler inlines nothing but what
 * the JDK itself marks, and a vector that crosses a call is an object.
 */
final class PanamaVectorKernels implements VectorKernels {
    static final VectorSpecies<Float> SPECIES =
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
                FloatVector x = FloatVector.fromArray(SPECIES, query, i);
                FloatVector y = FloatVector.fromArray(SPECIES, query, i + LANES);
                a0 = x.fma(FloatVector.fromMemorySegment(SPECIES, rows, a + at, ORDER), a0);
                a1 =
                        y.fma(
                                FloatVector.fromMemorySegment(
                                        SPECIES, rows, a + at + VECTOR_BYTES, ORDER),
                                a1);
                b0 = x.fma(FloatVector.fromMemorySegment(SPECIES, rows, b + at, ORDER), b0);
                b1 =
                        y.fma(
                                FloatVector.fromMemorySegment(
                                        SPECIES, rows, b + at + VECTOR_BYTES, ORDER),
                                b1);
                c0 = x.fma(FloatVector.fromMemorySegment(SPECIES, rows, c + at, ORDER), c0);
                c1 =
                        y.fma(
                                FloatVector.fromMemorySegment(
                                        SPECIES, rows, c + at + VECTOR_BYTES, ORDER),
                                c1);
                d0 = x.fma(FloatVector.fromMemorySegment(SPECIES, rows, d + at, ORDER), d0);
                d1 =
                        y.fma(
                                FloatVector.fromMemorySegment(
                                        SPECIES, rows, d + at + VECTOR_BYTES, ORDER),
                                d1);
            }
            if (i <= length - LANES) {
                long at = (long) i * Float.BYTES;
                FloatVector x = FloatVector.fromArray(SPECIES, query, i);
                a0 = x.fma(FloatVector.fromMemorySegment(SPECIES, rows, a + at, ORDER), a0);
                b0 = x.fma(FloatVector.fromMemorySegment(SPECIES, rows, b + at, ORDER), b0);
                c0 = x.fma(FloatVector.fromMemorySegment(SPECIES, rows, c + at, ORDER), c0);
                d0 = x.fma(FloatVector.fromMemorySegment(SPECIES, rows, d + at, ORDER), d0);
                i += LANES;
            }
            FloatVector sumA = a0.add(a1);
            FloatVector sumB = b0.add(b1);
            FloatVector sumC = c0.add(c1);
            FloatVector sumD = d0.add(d1);
            FloatVector ab =
                    sumA.blend(sumB, UPPER_2).add(sumB.blend(sumA, UPPER_2).rearrange(SWAP_2));
            FloatVector cd =
                    sumC.blend(sumD, UPPER_2).add(sumD.blend(sumC, UPPER_2).rearrange(SWAP_2));
            FloatVector sums = ab.blend(cd, UPPER_4).add(cd.blend(ab, UPPER_4).rearrange(SWAP_4));
            if (LANES >= 8) {
                sums = sums.add(sums.rearrange(SWAP_8));
            }
            if (LANES >= 16) {
                sums = sums.add(sums.rearrange(SWAP_16));
            }
            float totalA = sums.lane(0);
            float totalB = sums.lane(LANES / 2);
            float totalC = sums.lane(LANES / 4);
            float totalD = sums.lane(LANES / 2 + LANES / 4);
            for (; i < length; i++) {
                long at = (long) i * Float.BYTES;
                float x = query[i];
                totalA = Math.fma(x, rows.get(FLOAT, a + at), totalA);
                totalB = Math.fma(x, rows.get(FLOAT, b + at), totalB);
                totalC = Math.fma(x, rows.get(FLOAT, c + at), totalC);
                totalD = Math.fma(x, rows.get(FLOAT, d + at), totalD);
            }
            out[row] = totalA;
            out[row + 1] = totalB;
            out[row + 2] = totalC;
            out[row + 3] = totalD;
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
                FloatVector x = FloatVector.fromArray(SPECIES, query, i);
                FloatVector y = FloatVector.fromArray(SPECIES, query, i + LANES);
                FloatVector a0Off =
                        x.sub(FloatVector.fromMemorySegment(SPECIES, rows, a + at, ORDER));
                a0 = a0Off.fma(a0Off, a0);
                FloatVector a1Off =
                        y.sub(
                                FloatVector.fromMemorySegment(
                                        SPECIES, rows, a + at + VECTOR_BYTES, ORDER));
                a1 = a1Off.fma(a1Off, a1);
                FloatVector b0Off =
                        x.sub(FloatVector.fromMemorySegment(SPECIES, rows, b + at, ORDER));
                b0 = b0Off.fma(b0Off, b0);
                FloatVector b1Off =
                        y.sub(
                                FloatVector.fromMemorySegment(
                                        SPECIES, rows, b + at + VECTOR_BYTES, ORDER));
                b1 = b1Off.fma(b1Off, b1);
                FloatVector c0Off =
                        x.sub(FloatVector.fromMemorySegment(SPECIES, rows, c + at, ORDER));
                c0 = c0Off.fma(c0Off, c0);
                FloatVector c1Off =
                        y.sub(
                                FloatVector.fromMemorySegment(
                                        SPECIES, rows, c + at + VECTOR_BYTES, ORDER));
                c1 = c1Off.fma(c1Off, c1);
                FloatVector d0Off =
                        x.sub(FloatVector.fromMemorySegment(SPECIES, rows, d + at, ORDER));
                d0 = d0Off.fma(d0Off, d0);
                FloatVector d1Off =
                        y.sub(
                                FloatVector.fromMemorySegment(
                                        SPECIES, rows, d + at + VECTOR_BYTES, ORDER));
                d1 = d1Off.fma(d1Off, d1);
            }
            if (i <= length - LANES) {
                long at = (long) i * Float.BYTES;
                FloatVector x = FloatVector.fromArray(SPECIES, query, i);
                FloatVector a0Off =
                        x.sub(FloatVector.fromMemorySegment(SPECIES, rows, a + at, ORDER));
                a0 = a0Off.fma(a0Off, a0);
                FloatVector b0Off =
                        x.sub(FloatVector.fromMemorySegment(SPECIES, rows, b + at, ORDER));
                b0 = b0Off.fma(b0Off, b0);
                FloatVector c0Off =
                        x.sub(FloatVector.fromMemorySegment(SPECIES, rows, c + at, ORDER));
                c0 = c0Off.fma(c0Off, c0);
                FloatVector d0Off =
                        x.sub(FloatVector.fromMemorySegment(SPECIES, rows, d + at, ORDER));
                d0 = d0Off.fma(d0Off, d0);
                i += LANES;
            }
            FloatVector sumA = a0.add(a1);
            FloatVector sumB = b0.add(b1);
            FloatVector sumC = c0.add(c1);
            FloatVector sumD = d0.add(d1);
            FloatVector ab =
                    sumA.blend(sumB, UPPER_2).add(sumB.blend(sumA, UPPER_2).rearrange(SWAP_2));
            FloatVector cd =
                    sumC.blend(sumD, UPPER_2).add(sumD.blend(sumC, UPPER_2).rearrange(SWAP_2));
            FloatVector sums = ab.blend(cd, UPPER_4).add(cd.blend(ab, UPPER_4).rearrange(SWAP_4));
            if (LANES >= 8) {
                sums = sums.add(sums.rearrange(SWAP_8));
            }
            if (LANES >= 16) {
                sums = sums.add(sums.rearrange(SWAP_16));
            }
            float totalA = sums.lane(0);
            float totalB = sums.lane(LANES / 2);
            float totalC = sums.lane(LANES / 4);
            float totalD = sums.lane(LANES / 2 + LANES / 4);
            for (; i < length; i++) {
                long at = (long) i * Float.BYTES;
                float x = query[i];
                totalA = addSquare(x - rows.get(FLOAT, a + at), totalA);
                totalB = addSquare(x - rows.get(FLOAT, b + at), totalB);
                totalC = addSquare(x - rows.get(FLOAT, c + at), totalC);
                totalD = addSquare(x - rows.get(FLOAT, d + at), totalD);
            }
            out[row] = totalA;
            out[row + 1] = totalB;
            out[row + 2] = totalC;
            out[row + 3] = totalD;
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

    static FloatVector addSquare(FloatVector a, FloatVector b, FloatVector sum) {
        FloatVector difference = a.sub(b);
        return difference.fma(difference, sum);
    }

    private static float addSquare(float difference, float sum) {
        return Math.fma(difference, difference, sum);
    }

    /** The sum of all lanes, of which each step leaves half. */
    static float addLanes(FloatVector x) {
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

    /** The sums of two vectors, added up as each alone, in the first lanes of both halves. */
    static FloatVector addLanes(FloatVector a, FloatVector b) {
        FloatVector x = a.blend(b, UPPER_2).add(b.blend(a, UPPER_2).rearrange(SWAP_2));
        x = x.add(x.rearrange(SWAP_4));
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
