package io.millrace.server.funnel.rows;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Where the rates of candidates come from.
 *
 * <p>Threading: any thread.
 */
@FunctionalInterface
public interface CandidateRates {
    /**
     * A reader for one thread.
     *
     * @return belongs to that thread.
     */
    Reader newReader();

    /** Reads rates. */
    @FunctionalInterface
    interface Reader {
        /**
         * Writes the impressions' rows of candidates.
         *
         * @param ordinals the candidates, in the order in which they are ranked.
         * @param count how many.
         * @param momentMs when they are shown, milliseconds since 1970 UTC.
         * @param rows memory of the rows, one behind the other.
         */
        @HotPath
        void readInto(int[] ordinals, int count, long momentMs, MemorySegment rows);
    }
}
