package io.millrace.server.log;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Takes records of impressions, one at a time, in memory of its own.
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
public interface ImpressionSink {
    /** {@link #claim} where the record is not wanted or there is no room for it. */
    int NOT_WANTED = -1;

    /**
     * Whether the next impression is wanted, before its length is known.
     *
     * @return false for one that a sample leaves out.
     */
    boolean isWanted();

    /**
     * Whether feedback is wanted beside impressions.
     *
     * @return the same at every call.
     */
    boolean takesFeedback();

    /**
     * Begins a record.
     *
     * @param bytes its length.
     * @return where in {@link #memory} it is to be written, or {@link #NOT_WANTED}.
     */
    int claim(int bytes);

    /**
     * Where records are written.
     *
     * @return the same at every call.
     */
    MemorySegment memory();

    /**
     * Ends a record.
     *
     * @param at what {@link #claim} returned.
     */
    void commit(int at);

    /**
     * Gives a record up that could not be written.
     *
     * @param at what {@link #claim} returned.
     */
    void abort(int at);
}
