package io.millrace.data.bundle;

import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

/** Whether a bundle holds halves of its items, and how their numbers are kept. */
public enum HalvesChoice {
    /** In bfloat16, or none where those of a ranker would take more than {@link #MOST_BYTES}. */
    AUTO(WeightType.BF16),

    /** In single precision. */
    F32(WeightType.F32),

    /** In bfloat16, half the memory. */
    BF16(WeightType.BF16),

    /** In bytes with one scale a row, about a third of the memory. */
    INT8(WeightType.INT8),

    /** No halves: the ranker computes all for each request. */
    NONE(null);

    /**
     * Most memory for the halves of a ranker that nobody asked for. It is the same on every
     * machine, as the bytes of a bundle must not depend on where it is built.
     */
    public static final long MOST_BYTES = 1L << 30;

    private final @Nullable WeightType type;

    HalvesChoice(@Nullable WeightType type) {
        this.type = type;
    }

    /** How the numbers are kept, null where there are to be none. */
    @Nullable WeightType type() {
        return type;
    }
}
