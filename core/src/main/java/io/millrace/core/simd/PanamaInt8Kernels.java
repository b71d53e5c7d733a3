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
 * PanamaCodeKernels}). The four numbers of a word come in a loop of their own: written out, the
 * batch forms are more than the compiler inlines, and allocate. A row is added up in one sum of one
 * vector; the batch forms take two rows at once, whose last steps they share as {@link
 * PanamaVectorKernels} does.
 */
final class PanamaInt8Kernels implements CompactKernels {
    static final VectorSpecies<Float> FLOATS = PanamaVectorKernels.SPECIES;
    private static final VectorSpecies<Integer> INTS =
            FLOATS.length() == IntVector.SPECIES_PREFERRED.length()
                    ? IntVector.SPECIES_PREFERRED
                    : IntVector.SPECIES_512;
    static final int LANES = FLOATS.length();
    private static final int LINE_NUMBERS = 4 * LINE_WORDS;

    /** Numbers of a word. */
    static final int PLACES = Integer.BYTES;

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
            IntVector words = words(rows, offset, word);
            int first = first(word);
            for (int place = 0; place < PLACES; place++) {
                int i = first + place * LINE_WORDS;
                numbers(words, place, scale).intoArray(target, i);
            }
        }
    }

    @Override
    public float dot(float[] query, MemorySegment rows, long offset, int length) {
        FloatVector scale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, offset + length));
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int word = 0; word < length / Integer.BYTES; word += LANES) {
            IntVector words = words(rows, offset, word);
            int first = first(word);
            for (int place = 0; place < PLACES; place++) {
                int i = first + place * LINE_WORDS;
                sum = load(query, i).fma(numbers(words, place, scale), sum);
            }
        }
        return PanamaVectorKernels.addLanes(sum);
    }

    @Override
    public float squaredDistance(float[] query, MemorySegment rows, long offset, int length) {
        FloatVector scale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, offset + length));
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int word = 0; word < length / Integer.BYTES; word += LANES) {
            IntVector words = words(rows, offset, word);
            int first = first(word);
            for (int place = 0; place < PLACES; place++) {
                int i = first + place * LINE_WORDS;
                FloatVector difference = load(query, i).sub(numbers(words, place, scale));
                sum = difference.fma(difference, sum);
            }
        }
        return PanamaVectorKernels.addLanes(sum);
    }

    @Override
    public float dot(MemorySegment rows, long a, long b, int length) {
        FloatVector aScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, a + length));
        FloatVector bScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, b + length));
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int word = 0; word < length / Integer.BYTES; word += LANES) {
            IntVector aWords = words(rows, a, word);
            IntVector bWords = words(rows, b, word);
            for (int place = 0; place < PLACES; place++) {
                sum = numbers(aWords, place, aScale).fma(numbers(bWords, place, bScale), sum);
            }
        }
        return PanamaVectorKernels.addLanes(sum);
    }

    @Override
    public float squaredDistance(MemorySegment rows, long a, long b, int length) {
        FloatVector aScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, a + length));
        FloatVector bScale = FloatVector.broadcast(FLOATS, rows.get(FLOAT, b + length));
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int word = 0; word < length / Integer.BYTES; word += LANES) {
            IntVector aWords = words(rows, a, word);
            IntVector bWords = words(rows, b, word);
            for (int place = 0; place < PLACES; place++) {
                FloatVector difference =
                        numbers(aWords, place, aScale).sub(numbers(bWords, place, bScale));
                sum = difference.fma(difference, sum);
            }
        }
        return PanamaVectorKernels.addLanes(sum);
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
            FloatVector aSum = FloatVector.zero(FLOATS);
            FloatVector bSum = aSum;
            for (int word = 0; word < length / Integer.BYTES; word += LANES) {
                IntVector aWords = words(rows, a, word);
                IntVector bWords = words(rows, b, word);
                int first = first(word);
                for (int place = 0; place < PLACES; place++) {
                    int i = first + place * LINE_WORDS;
                    FloatVector x = load(query, i);
                    aSum = x.fma(numbers(aWords, place, aScale), aSum);
                    bSum = x.fma(numbers(bWords, place, bScale), bSum);
                }
            }
            FloatVector sums = PanamaVectorKernels.addLanes(aSum, bSum);
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
            FloatVector aSum = FloatVector.zero(FLOATS);
            FloatVector bSum = aSum;
            for (int word = 0; word < length / Integer.BYTES; word += LANES) {
                IntVector aWords = words(rows, a, word);
                IntVector bWords = words(rows, b, word);
                int first = first(word);
                for (int place = 0; place < PLACES; place++) {
                    int i = first + place * LINE_WORDS;
                    FloatVector x = load(query, i);
                    FloatVector aDifference = x.sub(numbers(aWords, place, aScale));
                    FloatVector bDifference = x.sub(numbers(bWords, place, bScale));
                    aSum = aDifference.fma(aDifference, aSum);
                    bSum = bDifference.fma(bDifference, bSum);
                }
            }
            FloatVector sums = PanamaVectorKernels.addLanes(aSum, bSum);
            out[row] = sums.lane(0);
            out[row + 1] = sums.lane(LANES / 2);
        }
        if (row < count) {
            out[row] = squaredDistance(query, rows, base + ordinals[from + row] * stride, length);
        }
    }

    static FloatVector load(float[] x, int index) {
        return FloatVector.fromArray(FLOATS, x, index);
    }

    static IntVector words(MemorySegment rows, long row, int word) {
        return IntVector.fromMemorySegment(INTS, rows, row + (long) word * Integer.BYTES, ORDER);
    }

    /** Index of the lowest number of a word. */
    private static int first(int word) {
        return 4 * word - 3 * (word & LINE_WORDS - 1);
    }

    /**
     * One number of each word.
     *
     * @param place of the number in its word, the lowest first. As a count that comes with each
     *     step, not words that a loop carries on and shifts: see {@link PanamaElementKernels}.
     */
    static FloatVector numbers(IntVector words, int place, FloatVector scale) {
        return ((FloatVector)
                        words.lanewise(VectorOperators.LSHL, (PLACES - 1 - place) * Byte.SIZE)
                                .lanewise(VectorOperators.ASHR, Integer.SIZE - Byte.SIZE)
                                .convert(VectorOperators.I2F, 0))
                .mul(scale);
    }
}
