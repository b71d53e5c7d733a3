package io.millrace.client.connection;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/** What can go wrong between a client and its servers, in one line each. */
final class Failures {
    private Failures() {}

    static MillraceException unreachable(Address address, String reason) {
        return unavailable(
                "no server answers: address="
                        + address
                        + ", reason="
                        + reason
                        + "; start one with 'millrace serve' or check host and port");
    }

    static MillraceException insecure(Address address, String reason) {
        return unavailable(
                "no secure connection: address="
                        + address
                        + ", reason="
                        + reason
                        + "; check whether the server speaks TLS, its name and authority, and the"
                        + " client's own certificate");
    }

    static MillraceException lost(Address address, String reason) {
        return unavailable(
                "connection lost: address="
                        + address
                        + ", reason="
                        + reason
                        + "; look at the server's log");
    }

    /** The server said why it does not go on with this connection. */
    static MillraceException refused(Address address, String answer) {
        return unavailable("the server refused the connection: address=" + address + ", " + answer);
    }

    static MillraceException leaving(Address address) {
        return unavailable(
                "the server is shutting down: address=" + address + "; ask another, or later");
    }

    static MillraceException foreign(Address address, String reason) {
        return unavailable(
                "not a millrace server: address="
                        + address
                        + ", reason="
                        + reason
                        + "; check the port, it has to be millrace's own");
    }

    /** The server answered with something that this client is too old for. */
    static MillraceException tooNew(Address address, int version, int template) {
        return MillraceException.of(
                ErrorCode.UNSUPPORTED_VERSION,
                "answer of a newer version: address=%s, version=%d, template=%d; use a newer"
                        + " client",
                address,
                version,
                template);
    }

    /** The deadline passed; the address is null where the request never left. */
    static MillraceException late(String label, @Nullable Address address, Duration deadline) {
        return unavailable(
                address == null
                        ? "no connection was to be had in time: request="
                                + label
                                + ", deadlineMs="
                                + deadline.toMillis()
                                + "; raise the deadline, the connections or their requests in"
                                + " flight"
                        : "the server did not answer in time: request="
                                + label
                                + ", address="
                                + address
                                + ", deadlineMs="
                                + deadline.toMillis()
                                + "; look at its load or raise the deadline");
    }

    static MillraceException tooManyWaiting(String label, int limit) {
        return MillraceException.of(
                ErrorCode.LIMIT,
                "too many requests wait for a connection: request=%s, limit=%d; ask less, or raise"
                        + " the connections or their requests in flight",
                label,
                limit);
    }

    static MillraceException closed(String label) {
        return unavailable("the client is closed: request=" + label + "; make a new one");
    }

    static MillraceException broken(Throwable cause) {
        return new MillraceException(
                ErrorCode.INTERNAL,
                "the client broke down: reason=" + cause + "; make a new one and report this",
                cause);
    }

    /** What the system says of a connection, without its class name where it says anything. */
    static String reason(Exception cause) {
        String text = cause.getMessage();
        return text == null
                ? cause.getClass().getSimpleName()
                : text.lines().findFirst().orElse("");
    }

    private static MillraceException unavailable(String message) {
        return new MillraceException(ErrorCode.UNAVAILABLE, message, null);
    }
}
