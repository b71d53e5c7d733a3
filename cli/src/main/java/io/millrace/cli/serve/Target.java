package io.millrace.cli.serve;

import io.millrace.client.MillraceClient;
import io.millrace.client.connection.ClientSecurity;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;

/**
 * Where a server is.
 *
 * @param host name or address.
 * @param port of the wire protocol.
 * @param security how the server is known, and knows who asks.
 */
public record Target(String host, int port, ClientSecurity security) {
    /** Where a server is that was started with nothing else said. */
    public static final String DEFAULT = "127.0.0.1:7311";

    /** The port of such a server. */
    public static final int DEFAULT_PORT = 7_311;

    private static final int MOST = 65_535;

    /** The same place, guarded. */
    public Target guarded(ClientSecurity how) {
        return new Target(host, port, how);
    }

    /** A client of the server. */
    public MillraceClient connect(Duration deadline) {
        return MillraceClient.of(host, port, deadline, security);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }

    /** Reads {@code HOST:PORT}; an IPv6 address stands in brackets. */
    public static final class Converter implements ITypeConverter<Target> {
        /** Called by picocli. */
        public Converter() {}

        @Override
        public Target convert(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? "" : text.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            int port = colon < 0 ? -1 : port(text.substring(colon + 1));
            if (host.isBlank() || port < 1 || port > MOST) {
                throw new TypeConversionException(
                        "'" + text + "' is no HOST:PORT, as in " + DEFAULT);
            }
            return new Target(host, port, ClientSecurity.NONE);
        }

        private static int port(String text) {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                return -1;
            }
        }
    }
}
