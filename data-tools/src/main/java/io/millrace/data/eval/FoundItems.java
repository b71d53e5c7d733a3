package io.millrace.data.eval;

import io.millrace.index.filter.OrdinalBitSet;

import org.jspecify.annotations.Nullable;

/**
 * What a server found for a vector.
 *
 * @param vector what was searched for, as long as those of the index.
 * @param accepted ordinals of the items that were to be found; null for all of them.
 * @param itemIds the items, each once.
 */
@SuppressWarnings("ArrayRecordComponent")
public record FoundItems(float[] vector, @Nullable OrdinalBitSet accepted, long[] itemIds) {}
