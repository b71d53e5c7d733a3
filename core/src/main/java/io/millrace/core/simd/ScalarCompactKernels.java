package io.millrace.core.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@link CompactKernels} in plain loops over one number after the other; its two kinds say how a
 * number is read, and how a row is written.
 */
abstract sealed class ScalarCompactKernels implements CompactKernels {
    static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What the numbers of a row are multiplied with. */
    abstract float scale(MemorySegment rows, long offset, int length);

    /** A number of a row, before it is scaled. */
    abstract float number(MemorySegment rows, long offset, int index);

    @Override
    public void decode(MemorySegment rows, long offset, float[] target, int length) {
        float scale = scale(rows, offset, length);
        for (int i = 0; i < length; i++) {
            target[i] = scale * number(rows, offset, i);
        }
    }

    @Override
    public float dot(float[] query, MemorySegment rows, long offset, int length) {
        float scale = scale(rows, offset, length);
        float sum = 0;
        for (int i = 0; i < length; i++) {
            sum += query[i] * (scale * number(rows, offset, i));
        }
        return sum;
    }

    @Override
    public float squaredDistance(float[] query, MemorySegment rows, long offset, int length) {
        float scale = scale(rows, offset, length);
        float sum = 0;
        for (int i = 0; i < length; i++) {
            float difference = query[i] - scale * number(rows, offset, i);
            sum += difference * difference;
        }
        return sum;
    }

    @Override
    public float dot(MemorySegment rows, long a, long b, int length) {
        float aScale = scale(rows, a, length);
        float bScale = scale(rows, b, length);
        float sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (aScale * number(rows, a, i)) * (bScale * number(rows, b, i));
        }
        return sum;
    }

    @Override
    public float squaredDistance(MemorySegment rows, long a, long b, int length) {
        float aScale = scale(rows, a, length);
        float bScale = scale(rows, b, length);
        float sum = 0;
        for (int i = 0; i < length; i++) {
            float difference = aScale * number(rows, a, i) - bScale * number(rows, b, i);
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

    /** Rows of bfloat16. */
    static final class Bfloat16 extends ScalarCompactKernels {
        static final int LINE_NUMBERS = 2 * LINE_WORDS;

        @Override
        public String name() {
            return "scalar-bfloat16";
        }

        @Override
        public int lineNumbers() {
            return LINE_NUMBERS;
        }

        @Override
        public long rowBytes(int length) {
            return (long) length * Short.BYTES;
        }

        @Override
        public void encode(float[] source, MemorySegment rows, long offset, int length) {
            for (int i = 0; i < length; i++) {
                rows.set(SHORT, place(offset, i), Rounding.bfloat16(source[i]));
            }
        }

        @Override
        float scale(MemorySegment rows, long offset, int length) {
            return 1;
        }

        @Override
        float number(MemorySegment rows, long offset, int index) {
            return Rounding.ofBfloat16(rows.get(SHORT, place(offset, index)));
        }

        private static long place(long offset, int index) {
            int inLine = index % LINE_NUMBERS;
            int line = index / LINE_NUMBERS * LINE_BYTES;
            int word = inLine % LINE_WORDS * Integer.BYTES;
            int inWord = inLine / LINE_WORDS * Short.BYTES;
            return offset + (line + word + inWord);
        }
    }

    /** Rows of int8 and a scale. */
    static final class Int8 extends ScalarCompactKernels {
        static final int LINE_NUMBERS = 4 * LINE_WORDS;

        @Override
        public String name() {
            return "scalar-int8";
        }

        @Override
        public int lineNumbers() {
            return LINE_NUMBERS;
        }

        @Override
        public long rowBytes(int length) {
            return (long) length + LINE_BYTES;
        }

        @Override
        public void encode(float[] source, MemorySegment rows, long offset, int length) {
            float largest = Rounding.largest(source, length);
            float inverse = Rounding.int8Inverse(largest);
            rows.asSlice(offset + length, LINE_BYTES).fill((byte) 0);
            rows.set(FLOAT, offset + length, Rounding.int8Scale(largest));
            for (int i = 0; i < length; i++) {
                int number = Math.round(source[i] * inverse);
                rows.set(ValueLayout.JAVA_BYTE, place(offset, i), (byte) number);
            }
        }

        @Override
        float scale(MemorySegment rows, long offset, int length) {
            return rows.get(FLOAT, offset + length);
        }

        @Override
        float number(MemorySegment rows, long offset, int index) {
            return rows.get(ValueLayout.JAVA_BYTE, place(offset, index));
        }

        private static long place(long offset, int index) {
            int inLine = index % LINE_NUMBERS;
            int line = index / LINE_NUMBERS * LINE_BYTES;
            int word = inLine % LINE_WORDS * Integer.BYTES;
            return offset + (line + word + inLine / LINE_WORDS);
        }
    }
}
