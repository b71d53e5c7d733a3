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
     * Checks the port.
     *
     * @throws MillraceException USAGE when there is no such port.
     */
    public Address {
        if (port < 1 || port > MOST) {
            throw MillraceException.usage("bad port: port=%d, limit=1 to %d", port, MOST);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
