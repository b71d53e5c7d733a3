package io.millrace.server.http;

import io.millrace.server.security.tokens.Permission;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What answers one method of one path.
 *
 * @param method such as {@code GET}
 * @param path as a whole
 * @param permission that it takes to ask
 * @param handler answers
 */
public record Route(String method, String path, Permission permission, Handler handler) {
    /**
     * A route that answers at once.
     *
     * @param path as a whole
     * @param permission that it takes to ask
     * @param answer makes the answer
     * @return the route
     */
    public static Route get(
            String path, Permission permission, Function<HttpCall, HttpAnswer> answer) {
        return new Route(
                "GET", path, permission, (call, reply) -> reply.accept(answer.apply(call)));
    }

    /** Answers requests, now or later. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Answers a request.
         *
         * @param call the request
         * @param reply takes the answer, once, on the thread that called
         */
        void answer(HttpCall call, Consumer<HttpAnswer> reply);
    }
}
