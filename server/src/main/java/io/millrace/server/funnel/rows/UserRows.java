package io.millrace.server.funnel.rows;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Where the rows of users come from.
 *
 * <p>Threading: any thread.
 */
@FunctionalInterface
public interface UserRows {
    /**
     * A reader for one thread.
     *
     * @return belongs to that thread.
     */
    Reader newReader();

    /** Reads rows of users. */
    @FunctionalInterface
    interface Reader {
        /**
         * Copies a row.
         *
         * @param userId whose.
         * @param row memory to copy it to.
         * @param offset where the row is to begin, in bytes.
         * @return false when nothing is known of the user; the memory is then untouched.
         */
        @HotPath
        boolean readInto(long userId, MemorySegment row, long offset);
    }
}
