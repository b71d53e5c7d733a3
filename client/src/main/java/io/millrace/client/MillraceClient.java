package io.millrace.client;

import io.millrace.client.connection.Address;
import io.millrace.client.connection.ClientSecurity;
import io.millrace.client.connection.ConnectionPlan;
import io.millrace.client.connection.Dispatcher;
import io.millrace.client.connection.RetryPolicy;
import io.millrace.core.error.MillraceException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of one server, or of several that serve the same. It keeps connections open, finds
 * servers again that were gone, and spreads requests over those that are there. Its own methods
 * wait for their answers; {@link #async} has the same that do not.
 *
 * <p>Threading: any number of threads at once share one client. Ownership: close it.
 */
public final class MillraceClient extends BlockingRequests implements AutoCloseable {
    private final Dispatcher dispatcher;
    private final AsyncRequests async;
    private final Duration closeWithin;

    private MillraceClient(Dispatcher dispatcher, Builder builder) {
        super(dispatcher, builder.deadline);
        this.dispatcher = dispatcher;
        this.async = new AsyncRequests(dispatcher, builder.deadline);
        this.closeWithin = builder.closeWithin;
    }

    /**
     * Makes a client of one server, all else as the builder has it.
     *
     * @param host name or address.
     * @param port of the wire protocol.
     * @param deadline the longest a request may take, and the opening of a connection.
     * @return the client; whether the server is there is known by the first request.
     */
    public static MillraceClient of(String host, int port, Duration deadline) {
        return of(host, port, deadline, ClientSecurity.NONE);
    }

    /**
     * Makes a client of one server that is guarded, all else as the builder has it.
     *
     * @param host name or address.
     * @param port of the wire protocol.
     * @param deadline the longest a request may take, and the opening of a connection.
     * @param security how the server is known, and knows the client.
     * @return the client; whether the server is there is known by the first request.
     */
    public static MillraceClient of(
            String host, int port, Duration deadline, ClientSecurity security) {
        return builder()
                .address(host, port)
                .deadline(deadline)
                .connectTimeout(deadline)
                .security(security)
                .build();
    }

    /**
     * Begins the plan of a client.
     *
     * @return a plan without an address.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Requests that return at once.
     *
     * @return requests over the same connections.
     */
    public AsyncRequests async() {
        return async;
    }

    /**
     * Lets what was asked be answered, for as long as the builder was told; what is not answered by
     * then fails. Then ends the connections and the thread.
     */
    @Override
    public void close() {
        dispatcher.close(closeWithin);
    }

    /** A plan of a client; every setting but the address has a default. */
    public static final class Builder {
        private static final Duration MOST_CLOSE = Duration.ofHours(1);

        private final List<Address> addresses = new ArrayList<>();
        private int connectionsPerAddress = 1;
        private int inFlightPerConnection = 128;
        private int mostWaiting = 10_000;
        private Duration connectTimeout = Duration.ofSeconds(1);
        private Duration deadline = Duration.ofSeconds(1);
        private Duration silence = Duration.ofSeconds(5);
        private Duration closeWithin = Duration.ofSeconds(1);
        private RetryPolicy retry = RetryPolicy.STANDARD;
        private ClientSecurity security = ClientSecurity.NONE;

        private Builder() {}

        /**
         * Adds a server; those added are as good as each other.
         *
         * @param host name or address.
         * @param port of the wire protocol.
         * @return this.
         */
        public Builder address(String host, int port) {
            addresses.add(new Address(host, port));
            return this;
        }

        /**
         * Sets how many connections are kept open to each address.
         *
         * @param count 1 unless told otherwise: many requests are under way on one.
         * @return this.
         */
        public Builder connectionsPerAddress(int count) {
            connectionsPerAddress = count;
            return this;
        }

        /**
         * Sets the most requests under way on a connection; others wait for one of them to end.
         *
         * @param count 128 unless told otherwise, which is what a server takes of a connection.
         * @return this.
         */
        public Builder inFlightPerConnection(int count) {
            inFlightPerConnection = count;
            return this;
        }

        /**
         * Sets the most requests that wait for room on a connection; more fail at once.
         *
         * @param count 10,000 unless told otherwise.
         * @return this.
         */
        public Builder mostWaiting(int count) {
            mostWaiting = count;
            return this;
        }

        /**
         * Sets the longest that opening a connection may take.
         *
         * @param longest 1 s unless told otherwise.
         * @return this.
         */
        public Builder connectTimeout(Duration longest) {
            connectTimeout = longest;
            return this;
        }

        /**
         * Sets the longest a request may take where {@code within} does not say otherwise.
         *
         * @param longest 1 ms to 1 h; 1 s unless told otherwise.
         * @return this.
         */
        public Builder deadline(Duration longest) {
            deadline = Deadline.validate(longest);
            return this;
        }

        /**
         * Sets how long a connection may bring nothing before a ping asks, and how long after the
         * ping it is given up.
         *
         * @param longest 5 s unless told otherwise.
         * @return this.
         */
        public Builder silence(Duration longest) {
            silence = longest;
            return this;
        }

        /**
         * Sets how long {@link MillraceClient#close} waits for answers.
         *
         * @param longest 0 to 1 h; 1 s unless told otherwise.
         * @return this.
         */
        public Builder closeWithin(Duration longest) {
            if (longest.isNegative() || longest.compareTo(MOST_CLOSE) > 0) {
                throw MillraceException.usage(
                        "out of range: closeWithin=%s, limit=0 to %s", longest, MOST_CLOSE);
            }
            closeWithin = longest;
            return this;
        }

        /**
         * Sets when requests are sent again.
         *
         * @param policy {@link RetryPolicy#STANDARD} unless told otherwise.
         * @return this.
         */
        public Builder retry(RetryPolicy policy) {
            retry = policy;
            return this;
        }

        /**
         * Sets how servers are known, and how they know the client.
         *
         * @param how {@link ClientSecurity#NONE} unless told otherwise.
         * @return this.
         */
        public Builder security(ClientSecurity how) {
            security = how;
            return this;
        }

        /**
         * Makes the client, which begins to open connections and does not wait for them.
         *
         * @return the client.
         * @throws MillraceException USAGE when a setting makes no sense, or the JVM lacks an option
         *     that is needed.
         */
        public MillraceClient build() {
            JvmOption.require();
            ConnectionPlan plan =
                    new ConnectionPlan(
                            addresses,
                            connectionsPerAddress,
                            inFlightPerConnection,
                            mostWaiting,
                            connectTimeout,
                            silence,
                            retry,
                            security);
            return new MillraceClient(new Dispatcher(plan), this);
        }
    }
}
