package io.millrace.loadgen.report;

/**
 * What an OK answer to a search held, kept to be judged. The array belongs to whoever holds the
 * record.
 *
 * @param vector place of the vector in the plan.
 * @param itemIds the items, nearest first.
 */
@SuppressWarnings("ArrayRecordComponent") // Read once by the judge, compared by nobody.
public record SampledSearch(int vector, long[] itemIds) {}
