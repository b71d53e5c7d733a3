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
}
