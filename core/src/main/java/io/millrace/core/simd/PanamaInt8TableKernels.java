package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.lang.foreign.MemorySegment;

/**
 * {@link TableKernels} for int8 with the Vector API. The four numbers of a word come in a loop of
 * their own, as in {@link PanamaInt8Kernels}.
 */
final class PanamaInt8TableKernels extends PanamaTableKernels {
    private static final int PLACES = PanamaInt8Kernels.PLACES;
    private static final TableKernels SCALAR = new ScalarTableKernels.Int8();

    PanamaInt8TableKernels() {
        super("int8", SCALAR);
    }

    @Override
    public void copyRow(
            MemorySegment table, long byteOffset, float[] to, int toOffset, int length) {
        int words = ScalarTableKernels.Int8.words(length);
        long wordsAt = byteOffset + Float.BYTES;
        if (!areVectorsAt(PLACES, words, table, wordsAt, to, toOffset)) {
            SCALAR.copyRow(table, byteOffset, to, toOffset, length);
            return;
        }
        FloatVector scale = scale(table, byteOffset);
        for (int word = 0; word < words; word += LANES) {
            IntVector packed = PanamaInt8Kernels.words(table, wordsAt, word);
            for (int place = 0; place < PLACES; place++) {
                int first = place * words + word;
                int count = count(Math.min(words - word, length - first));
                PanamaInt8Kernels.numbers(packed, place, scale)
                        .intoArray(to, toOffset + first, PanamaElementKernels.lanes(count));
            }
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
        int words = ScalarTableKernels.Int8.words(length);
        long wordsAt = byteOffset + Float.BYTES;
        if (!areVectorsAt(PLACES, words, table, wordsAt, to, toOffset)) {
            SCALAR.addRow(factor, table, byteOffset, to, toOffset, length);
            return;
        }
        FloatVector scale = scale(table, byteOffset);
        FloatVector factors = FloatVector.broadcast(PanamaInt8Kernels.FLOATS, factor);
        for (int word = 0; word < words; word += LANES) {
            IntVector packed = PanamaInt8Kernels.words(table, wordsAt, word);
            for (int place = 0; place < PLACES; place++) {
                int first = place * words + word;
                int count = count(Math.min(words - word, length - first));
                PanamaInt8Kernels.numbers(packed, place, scale)
                        .fma(factors, PanamaInt8Kernels.load(to, toOffset + first))
                        .intoArray(to, toOffset + first, PanamaElementKernels.lanes(count));
            }
        }
    }

    private static FloatVector scale(MemorySegment table, long byteOffset) {
        return FloatVector.broadcast(
                PanamaInt8Kernels.FLOATS, table.get(ScalarCompactKernels.FLOAT, byteOffset));
    }
}
