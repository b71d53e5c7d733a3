package io.millrace.loadgen.report;

/**
 * An OK answer kept to be judged. The arrays belong to whoever holds the record.
 *
 * @param userId who it was for.
 * @param itemIds the items, best first.
 * @param scores larger is better.
 * @param retrieved candidates found by vector search.
 * @param ranked candidates scored by the ranker.
 */
@SuppressWarnings("ArrayRecordComponent") // Read once by the judge, compared by nobody.
public record SampledAnswer(
        long userId, long[] itemIds, float[] scores, int retrieved, int ranked) {}
