package io.millrace.core.wire;

import io.millrace.core.wire.codec.StatusCode;

/** How a request ended; the first question to ask of a {@code ResultResponse}. */
public enum Status {
    /** Answered. */
    OK(StatusCode.OK),
    /** The request makes no sense: a damaged body, a wrong dimension, k out of range. */
    BAD_REQUEST(StatusCode.BAD_REQUEST),
    /** The item asked about is not in the catalogue. */
    UNKNOWN_ITEM(StatusCode.UNKNOWN_ITEM),
    /** The frame's schema, version or message is not understood. */
    UNSUPPORTED_VERSION(StatusCode.UNSUPPORTED_VERSION),
    /** The frame is longer than the server takes. */
    TOO_LARGE(StatusCode.TOO_LARGE),
    /** Refused at once, nothing was done; another server or a later moment may do better. */
    OVERLOADED(StatusCode.OVERLOADED),
    /** The deadline passed first. */
    DEADLINE_EXCEEDED(StatusCode.DEADLINE_EXCEEDED),
    /** Refused because the server is draining. */
    SHUTTING_DOWN(StatusCode.SHUTTING_DOWN),
    /** A defect of the server. */
    INTERNAL(StatusCode.INTERNAL),
    /** The server can't write to its disk, so nothing is changed; everything else is served. */
    CHANGES_REFUSED(StatusCode.CHANGES_REFUSED),
    /** Nobody, or nobody known, has said by a token who asks. */
    UNAUTHENTICATED(StatusCode.UNAUTHENTICATED),
    /** Who asks may not do that. */
    FORBIDDEN(StatusCode.FORBIDDEN),
    /** Who asks has asked more than the token's rate; nothing was done. */
    RATE_LIMITED(StatusCode.RATE_LIMITED);

    private static final Status[] BY_CODE = values();

    private final StatusCode wire;

    Status(StatusCode wire) {
        this.wire = wire;
    }

    /**
     * The code on the wire.
     *
     * @return 0 for {@link #OK}
     */
    public int code() {
        return wire.value();
    }

    /**
     * The generated constant, for the encoder.
     *
     * @return the constant of the same name
     */
    public StatusCode wire() {
        return wire;
    }

    /**
     * The status of a code read from the wire.
     *
     * @param code as read by {@code statusRaw()}
     * @return the status; a code that only a later version knows reads as {@link #INTERNAL}
     */
    public static Status of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : INTERNAL;
    }
}
