package io.millrace.server.security;

import java.util.Locale;

/** Why a connection or a token was refused. */
public enum SecurityRefusal {
    /** Plain bytes came to a port that speaks TLS. */
    PLAIN,
    /** The two sides could not agree: an older TLS, no certificate of the client, garbage. */
    HANDSHAKE,
    /** The client's certificate was not made by an authority that is trusted, or is out of date. */
    CLIENT_CERTIFICATE,
    /** The peer took too long for its handshake. */
    HANDSHAKE_TIMEOUT,
    /** The peer closed the connection within its handshake: often it does not trust the server. */
    HANDSHAKE_CLOSED,
    /** The token is not known. */
    BAD_TOKEN,
    /** The peer took too long to bring a token. */
    NO_TOKEN;

    /**
     * Name in metrics.
     *
     * @return lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
