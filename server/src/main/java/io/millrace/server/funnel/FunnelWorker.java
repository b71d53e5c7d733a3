package io.millrace.server.funnel;

import io.millrace.core.HotPath;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.StageClock;

/**
 * Answers one request after the other.
 *
 * <p>Threading: one thread. Allocation: none in {@link #answer}, but for explain requests.
 */
public interface FunnelWorker {
    /**
     * Answers a request.
     *
     * @param request a recommend, explain, similar, search, rank or feedback request within the
     *     limits
     * @param answer cleared; filled
     * @param clock started; told of every stage that was passed
     */
    @HotPath
    void answer(Request request, Answer answer, StageClock clock);
}
