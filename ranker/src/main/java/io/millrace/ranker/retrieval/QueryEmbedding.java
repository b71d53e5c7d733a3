package io.millrace.ranker.retrieval;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Turns users into the vectors that an index is asked for.
 *
 * <p>Threading: one thread. Allocation: none.
 */
public interface QueryEmbedding {
    /**
     * Embeds a user.
     *
     * @param userRows memory of user rows.
     * @param offset where the user's row begins, in bytes.
     * @param vector where the vector goes; zeros for a user the model has nothing to say of.
     */
    @HotPath
    void embedInto(MemorySegment userRows, long offset, float[] vector);

    /**
     * Scores what the index found for the user embedded last by what no product of vectors can say.
     * Where a model has no more to say, scores stay as they are.
     *
     * @param ordinals the items.
     * @param scores their products; replaced.
     * @param count how many.
     * @return whether scores were replaced.
     */
    @HotPath
    default boolean refine(int[] ordinals, float[] scores, int count) {
        return false;
    }
}
