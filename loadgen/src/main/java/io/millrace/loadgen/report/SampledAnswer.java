package io.millrace.loadgen.report;

import org.jspecify.annotations.Nullable;

/**
 * An OK answer kept to be judged. The arrays belong to whoever holds the record.
 *
 * @param userId who it was for.
 * @param filter what they had to match; null where all would do.
 * @param itemIds the items, best first.
 * @param scores larger is better.
 * @param retrieved candidates found by vector search.
 * @param ranked candidates scored by the ranker.
 */
@SuppressWarnings("ArrayRecordComponent") // Read once by the judge, compared by nobody.
public record SampledAnswer(
        long userId,
        @Nullable String filter,
        long[] itemIds,
        float[] scores,
        int retrieved,
        int ranked) {}
