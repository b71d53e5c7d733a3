package io.millrace.core.simd;

import io.millrace.core.HotPath;

/**
 * Keys in rising order.
 *
 * <p>Threading: stateless. Allocation: none.
 */
@HotPath
public interface KeyKernels {
    /**
     * Name of the implementation.
     *
     * @return as in {@code panama-512}.
     */
    String name();

    /**
     * Puts a key before all greater ones, which move up by one place.
     *
     * @param keys the keys, in rising order, with room for one more.
     * @param count how many there are.
     * @param key the new one.
     * @return where it stands now.
     */
    int insert(long[] keys, int count, long key);
}
