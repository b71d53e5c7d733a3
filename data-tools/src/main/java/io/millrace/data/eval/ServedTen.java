package io.millrace.data.eval;

import io.millrace.index.filter.OrdinalBitSet;

import org.jspecify.annotations.Nullable;

/**
 * An answer the server gave.
 *
 * @param userId who asked.
 * @param accepted ordinals of the items that were asked for; null for all of them.
 * @param itemIds what was served, best first; the first ten count.
 */
@SuppressWarnings("ArrayRecordComponent")
public record ServedTen(long userId, @Nullable OrdinalBitSet accepted, long[] itemIds) {
    /**
     * An answer to a request without a filter.
     *
     * @param userId who asked.
     * @param itemIds what was served, best first; the first ten count.
     */
    public ServedTen(long userId, long[] itemIds) {
        this(userId, null, itemIds);
    }
}
