package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link ElementKernels} with the Vector API. What is left of a row is read as a whole vector,
 * where there is one, and written under a mask; at the end of an array or table it goes in plain
 * loops.
 *
 * <p>What a loop carries on is an operand and never what a method is called on: its class is not
 * known before the loop is compiled, and where the compiler has not seen enough calls to guess it
 * from them, each step makes an object, for as long as the process lives.
 */
final class PanamaElementKernels implements ElementKernels {
    /** Never wider than 16 lanes, the partial sums of the contract. */
    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > ScalarElementKernels.PARTS
                    ? FloatVector.SPECIES_512
                    : FloatVector.SPECIES_PREFERRED;

    private static final int LANES = SPECIES.length();
    private static final int PARTS = ScalarElementKernels.PARTS;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ScalarElementKernels SCALAR = new ScalarElementKernels();

    @Override
    public String name() {
        return "panama-" + SPECIES.vectorBitSize();
    }

    @Override
    public float max(float[] x, int offset, int length) {
        FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            largest = FloatVector.fromArray(SPECIES, x, offset + i).max(largest);
        }
        float result = largest.reduceLanes(VectorOperators.MAX);
        for (; i < length; i++) {
            result = Math.max(result, x[offset + i]);
        }
        return result;
    }

    @Override
    public float exponentials(float[] x, int offset, int length, float shift) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            exponential(FloatVector.fromArray(SPECIES, x, offset + i).sub(shift))
                    .intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            x[offset + i] = Exponential.of(x[offset + i] - shift);
        }
        return sum(x, offset, length);
    }

    /** By itself, so that it stays small enough to be compiled without boxes. */
    private static float sum(float[] x, int offset, int length) {
        // As many vectors as it takes to hold 16 partial sums.
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i <= length - PARTS; i += PARTS) {
            int at = offset + i;
            s0 = FloatVector.fromArray(SPECIES, x, at).add(s0);
            if (LANES <= 8) {
                s1 = FloatVector.fromArray(SPECIES, x, at + LANES).add(s1);
            }
            if (LANES <= 4) {
                s2 = FloatVector.fromArray(SPECIES, x, at + 2 * LANES).add(s2);
                s3 = FloatVector.fromArray(SPECIES, x, at + 3 * LANES).add(s3);
            }
        }
        float sum =
                switch (LANES) {
                    case 16 -> addHalves16(s0);
                    case 8 -> addHalves8(s0.add(s1));
                    default -> addHalves4(s0.add(s2).add(s1.add(s3)));
                };
        for (; i < length; i++) {
            sum += x[offset + i];
        }
        return sum;
    }

    private static float addHalves16(FloatVector v) {
        float a0 = (v.lane(0) + v.lane(8)) + (v.lane(4) + v.lane(12));
        float a1 = (v.lane(1) + v.lane(9)) + (v.lane(5) + v.lane(13));
        float a2 = (v.lane(2) + v.lane(10)) + (v.lane(6) + v.lane(14));
        float a3 = (v.lane(3) + v.lane(11)) + (v.lane(7) + v.lane(15));
        return (a0 + a2) + (a1 + a3);
    }

    private static float addHalves8(FloatVector v) {
        float a0 = v.lane(0) + v.lane(4);
        float a1 = v.lane(1) + v.lane(5);
        float a2 = v.lane(2) + v.lane(6);
        float a3 = v.lane(3) + v.lane(7);
        return (a0 + a2) + (a1 + a3);
    }

    private static float addHalves4(FloatVector v) {
        return (v.lane(0) + v.lane(2)) + (v.lane(1) + v.lane(3));
    }

    @Override
    public void sigmoids(float[] x, int offset, int length) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector value = FloatVector.fromArray(SPECIES, x, offset + i);
            one.div(exponential(value.neg()).add(1f)).intoArray(x, offset + i);
        }
        SCALAR.sigmoids(x, offset + i, length - i);
    }

    @Override
    public void tangents(float[] x, int offset, int length) {
        FloatVector two = FloatVector.broadcast(SPECIES, 2f);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector value = FloatVector.fromArray(SPECIES, x, offset + i);
            two.div(exponential(value.mul(-2f)).add(1f)).sub(1f).intoArray(x, offset + i);
        }
        SCALAR.tangents(x, offset + i, length - i);
    }

    private static FloatVector exponential(FloatVector value) {
        FloatVector x = value.max(Exponential.LEAST).min(Exponential.MOST);
        FloatVector shifted =
                x.fma(
                        FloatVector.broadcast(SPECIES, Exponential.LOG2_E),
                        FloatVector.broadcast(SPECIES, Exponential.ROUNDER));
        FloatVector n = shifted.sub(Exponential.ROUNDER);
        FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -Exponential.LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(SPECIES, -Exponential.LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(SPECIES, Exponential.C6);
        p = p.fma(r, FloatVector.broadcast(SPECIES, Exponential.C5));
        p = p.fma(r, FloatVector.broadcast(SPECIES, Exponential.C4));
        p = p.fma(r, FloatVector.broadcast(SPECIES, Exponential.C3));
        p = p.fma(r, FloatVector.broadcast(SPECIES, Exponential.C2));
        p = p.fma(r, FloatVector.broadcast(SPECIES, Exponential.C1));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent =
                shifted.viewAsIntegralLanes()
                        .reinterpretAsInts()
                        .sub(Exponential.ROUNDER_BITS - 127);
        return p.mul(exponent.lanewise(VectorOperators.LSHL, 23).viewAsFloatingLanes());
    }

    @Override
    public void rectify(float[] x, int offset, int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, x, offset + i).max(0f).intoArray(x, offset + i);
        }
        SCALAR.rectify(x, offset + i, length - i);
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
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, base, baseOffset + i)
                    .fma(
                            FloatVector.fromArray(SPECIES, to, toOffset + i),
                            FloatVector.fromArray(SPECIES, previous, previousOffset + i))
                    .intoArray(to, toOffset + i);
        }
        SCALAR.cross(
                base, baseOffset + i, previous, previousOffset + i, to, toOffset + i, length - i);
    }

    @Override
    public void scale(float factor, float[] x, int offset, int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, x, offset + i).mul(factor).intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            x[offset + i] *= factor;
        }
    }

    @Override
    public void copyRow(
            MemorySegment table, long byteOffset, float[] to, int toOffset, int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector.fromMemorySegment(SPECIES, table, bytes(byteOffset, i), ORDER)
                    .intoArray(to, toOffset + i);
        }
        if (i < length && isVectorAt(table, bytes(byteOffset, i), to, toOffset + i)) {
            FloatVector.fromMemorySegment(SPECIES, table, bytes(byteOffset, i), ORDER)
                    .intoArray(to, toOffset + i, lanes(length - i));
            return;
        }
        for (; i < length; i++) {
            to[toOffset + i] = table.get(ScalarElementKernels.FLOAT, bytes(byteOffset, i));
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
        FloatVector factors = FloatVector.broadcast(SPECIES, factor);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector.fromMemorySegment(SPECIES, table, bytes(byteOffset, i), ORDER)
                    .fma(factors, FloatVector.fromArray(SPECIES, to, toOffset + i))
                    .intoArray(to, toOffset + i);
        }
        if (i < length && isVectorAt(table, bytes(byteOffset, i), to, toOffset + i)) {
            FloatVector.fromMemorySegment(SPECIES, table, bytes(byteOffset, i), ORDER)
                    .fma(factors, FloatVector.fromArray(SPECIES, to, toOffset + i))
                    .intoArray(to, toOffset + i, lanes(length - i));
            return;
        }
        for (; i < length; i++) {
            float number = table.get(ScalarElementKernels.FLOAT, bytes(byteOffset, i));
            to[toOffset + i] = Math.fma(factor, number, to[toOffset + i]);
        }
    }

    /** Whether a whole vector can be read there, be it more than what is asked for. */
    private static boolean isVectorAt(
            MemorySegment table, long byteOffset, float[] row, int offset) {
        return byteOffset + bytes(0, LANES) <= table.byteSize() && offset + LANES <= row.length;
    }

    /** The first lanes. */
    static VectorMask<Float> lanes(int count) {
        return VectorMask.fromLong(SPECIES, (1L << count) - 1);
    }

    private static long bytes(long byteOffset, int element) {
        return byteOffset + (long) Float.BYTES * element;
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
        FloatVector meanDecay = FloatVector.broadcast(SPECIES, step.meanDecay());
        FloatVector squareDecay = FloatVector.broadcast(SPECIES, step.squareDecay());
        float meanShare = 1 - step.meanDecay();
        float squareShare = 1 - step.squareDecay();
        float rate = step.rate() * step.meanCorrection();
        float correction = step.squareCorrection();
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            int at = offset + i;
            FloatVector g = FloatVector.fromArray(SPECIES, gradient, at);
            FloatVector mean =
                    FloatVector.fromArray(SPECIES, means, at).fma(meanDecay, g.mul(meanShare));
            FloatVector square =
                    FloatVector.fromArray(SPECIES, squares, at)
                            .fma(squareDecay, g.mul(squareShare).mul(g));
            mean.intoArray(means, at);
            square.intoArray(squares, at);
            FloatVector root = square.mul(correction).sqrt().add(AdamStep.EPSILON);
            FloatVector.fromArray(SPECIES, weights, at)
                    .sub(mean.mul(rate).div(root))
                    .intoArray(weights, at);
        }
        SCALAR.adam(weights, means, squares, gradient, offset + i, length - i, step);
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
        FloatVector decay = FloatVector.broadcast(SPECIES, squareDecay);
        FloatVector shrink = FloatVector.broadcast(SPECIES, l2);
        float squareShare = 1 - step.squareDecay();
        float correction = step.squareCorrection();
        float rate = step.rate();
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            long at = bytes(byteOffset, i);
            FloatVector weight = FloatVector.fromMemorySegment(SPECIES, weights, at, ORDER);
            FloatVector g =
                    weight.fma(
                            shrink, FloatVector.fromArray(SPECIES, gradient, gradientOffset + i));
            FloatVector square =
                    FloatVector.fromMemorySegment(SPECIES, squares, at, ORDER)
                            .fma(decay, g.mul(squareShare).mul(g));
            square.intoMemorySegment(squares, at, ORDER);
            FloatVector root = square.mul(correction).sqrt().add(AdamStep.EPSILON);
            weight.sub(g.mul(rate).div(root)).intoMemorySegment(weights, at, ORDER);
        }
        if (i < length && isVectorAt(weights, bytes(byteOffset, i), gradient, gradientOffset + i)) {
            long at = bytes(byteOffset, i);
            VectorMask<Float> rest = lanes(length - i);
            FloatVector weight = FloatVector.fromMemorySegment(SPECIES, weights, at, ORDER);
            FloatVector g =
                    weight.fma(
                            shrink, FloatVector.fromArray(SPECIES, gradient, gradientOffset + i));
            FloatVector square =
                    FloatVector.fromMemorySegment(SPECIES, squares, at, ORDER)
                            .fma(decay, g.mul(squareShare).mul(g));
            square.intoMemorySegment(squares, at, ORDER, rest);
            FloatVector root = square.mul(correction).sqrt().add(AdamStep.EPSILON);
            weight.sub(g.mul(rate).div(root)).intoMemorySegment(weights, at, ORDER, rest);
            return;
        }
        SCALAR.adaptRow(
                weights,
                squares,
                bytes(byteOffset, i),
                length - i,
                gradient,
                gradientOffset + i,
                squareDecay,
                l2,
                step);
    }
}
