package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** {@link TableKernels} for bfloat16 with the Vector API. */
final class PanamaBfloat16TableKernels extends PanamaTableKernels {
    private static final int PLACES = 2;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final TableKernels SCALAR = new ScalarTableKernels.Bfloat16();

    PanamaBfloat16TableKernels() {
        super("bfloat16", SCALAR);
    }

    @Override
    public void copyRow(
            MemorySegment table, long byteOffset, float[] to, int toOffset, int length) {
        int words = ScalarTableKernels.Bfloat16.words(length);
        if (!areVectorsAt(PLACES, words, table, byteOffset, to, toOffset)) {
            SCALAR.copyRow(table, byteOffset, to, toOffset, length);
            return;
        }
        for (int word = 0; word < words; word += LANES) {
            IntVector packed = words(table, byteOffset, word);
            int low = toOffset + word;
            int high = low + words;
            PanamaBfloat16Kernels.lower(packed)
                    .intoArray(to, low, PanamaElementKernels.lanes(count(words - word)));
            PanamaBfloat16Kernels.upper(packed)
                    .intoArray(to, high, PanamaElementKernels.lanes(count(length - words - word)));
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
        int words = ScalarTableKernels.Bfloat16.words(length);
        if (!areVectorsAt(PLACES, words, table, byteOffset, to, toOffset)) {
            SCALAR.addRow(factor, table, byteOffset, to, toOffset, length);
            return;
        }
        FloatVector factors = FloatVector.broadcast(PanamaBfloat16Kernels.FLOATS, factor);
        for (int word = 0; word < words; word += LANES) {
            IntVector packed = words(table, byteOffset, word);
            int low = toOffset + word;
            int high = low + words;
            PanamaBfloat16Kernels.lower(packed)
                    .fma(factors, FloatVector.fromArray(PanamaBfloat16Kernels.FLOATS, to, low))
                    .intoArray(to, low, PanamaElementKernels.lanes(count(words - word)));
            PanamaBfloat16Kernels.upper(packed)
                    .fma(factors, FloatVector.fromArray(PanamaBfloat16Kernels.FLOATS, to, high))
                    .intoArray(to, high, PanamaElementKernels.lanes(count(length - words - word)));
        }
    }

    private static IntVector words(MemorySegment table, long byteOffset, int word) {
        return IntVector.fromMemorySegment(
                PanamaBfloat16Kernels.INTS, table, byteOffset + (long) Integer.BYTES * word, ORDER);
    }
}
