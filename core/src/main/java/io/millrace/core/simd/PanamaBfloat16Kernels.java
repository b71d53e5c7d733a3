package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link CompactKernels} for bfloat16 with the Vector API. Numbers are taken out of words of 32
 * bits by shifts, so that whole numbers and floats stay in vectors of one shape (see {@link
 * PanamaCodeKernels}). A row is added up in two sums of one vector each; the batch forms take two
 * rows at once, whose last steps they share as {@link PanamaVectorKernels} does.
 */
final class PanamaBfloat16Kernels implements CompactKernels {
    static final VectorSpecies<Float> FLOATS = PanamaVectorKernels.SPECIES;
    static final VectorSpecies<Integer> INTS =
            FLOATS.length() == IntVector.SPECIES_PREFERRED.length()
                    ? IntVector.SPECIES_PREFERRED
                    : IntVector.SPECIES_512;
    static final int LANES = FLOATS.length();
    private static final int LINE_NUMBERS = 2 * LINE_WORDS;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** The bits of a number that stands in the upper half of a word. */
    private static final int UPPER_HALF = 0xFFFF_0000;

    /** Reads and writes rows where speed does not matter. */
    private static final CompactKernels SCALAR = new ScalarCompactKernels.Bfloat16();

    @Override
    public String name() {
        return "panama-" + FLOATS.vectorBitSize() + "-bfloat16";
    }

    @Override
    public int lineNumbers() {
        return LINE_NUMBERS;
    }

    @Override
    public long rowBytes(int length) {
        return SCALAR.rowBytes(length);
    }

    @Override
    public void encode(float[] source, MemorySegment rows, long offset, int length) {
        SCALAR.encode(source, rows, offset, length);
    }

    @Override
    public void decode(MemorySegment rows, long offset, float[] target, int length) {
        for (int word = 0; word < length / 2; word += LANES) {
            IntVector words =
                    IntVector.fromMemorySegment(
                            INTS, rows, offset + (long) word * Integer.BYTES, ORDER);
            int i = 2 * word - (word & LINE_WORDS - 1);
            lower(words).intoArray(target, i);
            upper(words).intoArray(target, i + LINE_WORDS);
        }
    }

    @Override
    public float dot(float[] query, MemorySegment rows, long offset, int length) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        for (int word = 0; word < length / 2; word += LANES) {
            IntVector words =
                    IntVector.fromMemorySegment(
                            INTS, rows, offset + (long) word * Integer.BYTES, ORDER);
            int i = 2 * word - (word & LINE_WORDS - 1);
            sum0 = load(query, i).fma(lower(words), sum0);
            sum1 = load(query, i + LINE_WORDS).fma(upper(words), sum1);
        }
        return PanamaVectorKernels.addLanes(sum0.add(sum1));
    }

    @Override
    public float squaredDistance(float[] query, MemorySegment rows, long offset, int length) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        for (int word = 0; word < length / 2; word += LANES) {
            IntVector words =
                    IntVector.fromMemorySegment(
                            INTS, rows, offset + (long) word * Integer.BYTES, ORDER);
            int i = 2 * word - (word & LINE_WORDS - 1);
            sum0 = PanamaVectorKernels.addSquare(load(query, i), lower(words), sum0);
            sum1 = PanamaVectorKernels.addSquare(load(query, i + LINE_WORDS), upper(words), sum1);
        }
        return PanamaVectorKernels.addLanes(sum0.add(sum1));
    }

    @Override
    public float dot(MemorySegment rows, long a, long b, int length) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        for (int word = 0; word < length / 2; word += LANES) {
            long at = (long) word * Integer.BYTES;
            IntVector aWords = IntVector.fromMemorySegment(INTS, rows, a + at, ORDER);
            IntVector bWords = IntVector.fromMemorySegment(INTS, rows, b + at, ORDER);
            sum0 = lower(aWords).fma(lower(bWords), sum0);
            sum1 = upper(aWords).fma(upper(bWords), sum1);
        }
        return PanamaVectorKernels.addLanes(sum0.add(sum1));
    }

    @Override
    public float squaredDistance(MemorySegment rows, long a, long b, int length) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        for (int word = 0; word < length / 2; word += LANES) {
            long at = (long) word * Integer.BYTES;
            IntVector aWords = IntVector.fromMemorySegment(INTS, rows, a + at, ORDER);
            IntVector bWords = IntVector.fromMemorySegment(INTS, rows, b + at, ORDER);
            sum0 = PanamaVectorKernels.addSquare(lower(aWords), lower(bWords), sum0);
            sum1 = PanamaVectorKernels.addSquare(upper(aWords), upper(bWords), sum1);
        }
        return PanamaVectorKernels.addLanes(sum0.add(sum1));
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
        for (; row <= count - 2; row += 2) {
            long a = base + ordinals[from + row] * stride;
            long b = base + ordinals[from + row + 1] * stride;
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            for (int word = 0; word < length / 2; word += LANES) {
                long at = (long) word * Integer.BYTES;
                IntVector aWords = IntVector.fromMemorySegment(INTS, rows, a + at, ORDER);
                IntVector bWords = IntVector.fromMemorySegment(INTS, rows, b + at, ORDER);
                int i = 2 * word - (word & LINE_WORDS - 1);
                FloatVector x0 = load(query, i);
                a0 = x0.fma(lower(aWords), a0);
                b0 = x0.fma(lower(bWords), b0);
                FloatVector x1 = load(query, i + LINE_WORDS);
                a1 = x1.fma(upper(aWords), a1);
                b1 = x1.fma(upper(bWords), b1);
            }
            FloatVector sums = PanamaVectorKernels.addLanes(a0.add(a1), b0.add(b1));
            out[row] = sums.lane(0);
            out[row + 1] = sums.lane(LANES / 2);
        }
        if (row < count) {
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
        for (; row <= count - 2; row += 2) {
            long a = base + ordinals[from + row] * stride;
            long b = base + ordinals[from + row + 1] * stride;
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            for (int word = 0; word < length / 2; word += LANES) {
                long at = (long) word * Integer.BYTES;
                IntVector aWords = IntVector.fromMemorySegment(INTS, rows, a + at, ORDER);
                IntVector bWords = IntVector.fromMemorySegment(INTS, rows, b + at, ORDER);
                int i = 2 * word - (word & LINE_WORDS - 1);
                FloatVector x0 = load(query, i);
                a0 = PanamaVectorKernels.addSquare(x0, lower(aWords), a0);
                b0 = PanamaVectorKernels.addSquare(x0, lower(bWords), b0);
                FloatVector x1 = load(query, i + LINE_WORDS);
                a1 = PanamaVectorKernels.addSquare(x1, upper(aWords), a1);
                b1 = PanamaVectorKernels.addSquare(x1, upper(bWords), b1);
            }
            FloatVector sums = PanamaVectorKernels.addLanes(a0.add(a1), b0.add(b1));
            out[row] = sums.lane(0);
            out[row + 1] = sums.lane(LANES / 2);
        }
        if (row < count) {
            out[row] = squaredDistance(query, rows, base + ordinals[from + row] * stride, length);
        }
    }

    private static FloatVector load(float[] x, int index) {
        return FloatVector.fromArray(FLOATS, x, index);
    }

    static FloatVector lower(IntVector words) {
        return words.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
    }

    static FloatVector upper(IntVector words) {
        return words.and(UPPER_HALF).reinterpretAsFloats();
    }
}
