package io.millrace.index;

/**
 * Memory for the searches of one thread, made by {@link VectorIndex#newScratch}.
 *
 * <p>Threading: one thread at a time. Allocation: all of it in the constructor.
 */
public final class SearchScratch {
    private final int maxK;
    private final int maxEf;

    SearchScratch(int maxK, int maxEf) {
        this.maxK = maxK;
        this.maxEf = maxEf;
    }

    /**
     * The largest k it can be used with.
     *
     * @return from 1.
     */
    public int maxK() {
        return maxK;
    }

    /**
     * The largest efSearch it can be used with.
     *
     * @return from 1.
     */
    public int maxEf() {
        return maxEf;
    }
}
