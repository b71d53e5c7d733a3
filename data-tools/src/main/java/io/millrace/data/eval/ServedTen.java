package io.millrace.data.eval;

/**
 * An answer the server gave.
 *
 * @param userId who asked.
 * @param itemIds what was served, best first; the first ten count.
 */
@SuppressWarnings("ArrayRecordComponent")
public record ServedTen(long userId, long[] itemIds) {}
