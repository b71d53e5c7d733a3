package io.millrace.client.connection;

import io.millrace.core.error.MillraceException;

/**
 * Where a server is.
 *
 * @param host name or address; a name is looked up whenever a connection is opened.
 * @param port of the wire protocol.
 */
public record Address(String host, int port) {
    private static final int MOST = 65_535;

    /**
     * Checks both.
     *
     * @throws MillraceException USAGE when there is no host, or no such port.
     */
    public Address {
        if (host.isBlank()) {
            throw MillraceException.usage("no host given: port=%d; name one", port);
        }
        if (port < 1 || port > MOST) {
            throw MillraceException.usage("bad port: port=%d, limit=1 to %d", port, MOST);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
