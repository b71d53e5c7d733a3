package io.millrace.server.gateway;

import io.millrace.core.wire.Status;
import io.millrace.server.http.HttpAnswer;

import org.jspecify.annotations.Nullable;

/** How the outcomes of frames are told over HTTP. */
final class StatusTable {
    private StatusTable() {}

    /** The status of HTTP that says the same. */
    static int http(Status status) {
        return switch (status) {
            case OK -> 200;
            case BAD_REQUEST -> 400;
            case UNKNOWN_ITEM -> 404;
            case TOO_LARGE -> 413;
            case OVERLOADED, SHUTTING_DOWN -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case CHANGES_REFUSED -> 507;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case RATE_LIMITED -> 429;
            // The gateway speaks the version of its own server.
            case UNSUPPORTED_VERSION, INTERNAL -> 500;
        };
    }

    static HttpAnswer error(Status status, String message) {
        return error(status, message, null);
    }

    static HttpAnswer error(Status status, String message, @Nullable String key) {
        HttpAnswer answer = HttpAnswer.error(http(status), status.name(), message, key);
        // A server that stops does not come back; one that is busy does.
        return status == Status.OVERLOADED ? answer.with("retry-after", "1") : answer;
    }
}
