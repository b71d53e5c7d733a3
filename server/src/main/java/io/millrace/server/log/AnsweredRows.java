package io.millrace.server.log;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Where the rows of the items of the last answer are.
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
public interface AnsweredRows {
    /** Of an item that was not ranked. */
    int NO_CANDIDATE = -1;

    /**
     * Memory of the rows.
     *
     * @return the same at every call.
     */
    MemorySegment memory();

    /**
     * Where the row of an answered item begins.
     *
     * @param index 0 for the best.
     * @param itemId its id.
     * @return offset in bytes.
     */
    long offset(int index, long itemId);

    /**
     * Which of the ranked candidates an answered item was.
     *
     * @param index 0 for the best.
     * @param itemId its id.
     * @param ranked how many there were.
     * @return its place in the order in which they were ranked, or {@link #NO_CANDIDATE}.
     */
    int candidate(int index, long itemId, int ranked);
}
