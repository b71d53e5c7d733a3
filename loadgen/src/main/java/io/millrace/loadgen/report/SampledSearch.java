package io.millrace.loadgen.report;

import org.jspecify.annotations.Nullable;

/**
 * What an OK answer to a search held, kept to be judged. The array belongs to whoever holds the
 * record.
 *
 * @param vector place of the vector in the plan.
 * @param filter what items had to match; null where all would do.
 * @param itemIds the items, nearest first.
 */
@SuppressWarnings("ArrayRecordComponent") // Read once by the judge, compared by nobody.
public record SampledSearch(int vector, @Nullable String filter, long[] itemIds) {}
