package io.millrace.client.connection;

import io.millrace.core.error.MillraceException;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/**
 * What connections a client keeps and how.
 *
 * @param addresses of servers that are as good as each other.
 * @param connectionsPerAddress how many are kept open to each.
 * @param inFlightPerConnection the most requests under way on one.
 * @param mostWaiting the most requests that wait for room on a connection; more are refused.
 * @param connectTimeout the longest that opening a connection may take.
 * @param silence how long a connection may bring nothing before it is asked by a ping, and how long
 *     it may bring nothing after that.
 * @param retry when a request is sent again.
 * @param security how servers are known, and know the client.
 */
public record ConnectionPlan(
        List<Address> addresses,
        int connectionsPerAddress,
        int inFlightPerConnection,
        int mostWaiting,
        Duration connectTimeout,
        Duration silence,
        RetryPolicy retry,
        ClientSecurity security) {
    private static final Duration LEAST_TIME = Duration.ofMillis(1);
    private static final Duration MOST_TIME = Duration.ofHours(1);

    /**
     * Checks the limits.
     *
     * @throws MillraceException USAGE when one makes no sense.
     */
    public ConnectionPlan {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw MillraceException.usage("no address given; name a server by host and port");
        }
        if (new HashSet<>(addresses).size() < addresses.size()) {
            throw MillraceException.usage(
                    "address given twice: addresses=%s; raise the connections of one instead",
                    addresses);
        }
        requireAtLeastOne("connectionsPerAddress", connectionsPerAddress);
        requireAtLeastOne("inFlightPerConnection", inFlightPerConnection);
        requireAtLeastOne("mostWaiting", mostWaiting);
        requireTime("connectTimeout", connectTimeout);
        requireTime("silence", silence);
    }

    private static void requireTime(String name, Duration time) {
        if (time.compareTo(LEAST_TIME) < 0 || time.compareTo(MOST_TIME) > 0) {
            throw MillraceException.usage(
                    "out of range: %s=%s, limit=%s to %s", name, time, LEAST_TIME, MOST_TIME);
        }
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw MillraceException.usage("out of range: %s=%d, limit=1 or more", name, value);
        }
    }
}
