package io.millrace.core.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@link TableKernels} in plain loops over one number after the other; its two kinds say how a
 * number is read, and how a row is written.
 */
abstract sealed class ScalarTableKernels implements TableKernels {
    /** What the numbers of a row are multiplied by. */
    abstract float scale(MemorySegment table, long byteOffset);

    /** A number of a row, before it is scaled. */
    abstract float number(MemorySegment table, long byteOffset, int length, int index);

    @Override
    public void copyRow(
            MemorySegment table, long byteOffset, float[] to, int toOffset, int length) {
        float scale = scale(table, byteOffset);
        for (int i = 0; i < length; i++) {
            to[toOffset + i] = scale * number(table, byteOffset, length, i);
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
        float scale = scale(table, byteOffset);
        for (int i = 0; i < length; i++) {
            float number = scale * number(table, byteOffset, length, i);
            to[toOffset + i] = Math.fma(factor, number, to[toOffset + i]);
        }
    }

    /** Rows of bfloat16. */
    static final class Bfloat16 extends ScalarTableKernels {
        @Override
        public String name() {
            return "scalar-bfloat16";
        }

        @Override
        public long rowBytes(int length) {
            return (long) Integer.BYTES * words(length);
        }

        @Override
        public void encode(float[] source, MemorySegment table, long byteOffset, int length) {
            table.asSlice(byteOffset, rowBytes(length)).fill((byte) 0);
            for (int i = 0; i < length; i++) {
                table.set(
                        ScalarCompactKernels.SHORT,
                        place(byteOffset, length, i),
                        Rounding.bfloat16(source[i]));
            }
        }

        @Override
        float scale(MemorySegment table, long byteOffset) {
            return 1;
        }

        @Override
        float number(MemorySegment table, long byteOffset, int length, int index) {
            return Rounding.ofBfloat16(
                    table.get(ScalarCompactKernels.SHORT, place(byteOffset, length, index)));
        }

        /** Words of a row. */
        static int words(int length) {
            return Math.ceilDiv(length, 2);
        }

        private static long place(long byteOffset, int length, int index) {
            int words = words(length);
            int word = index % words * Integer.BYTES;
            int inWord = index / words * Short.BYTES;
            return byteOffset + (word + inWord);
        }
    }

    /** Rows of a scale and int8. */
    static final class Int8 extends ScalarTableKernels {
        @Override
        public String name() {
            return "scalar-int8";
        }

        @Override
        public long rowBytes(int length) {
            return Float.BYTES + (long) Integer.BYTES * words(length);
        }

        @Override
        public void encode(float[] source, MemorySegment table, long byteOffset, int length) {
            float largest = Rounding.largest(source, length);
            float inverse = Rounding.int8Inverse(largest);
            table.asSlice(byteOffset, rowBytes(length)).fill((byte) 0);
            table.set(ScalarCompactKernels.FLOAT, byteOffset, Rounding.int8Scale(largest));
            for (int i = 0; i < length; i++) {
                table.set(
                        ValueLayout.JAVA_BYTE,
                        place(byteOffset, length, i),
                        (byte) Math.round(source[i] * inverse));
            }
        }

        @Override
        float scale(MemorySegment table, long byteOffset) {
            return table.get(ScalarCompactKernels.FLOAT, byteOffset);
        }

        @Override
        float number(MemorySegment table, long byteOffset, int length, int index) {
            return table.get(ValueLayout.JAVA_BYTE, place(byteOffset, length, index));
        }

        /** Words of a row behind the scale. */
        static int words(int length) {
            return Math.ceilDiv(length, Integer.BYTES);
        }

        private static long place(long byteOffset, int length, int index) {
            int words = words(length);
            int word = index % words * Integer.BYTES;
            return byteOffset + (Float.BYTES + word + index / words);
        }
    }
}
