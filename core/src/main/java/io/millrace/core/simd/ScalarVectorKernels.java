package io.millrace.core.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** {@link VectorKernels} in plain loops: the reference, and what runs without the Vector API. */
final class ScalarVectorKernels implements VectorKernels {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final float SMALLEST_NORM = 1e-16f;
    private static final float LARGEST_NORM = 1e18f;

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int vectorBits() {
        return Float.SIZE;
    }

    @Override
    public float dot(float[] a, int aIndex, float[] b, int bIndex, int length) {
        float sum = 0;
        for (int i = 0; i < length; i++) {
            sum += a[aIndex + i] * b[bIndex + i];
        }
        return sum;
    }

    @Override
    public float squaredDistance(float[] a, int aIndex, float[] b, int bIndex, int length) {
        float sum = 0;
        for (int i = 0; i < length; i++) {
            float difference = a[aIndex + i] - b[bIndex + i];
            sum += difference * difference;
        }
        return sum;
    }

    @Override
    public float dot(float[] query, MemorySegment rows, long offset, int length) {
        float sum = 0;
        for (int i = 0; i < length; i++) {
            sum += query[i] * rows.get(FLOAT, offset + (long) i * Float.BYTES);
        }
        return sum;
    }

    @Override
    public float squaredDistance(float[] query, MemorySegment rows, long offset, int length) {
        float sum = 0;
        for (int i = 0; i < length; i++) {
            float difference = query[i] - rows.get(FLOAT, offset + (long) i * Float.BYTES);
            sum += difference * difference;
        }
        return sum;
    }

    @Override
    public float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
        float sum = 0;
        for (int i = 0; i < length; i++) {
            long at = (long) i * Float.BYTES;
            sum += a.get(FLOAT, aOffset + at) * b.get(FLOAT, bOffset + at);
        }
        return sum;
    }

    @Override
    public float squaredDistance(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
        float sum = 0;
        for (int i = 0; i < length; i++) {
            long at = (long) i * Float.BYTES;
            float difference = a.get(FLOAT, aOffset + at) - b.get(FLOAT, bOffset + at);
            sum += difference * difference;
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
        for (int i = 0; i < length; i++) {
            y[yIndex + i] = Math.fma(scale, x[xIndex + i], y[yIndex + i]);
        }
    }

    @Override
    public float normalise(float[] x, int index, int length) {
        float norm = (float) Math.sqrt(dot(x, index, x, index, length));
        if (isSquareLossy(norm)) {
            return normaliseInDouble(x, index, length);
        }
        for (int i = index; i < index + length; i++) {
            x[i] /= norm;
        }
        return norm;
    }

    /** Whether squares of such a size have left the range where a float is exact enough. */
    static boolean isSquareLossy(float norm) {
        return !(norm > SMALLEST_NORM && norm < LARGEST_NORM);
    }

    /** Squares of any float fit a double. */
    static float normaliseInDouble(float[] x, int index, int length) {
        double squares = 0;
        for (int i = index; i < index + length; i++) {
            squares += (double) x[i] * x[i];
        }
        double norm = Math.sqrt(squares);
        if (norm > 0) {
            for (int i = index; i < index + length; i++) {
                x[i] = (float) (x[i] / norm);
            }
        }
        return (float) norm;
    }
}
