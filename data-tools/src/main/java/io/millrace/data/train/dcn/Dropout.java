package io.millrace.data.train.dcn;

import io.millrace.core.random.SplitRandom;

/**
 * Drops units of a layer at random and makes the others larger by as much, so that no unit relies
 * on another. What is dropped follows from seed, step, layer and row alone.
 *
 * <p>Threading: each call draws from a stream of its own.
 */
public final class Dropout {
    private static final int BITS = 16;
    private static final int DRAWS_PER_LONG = Long.SIZE / BITS;
    private static final int MASK = (1 << BITS) - 1;

    private final int threshold;
    private final float scale;
    private final long seed;

    /**
     * Drops a share of what it is given.
     *
     * @param share at least 0, below 1.
     * @param seed seed of what is dropped.
     */
    public Dropout(float share, long seed) {
        this.threshold = Math.round(share * (1 << BITS));
        this.scale = 1 / (1 - share);
        this.seed = seed;
    }

    /** What a kept value and its gradient are multiplied by. */
    float scale() {
        return threshold == 0 ? 1 : scale;
    }

    /** Drops units of one row. */
    void drop(SplitRandom random, long stream, float[] values, int at, int count) {
        if (threshold == 0) {
            return;
        }
        random.resetToStream(seed, stream);
        long bits = 0;
        for (int i = 0; i < count; i++) {
            if (i % DRAWS_PER_LONG == 0) {
                bits = random.nextLong();
            }
            values[at + i] = (bits & MASK) < threshold ? 0 : values[at + i] * scale;
            bits >>>= BITS;
        }
    }
}
