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
}
