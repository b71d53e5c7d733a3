package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.lang.foreign.MemorySegment;

/**
 * A graph of links between near rows, searched from the top level down (Malkov, Yashunin: Efficient
 * and robust approximate nearest neighbor search using hierarchical navigable small world graphs,
 * 2016).
 *
 * <p>Threading: immutable; any thread. Ownership: owns its memory; close it.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class HnswIndex implements VectorIndex {
    HnswIndex() {}

    @Override
    public int size() {
        throw missing();
    }

    @Override
    public int dimension() {
        throw missing();
    }

    @Override
    public Metric metric() {
        throw missing();
    }

    @Override
    public long itemId(int ordinal) {
        throw missing();
    }

    @Override
    public int ordinalOf(long itemId) {
        throw missing();
    }

    @Override
    public void vectorInto(int ordinal, float[] target, int index) {
        throw missing();
    }

    /**
     * The stored rows, for kernels that read them in place: row {@code i} begins at {@link
     * #vectorOffset}{@code (i)} and has {@link #storedDimension()} numbers.
     *
     * @return the memory the rows lie in.
     */
    public MemorySegment vectorSegment() {
        throw missing();
    }

    /**
     * Where a stored row lies.
     *
     * @param ordinal which row.
     * @return offset in {@link #vectorSegment()} in bytes.
     */
    public long vectorOffset(int ordinal) {
        throw missing();
    }

    /**
     * Distance of two stored rows.
     *
     * @return bytes.
     */
    public long vectorStrideBytes() {
        throw missing();
    }

    /**
     * Numbers per stored row: the dimension, or one more where INNER_PRODUCT had to bring rows to
     * one length.
     *
     * @return from 1.
     */
    public int storedDimension() {
        throw missing();
    }

    /**
     * Exact search over the same rows.
     *
     * @return an index that shares this one's memory and must not outlive it.
     */
    public FlatIndex exact() {
        throw missing();
    }

    @Override
    public SearchScratch newScratch(int maxK, int maxEf) {
        throw missing();
    }

    @Override
    public int searchInto(
            SearchScratch scratch,
            float[] query,
            int k,
            int efSearch,
            int[] ordinals,
            float[] scores) {
        throw missing();
    }

    @Override
    public void close() {}

    private static MillraceException missing() {
        return MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
