package io.millrace.core.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The plain loops that say what {@link ElementKernels} compute, and the oracle of its vector twin.
 */
final class ScalarElementKernels implements ElementKernels {
    static final int PARTS = 16;
    static final ValueLayout.OfFloat FLOAT =
            JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public float max(float[] x, int offset, int length) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = offset; i < offset + length; i++) {
            largest = Math.max(largest, x[i]);
        }
        return largest;
    }

    @Override
    public float exponentials(float[] x, int offset, int length, float shift) {
        float[] parts = new float[PARTS];
        int whole = length - length % PARTS;
        for (int i = 0; i < whole; i++) {
            x[offset + i] = Exponential.of(x[offset + i] - shift);
            parts[i % PARTS] += x[offset + i];
        }
        float sum = addHalves(parts);
        for (int i = whole; i < length; i++) {
            x[offset + i] = Exponential.of(x[offset + i] - shift);
            sum += x[offset + i];
        }
        return sum;
    }

    @Override
    public void sigmoids(float[] x, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            x[i] = 1 / (1 + Exponential.of(-x[i]));
        }
    }

    @Override
    public void tangents(float[] x, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            x[i] = 2 / (1 + Exponential.of(-2 * x[i])) - 1;
        }
    }

    @Override
    public void rectify(float[] x, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            x[i] = Math.max(x[i], 0);
        }
    }

    @Override
    public void cross(
            float[] base,
            int baseOffset,
            float[] previous,
            int previousOffset,
            float[] to,
            int toOffset,
            int length) {
        for (int i = 0; i < length; i++) {
            to[toOffset + i] =
                    Math.fma(base[baseOffset + i], to[toOffset + i], previous[previousOffset + i]);
        }
    }

    @Override
    public void scale(float factor, float[] x, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            x[i] *= factor;
        }
    }

    @Override
    public void copyRow(
            MemorySegment table, long byteOffset, float[] to, int toOffset, int length) {
        for (int i = 0; i < length; i++) {
            to[toOffset + i] = table.get(FLOAT, byteOffset + (long) Float.BYTES * i);
        }
    }

    @Override
    public void addRow(
            float factor,
            MemorySegment table,
            long byteOffset,
            float[] to,
            int toOffset,
            int length) {
        for (int i = 0; i < length; i++) {
            float number = table.get(FLOAT, byteOffset + (long) Float.BYTES * i);
            to[toOffset + i] = Math.fma(factor, number, to[toOffset + i]);
        }
    }

    @Override
    public void adam(
            float[] weights,
            float[] means,
            float[] squares,
            float[] gradient,
            int offset,
            int length,
            AdamStep step) {
        float meanDecay = step.meanDecay();
        float squareDecay = step.squareDecay();
        float meanShare = 1 - meanDecay;
        float squareShare = 1 - squareDecay;
        float rate = step.rate() * step.meanCorrection();
        float correction = step.squareCorrection();
        for (int i = offset; i < offset + length; i++) {
            float g = gradient[i];
            float mean = Math.fma(meanDecay, means[i], meanShare * g);
            float square = Math.fma(squareDecay, squares[i], squareShare * g * g);
            means[i] = mean;
            squares[i] = square;
            float root = (float) Math.sqrt(square * correction) + AdamStep.EPSILON;
            weights[i] -= rate * mean / root;
        }
    }

    @Override
    public void adaptRow(
            MemorySegment weights,
            MemorySegment squares,
            long byteOffset,
            int length,
            float[] gradient,
            int gradientOffset,
            float squareDecay,
            float l2,
            AdamStep step) {
        float squareShare = 1 - step.squareDecay();
        float correction = step.squareCorrection();
        for (int i = 0; i < length; i++) {
            long at = byteOffset + (long) Float.BYTES * i;
            float weight = weights.get(FLOAT, at);
            float g = Math.fma(l2, weight, gradient[gradientOffset + i]);
            float square = Math.fma(squareDecay, squares.get(FLOAT, at), squareShare * g * g);
            squares.set(FLOAT, at, square);
            float root = (float) Math.sqrt(square * correction) + AdamStep.EPSILON;
            weights.set(FLOAT, at, weight - step.rate() * g / root);
        }
    }

    /** Adds 16 partial sums in halves: 8 + 8, 4 + 4, 2 + 2, 1 + 1. */
    static float addHalves(float[] parts) {
        for (int half = PARTS / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                parts[i] += parts[i + half];
            }
        }
        return parts[0];
    }
}
