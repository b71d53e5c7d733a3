package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@link VectorKernels} with the Vector API: blocks of 4 vectors into 4 sums, then single vectors
 * into the first sum, then single elements.
 *
 * <p>Lanes are added up by rotations instead of {@code reduceLanes}, whose order is not defined and
 * does differ between the interpreter and compiled code: a distance must not change its last bit
 * while a graph is built.
 */
final class PanamaVectorKernels implements VectorKernels {
    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.vectorBitSize() > 512
                    ? FloatVector.SPECIES_512
                    : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int BLOCK = 4 * LANES;
    private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;
    private static final VectorShuffle<Float> ROTATE_8 = rotation(8);
    private static final VectorShuffle<Float> ROTATE_4 = rotation(4);
    private static final VectorShuffle<Float> ROTATE_2 = rotation(2);
    private static final VectorShuffle<Float> ROTATE_1 = rotation(1);
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
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            sum0 = load(a, aIndex + i).fma(load(b, bIndex + i), sum0);
            sum1 = load(a, aIndex + i + LANES).fma(load(b, bIndex + i + LANES), sum1);
            sum2 = load(a, aIndex + i + 2 * LANES).fma(load(b, bIndex + i + 2 * LANES), sum2);
            sum3 = load(a, aIndex + i + 3 * LANES).fma(load(b, bIndex + i + 3 * LANES), sum3);
        }
        for (; i <= length - LANES; i += LANES) {
            sum0 = load(a, aIndex + i).fma(load(b, bIndex + i), sum0);
        }
        float sum = addLanes(sum0.add(sum1).add(sum2.add(sum3)));
        for (; i < length; i++) {
            sum = Math.fma(a[aIndex + i], b[bIndex + i], sum);
        }
        return sum;
    }

    @Override
    public float squaredDistance(float[] a, int aIndex, float[] b, int bIndex, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            sum0 = addSquare(load(a, aIndex + i), load(b, bIndex + i), sum0);
            sum1 = addSquare(load(a, aIndex + i + LANES), load(b, bIndex + i + LANES), sum1);
            sum2 =
                    addSquare(
                            load(a, aIndex + i + 2 * LANES), load(b, bIndex + i + 2 * LANES), sum2);
            sum3 =
                    addSquare(
                            load(a, aIndex + i + 3 * LANES), load(b, bIndex + i + 3 * LANES), sum3);
        }
        for (; i <= length - LANES; i += LANES) {
            sum0 = addSquare(load(a, aIndex + i), load(b, bIndex + i), sum0);
        }
        float sum = addLanes(sum0.add(sum1).add(sum2.add(sum3)));
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
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            long at = offset + (long) i * Float.BYTES;
            sum0 = load(query, i).fma(load(rows, at), sum0);
            sum1 = load(query, i + LANES).fma(load(rows, at + VECTOR_BYTES), sum1);
            sum2 = load(query, i + 2 * LANES).fma(load(rows, at + 2 * VECTOR_BYTES), sum2);
            sum3 = load(query, i + 3 * LANES).fma(load(rows, at + 3 * VECTOR_BYTES), sum3);
        }
        for (; i <= length - LANES; i += LANES) {
            sum0 = load(query, i).fma(load(rows, offset + (long) i * Float.BYTES), sum0);
        }
        float sum = addLanes(sum0.add(sum1).add(sum2.add(sum3)));
        for (; i < length; i++) {
            sum = Math.fma(query[i], rows.get(FLOAT, offset + (long) i * Float.BYTES), sum);
        }
        return sum;
    }

    @Override
    public float squaredDistance(float[] query, MemorySegment rows, long offset, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            long at = offset + (long) i * Float.BYTES;
            sum0 = addSquare(load(query, i), load(rows, at), sum0);
            sum1 = addSquare(load(query, i + LANES), load(rows, at + VECTOR_BYTES), sum1);
            sum2 = addSquare(load(query, i + 2 * LANES), load(rows, at + 2 * VECTOR_BYTES), sum2);
            sum3 = addSquare(load(query, i + 3 * LANES), load(rows, at + 3 * VECTOR_BYTES), sum3);
        }
        for (; i <= length - LANES; i += LANES) {
            sum0 = addSquare(load(query, i), load(rows, offset + (long) i * Float.BYTES), sum0);
        }
        float sum = addLanes(sum0.add(sum1).add(sum2.add(sum3)));
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
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            long x = aOffset + (long) i * Float.BYTES;
            long y = bOffset + (long) i * Float.BYTES;
            sum0 = load(a, x).fma(load(b, y), sum0);
            sum1 = load(a, x + VECTOR_BYTES).fma(load(b, y + VECTOR_BYTES), sum1);
            sum2 = load(a, x + 2 * VECTOR_BYTES).fma(load(b, y + 2 * VECTOR_BYTES), sum2);
            sum3 = load(a, x + 3 * VECTOR_BYTES).fma(load(b, y + 3 * VECTOR_BYTES), sum3);
        }
        for (; i <= length - LANES; i += LANES) {
            long at = (long) i * Float.BYTES;
            sum0 = load(a, aOffset + at).fma(load(b, bOffset + at), sum0);
        }
        float sum = addLanes(sum0.add(sum1).add(sum2.add(sum3)));
        for (; i < length; i++) {
            long at = (long) i * Float.BYTES;
            sum = Math.fma(a.get(FLOAT, aOffset + at), b.get(FLOAT, bOffset + at), sum);
        }
        return sum;
    }

    @Override
    public float squaredDistance(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int i = 0;
        for (; i <= length - BLOCK; i += BLOCK) {
            long x = aOffset + (long) i * Float.BYTES;
            long y = bOffset + (long) i * Float.BYTES;
            sum0 = addSquare(load(a, x), load(b, y), sum0);
            sum1 = addSquare(load(a, x + VECTOR_BYTES), load(b, y + VECTOR_BYTES), sum1);
            sum2 = addSquare(load(a, x + 2 * VECTOR_BYTES), load(b, y + 2 * VECTOR_BYTES), sum2);
            sum3 = addSquare(load(a, x + 3 * VECTOR_BYTES), load(b, y + 3 * VECTOR_BYTES), sum3);
        }
        for (; i <= length - LANES; i += LANES) {
            long at = (long) i * Float.BYTES;
            sum0 = addSquare(load(a, aOffset + at), load(b, bOffset + at), sum0);
        }
        float sum = addLanes(sum0.add(sum1).add(sum2.add(sum3)));
        for (; i < length; i++) {
            long at = (long) i * Float.BYTES;
            float difference = a.get(FLOAT, aOffset + at) - b.get(FLOAT, bOffset + at);
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
        for (int i = 0; i < count; i++) {
            out[i] = dot(query, rows, base + ordinals[from + i] * stride, length);
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
        for (int i = 0; i < count; i++) {
            out[i] = squaredDistance(query, rows, base + ordinals[from + i] * stride, length);
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

    private static float addLanes(FloatVector x) {
        if (LANES >= 16) {
            x = x.add(x.rearrange(ROTATE_8));
        }
        if (LANES >= 8) {
            x = x.add(x.rearrange(ROTATE_4));
        }
        if (LANES >= 4) {
            x = x.add(x.rearrange(ROTATE_2));
        }
        return x.add(x.rearrange(ROTATE_1)).lane(0);
    }

    private static VectorShuffle<Float> rotation(int lanes) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane + lanes) & (LANES - 1));
    }
}
