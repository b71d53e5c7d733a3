package io.millrace.core.simd;

import java.lang.foreign.MemorySegment;

/**
 * {@link TableKernels} with the Vector API. Words are read as whole vectors, be it more of them
 * than the row has, and numbers written under masks; where table or target end before such a vector
 * does, rows go in plain loops.
 */
abstract sealed class PanamaTableKernels implements TableKernels
        permits PanamaBfloat16TableKernels, PanamaInt8TableKernels {
    static final int LANES = PanamaVectorKernels.SPECIES.length();

    private final String kind;

    /** Writes rows, where speed does not matter. */
    private final TableKernels scalar;

    PanamaTableKernels(String kind, TableKernels scalar) {
        this.kind = kind;
        this.scalar = scalar;
    }

    @Override
    public String name() {
        return "panama-" + PanamaVectorKernels.SPECIES.vectorBitSize() + "-" + kind;
    }

    @Override
    public long rowBytes(int length) {
        return scalar.rowBytes(length);
    }

    @Override
    public void encode(float[] source, MemorySegment table, long byteOffset, int length) {
        scalar.encode(source, table, byteOffset, length);
    }

    /**
     * Whether all vectors that a row begins lie in the table and in the target.
     *
     * @param places numbers of a word.
     * @param words of the row.
     * @param wordsAt where they begin in the table.
     */
    static boolean areVectorsAt(
            int places, int words, MemorySegment table, long wordsAt, float[] to, int toOffset) {
        int reach = Math.ceilDiv(words, LANES) * LANES;
        return wordsAt + (long) Integer.BYTES * reach <= table.byteSize()
                && toOffset + (places - 1) * words + reach <= to.length;
    }

    /** Lanes of the next vector, where so many numbers are left, or less than none. */
    static int count(int left) {
        return Math.clamp(left, 0, LANES);
    }
}
