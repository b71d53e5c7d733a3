package io.millrace.server.funnel.scoring;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Scores the candidates of a request as one batch.
 *
 * <p>Threading: one thread. Allocation: none.
 */
public interface CandidateScorer {
    /**
     * Scores candidates.
     *
     * @param userRow row of the user, at 0
     * @param contextRow row of the context, at 0
     * @param ordinals the candidates
     * @param count how many
     * @param scores filled; larger is better
     */
    @HotPath
    void scoreInto(
            MemorySegment userRow,
            MemorySegment contextRow,
            int[] ordinals,
            int count,
            float[] scores);
}
