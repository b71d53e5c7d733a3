package io.millrace.server.admin;

import io.millrace.core.thread.LowPriority;
import io.millrace.server.http.HttpAnswer;
import io.millrace.server.http.HttpCall;
import io.millrace.server.http.Route;
import io.millrace.server.security.tokens.Permission;
import io.netty.channel.EventLoopGroup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers that are not made on the event loop, which has requests in JSON to answer meanwhile. A
 * page that gathers what was counted takes milliseconds, and tens of them as long as few asked for
 * it: who looks at a server once a second should not slow a hundredth of its requests down.
 *
 * <p>Threading: any thread.
 *
 * @param loop the one event loop that runs the routes
 * @param pages makes pages, one after another
 */
record LaterAnswers(EventLoopGroup loop, Executor pages) {
    private static final Logger LOG = LoggerFactory.getLogger(LaterAnswers.class);

    /** One thread that lets those go first that answer requests; none where nobody asks. */
    static ExecutorService newPageThread() {
        return LowPriority.newExecutor("millrace-pages-0", Integer.MAX_VALUE);
    }

    /** A route whose answer is made by the thread for pages. */
    Route page(String path, Permission permission, Function<HttpCall, HttpAnswer> answer) {
        return new Route(
                "GET",
                path,
                permission,
                (call, reply) -> pages.execute(() -> give(reply, made(call, answer))));
    }

    private static HttpAnswer made(HttpCall call, Function<HttpCall, HttpAnswer> answer) {
        try {
            return answer.apply(call);
        } catch (RuntimeException e) { // Whoever asked waits for an answer.
            LOG.error("request failed: path={}", call.path(), e);
            return HttpAnswer.internalError();
        }
    }

    /** Gives an answer, from any thread. */
    void give(Consumer<HttpAnswer> reply, HttpAnswer answer) {
        try {
            loop.execute(() -> reply.accept(answer));
        } catch (RejectedExecutionException closed) {
            // The server has ended, and with it the connection that waited.
            return;
        }
    }
}
