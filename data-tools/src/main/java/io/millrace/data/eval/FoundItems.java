package io.millrace.data.eval;

/**
 * What a server found for a vector.
 *
 * @param vector what was searched for, as long as those of the index.
 * @param itemIds the items, each once.
 */
@SuppressWarnings("ArrayRecordComponent")
public record FoundItems(float[] vector, long[] itemIds) {}
