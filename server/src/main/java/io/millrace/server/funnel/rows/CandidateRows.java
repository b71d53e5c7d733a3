package io.millrace.server.funnel.rows;

import io.millrace.core.HotPath;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

import java.lang.foreign.MemorySegment;

/**
 * Where the rows of candidates come from that a request brings along.
 *
 * <p>Threading: any thread.
 */
@FunctionalInterface
public interface CandidateRows {
    /**
     * A reader for one thread.
     *
     * @return belongs to that thread.
     */
    Reader newReader();

    /** Makes rows of candidates. */
    @FunctionalInterface
    interface Reader {
        /**
         * Writes the rows of all candidates, one behind the other.
         *
         * @param request has the candidates.
         * @param rows memory of the rows.
         * @param answer told what is wrong with them.
         * @return false when something is; the memory holds anything then.
         */
        @HotPath
        boolean readInto(Request request, MemorySegment rows, Answer answer);
    }
}
