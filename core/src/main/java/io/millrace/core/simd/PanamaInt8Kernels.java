package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@link CompactKernels} for int8 with the Vector API. Numbers are taken out of words of 32 bits by
 * shifts, so that whole numbers and floats stay in vectors of one shape (see {@link
 * PanamaCodeKernels}). A row is added up in two sums of one vector each; the batch forms take two
 * rows at once, whose last steps they share as {@link PanamaVectorKernels} does.
 */
final class PanamaInt8Kernels implements CompactKernels {
    private static final VectorSpecies<Float> FLOATS = PanamaVectorKernels.SPECIES;
    private static final VectorSpecies<Integer> INTS =
            FLOATS.length() == IntVector.SPECIES_PREFERRED.length()
                    ? IntVector.SPECIES_PREFERRED
                    : IntVector.SPECIES_512;
    private static final int LANES = FLOATS.length();
    private static final int LINE_NUMBERS = 4 * LINE_WORDS;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

    /** Reads and writes rows where speed does not matter. */
    private static final CompactKernels SCALAR = new ScalarCompactKernels.Int8();

    @Override
    public String name() {
        return "panama-" + FLOATS.vectorBitSize() + "-int8";
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
        FloatVector scale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, offset + length));
        for (int word = 0; word < length / Integer.BYTES; word += LANES) {
            IntVector words =
                    IntVector.fromMemorySegment(
                            INTS, rows, offset + (long) word * Integer.BYTES, ORDER);
            int i = 4 * word - 3 * (word & LINE_WORDS - 1);
            numbers(words, 24, scale).intoArray(target, i);
            numbers(words, 16, scale).intoArray(target, i + LINE_WORDS);
            numbers(words, 8, scale).intoArray(target, i + 2 * LINE_WORDS);
            numbers(words, 0, scale).intoArray(target, i + 3 * LINE_WORDS);
        }
    }

    @Override
    public float dot(float[] query, MemorySegment rows, long offset, int length) {
        FloatVector scale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, offset + length));
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        for (int word = 0; word < length / Integer.BYTES; word += LANES) {
            IntVector words =
                    IntVector.fromMemorySegment(
                            INTS, rows, offset + (long) word * Integer.BYTES, ORDER);
            int i = 4 * word - 3 * (word & LINE_WORDS - 1);
            sum0 = load(query, i).fma(numbers(words, 24, scale), sum0);
            sum1 = load(query, i + LINE_WORDS).fma(numbers(words, 16, scale), sum1);
            sum0 = load(query, i + 2 * LINE_WORDS).fma(numbers(words, 8, scale), sum0);
            sum1 = load(query, i + 3 * LINE_WORDS).fma(numbers(words, 0, scale), sum1);
        }
        return PanamaVectorKernels.addLanes(sum0.add(sum1));
    }

    @Override
    public float squaredDistance(float[] query, MemorySegment rows, long offset, int length) {
        FloatVector scale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, offset + length));
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        for (int word = 0; word < length / Integer.BYTES; word += LANES) {
            IntVector words =
                    IntVector.fromMemorySegment(
                            INTS, rows, offset + (long) word * Integer.BYTES, ORDER);
            int i = 4 * word - 3 * (word & LINE_WORDS - 1);
            sum0 = PanamaVectorKernels.addSquare(load(query, i), numbers(words, 24, scale), sum0);
            sum1 =
                    PanamaVectorKernels.addSquare(
                            load(query, i + LINE_WORDS), numbers(words, 16, scale), sum1);
            sum0 =
                    PanamaVectorKernels.addSquare(
                            load(query, i + 2 * LINE_WORDS), numbers(words, 8, scale), sum0);
            sum1 =
                    PanamaVectorKernels.addSquare(
                            load(query, i + 3 * LINE_WORDS), numbers(words, 0, scale), sum1);
        }
        return PanamaVectorKernels.addLanes(sum0.add(sum1));
    }

    @Override
    public float dot(MemorySegment rows, long a, long b, int length) {
        FloatVector aScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, a + length));
        FloatVector bScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, b + length));
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        for (int word = 0; word < length / Integer.BYTES; word += LANES) {
            long at = (long) word * Integer.BYTES;
            IntVector aWords = IntVector.fromMemorySegment(INTS, rows, a + at, ORDER);
            IntVector bWords = IntVector.fromMemorySegment(INTS, rows, b + at, ORDER);
            sum0 = numbers(aWords, 24, aScale).fma(numbers(bWords, 24, bScale), sum0);
            sum1 = numbers(aWords, 16, aScale).fma(numbers(bWords, 16, bScale), sum1);
            sum0 = numbers(aWords, 8, aScale).fma(numbers(bWords, 8, bScale), sum0);
            sum1 = numbers(aWords, 0, aScale).fma(numbers(bWords, 0, bScale), sum1);
        }
        return PanamaVectorKernels.addLanes(sum0.add(sum1));
    }

    @Override
    public float squaredDistance(MemorySegment rows, long a, long b, int length) {
        FloatVector aScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, a + length));
        FloatVector bScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, b + length));
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        for (int word = 0; word < length / Integer.BYTES; word += LANES) {
            long at = (long) word * Integer.BYTES;
            IntVector aWords = IntVector.fromMemorySegment(INTS, rows, a + at, ORDER);
            IntVector bWords = IntVector.fromMemorySegment(INTS, rows, b + at, ORDER);
            sum0 =
                    PanamaVectorKernels.addSquare(
                            numbers(aWords, 24, aScale), numbers(bWords, 24, bScale), sum0);
            sum1 =
                    PanamaVectorKernels.addSquare(
                            numbers(aWords, 16, aScale), numbers(bWords, 16, bScale), sum1);
            sum0 =
                    PanamaVectorKernels.addSquare(
                            numbers(aWords, 8, aScale), numbers(bWords, 8, bScale), sum0);
            sum1 =
                    PanamaVectorKernels.addSquare(
                            numbers(aWords, 0, aScale), numbers(bWords, 0, bScale), sum1);
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
            FloatVector aScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, a + length));
            FloatVector bScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, b + length));
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            for (int word = 0; word < length / Integer.BYTES; word += LANES) {
                long at = (long) word * Integer.BYTES;
                IntVector aWords = IntVector.fromMemorySegment(INTS, rows, a + at, ORDER);
                IntVector bWords = IntVector.fromMemorySegment(INTS, rows, b + at, ORDER);
                int i = 4 * word - 3 * (word & LINE_WORDS - 1);
                FloatVector x0 = load(query, i);
                a0 = x0.fma(numbers(aWords, 24, aScale), a0);
                b0 = x0.fma(numbers(bWords, 24, bScale), b0);
                FloatVector x1 = load(query, i + LINE_WORDS);
                a1 = x1.fma(numbers(aWords, 16, aScale), a1);
                b1 = x1.fma(numbers(bWords, 16, bScale), b1);
                FloatVector x2 = load(query, i + 2 * LINE_WORDS);
                a0 = x2.fma(numbers(aWords, 8, aScale), a0);
                b0 = x2.fma(numbers(bWords, 8, bScale), b0);
                FloatVector x3 = load(query, i + 3 * LINE_WORDS);
                a1 = x3.fma(numbers(aWords, 0, aScale), a1);
                b1 = x3.fma(numbers(bWords, 0, bScale), b1);
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
            FloatVector aScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, a + length));
            FloatVector bScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, b + length));
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            for (int word = 0; word < length / Integer.BYTES; word += LANES) {
                long at = (long) word * Integer.BYTES;
                IntVector aWords = IntVector.fromMemorySegment(INTS, rows, a + at, ORDER);
                IntVector bWords = IntVector.fromMemorySegment(INTS, rows, b + at, ORDER);
                int i = 4 * word - 3 * (word & LINE_WORDS - 1);
                FloatVector x0 = load(query, i);
                a0 = PanamaVectorKernels.addSquare(x0, numbers(aWords, 24, aScale), a0);
                b0 = PanamaVectorKernels.addSquare(x0, numbers(bWords, 24, bScale), b0);
                FloatVector x1 = load(query, i + LINE_WORDS);
                a1 = PanamaVectorKernels.addSquare(x1, numbers(aWords, 16, aScale), a1);
                b1 = PanamaVectorKernels.addSquare(x1, numbers(bWords, 16, bScale), b1);
                FloatVector x2 = load(query, i + 2 * LINE_WORDS);
                a0 = PanamaVectorKernels.addSquare(x2, numbers(aWords, 8, aScale), a0);
                b0 = PanamaVectorKernels.addSquare(x2, numbers(bWords, 8, bScale), b0);
                FloatVector x3 = load(query, i + 3 * LINE_WORDS);
                a1 = PanamaVectorKernels.addSquare(x3, numbers(aWords, 0, aScale), a1);
                b1 = PanamaVectorKernels.addSquare(x3, numbers(bWords, 0, bScale), b1);
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

    /** One number of each word, from its place shifted to the top. */
    private static FloatVector numbers(IntVector words, int shift, FloatVector scale) {
        return ((FloatVector)
                        words.lanewise(VectorOperators.LSHL, shift)
                                .lanewise(VectorOperators.ASHR, Integer.SIZE - Byte.SIZE)
                                .convert(VectorOperators.I2F, 0))
                .mul(scale);
    }
}
