package io.millrace.index.graph;

import io.millrace.core.HotPath;

/**
 * Ordinals spread evenly over all there are, as many as are wanted, in step with no pattern: the
 * multiples of the golden ratio (Knuth: The Art of Computer Programming, volume 3, section 6.4).
 *
 * <p>Threading: any thread. Allocation: none.
 */
public final class EvenSample {
    /** The golden ratio in 32 bits. */
    private static final long SPREAD = 0x9E37_79B9L;

    private static final long LOWER_HALF = 0xFFFF_FFFFL;

    private EvenSample() {}

    /**
     * One of the ordinals.
     *
     * @param index which one, from 0.
     * @param count ordinals are from 0 to this less one.
     * @return the ordinal; another one for the next index, as long as there are.
     */
    @HotPath
    public static int at(int index, int count) {
        return (int) (((index * SPREAD & LOWER_HALF) * count) >>> Integer.SIZE);
    }
}
