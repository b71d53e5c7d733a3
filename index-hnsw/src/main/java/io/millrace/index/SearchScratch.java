package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

/**
 * Memory for the searches of one thread, made by {@link VectorIndex#newScratch} and to be used with
 * that index only.
 *
 * <p>Threading: one thread at a time. Allocation: all of it in the constructor.
 */
public abstract sealed class SearchScratch permits HnswIndex.Scratch, FlatIndex.Scratch {
    private final VectorIndex index;
    private final int maxK;
    private final int maxEf;

    SearchScratch(VectorIndex index, int maxK, int maxEf) {
        if (maxK < 1 || maxEf < 1) {
            throw MillraceException.usage(
                    "no such search: max-k=%d, max-ef=%d, least=1; raise them", maxK, maxEf);
        }
        this.index = index;
        this.maxK = maxK;
        this.maxEf = Math.max(maxK, maxEf);
    }

    /**
     * The largest k it can be used with.
     *
     * @return from 1.
     */
    public final int maxK() {
        return maxK;
    }

    /**
     * The largest efSearch it can be used with.
     *
     * @return at least {@link #maxK()}.
     */
    public final int maxEf() {
        return maxEf;
    }

    /** Refuses what this scratch was not made for. */
    @SuppressWarnings("ReferenceEquality") // this very index, not an equal one
    final void check(VectorIndex user, int k, int efSearch) {
        if (user != index) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL, "scratch of another index; make one with newScratch");
        }
        if (k < 0 || k > maxK) {
            throw limit("k", k, maxK);
        }
        if (efSearch > maxEf) {
            throw limit("ef", efSearch, maxEf);
        }
    }

    private static MillraceException limit(String name, int value, int limit) {
        return MillraceException.of(
                value < 0 ? ErrorCode.USAGE : ErrorCode.LIMIT,
                "search asks for too much: %s=%d, limit=%d; ask for less or configure more",
                name,
                value,
                limit);
    }
}
