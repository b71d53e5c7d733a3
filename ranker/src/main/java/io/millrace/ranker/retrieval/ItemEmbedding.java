package io.millrace.ranker.retrieval;

import java.lang.foreign.MemorySegment;

/**
 * Turns the features of items into the vectors that an index finds them by.
 *
 * <p>Threading: one thread. Allocation: none.
 */
public interface ItemEmbedding {
    /**
     * Embeds an item.
     *
     * @param itemRows memory of item rows.
     * @param offset where the item's row begins, in bytes.
     * @param vector what the index has of the item, or zeros; what follows from features is
     *     replaced, what does not stays.
     */
    void embedInto(MemorySegment itemRows, long offset, float[] vector);
}
