package io.millrace.client.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.time.Duration;
import java.util.List;

final class ConnectionPlanTest {
    private static final Address HERE = new Address("here", 7311);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static ConnectionPlan plan(
            List<Address> addresses, int connections, int inFlight, int waiting, Duration time) {
        return new ConnectionPlan(
                addresses,
                connections,
                inFlight,
                waiting,
                time,
                time,
                RetryPolicy.STANDARD,
                ClientSecurity.NONE);
    }

    private static ConnectionPlan silent(Duration silence) {
        return new ConnectionPlan(
                List.of(HERE), 1, 1, 1, SECOND, silence, RetryPolicy.STANDARD, ClientSecurity.NONE);
    }

    @Test
    void shouldNameTheSettingThatMakesNoSense() {
        assertEquals(1, plan(List.of(HERE), 1, 1, 1, SECOND).connectionsPerAddress());
        assertUsage("no address given", () -> plan(List.of(), 1, 1, 1, SECOND));
        assertUsage("here:7311", () -> plan(List.of(HERE, HERE), 1, 1, 1, SECOND));
        assertUsage("connectionsPerAddress=0", () -> plan(List.of(HERE), 0, 1, 1, SECOND));
        assertUsage("inFlightPerConnection=0", () -> plan(List.of(HERE), 1, 0, 1, SECOND));
        assertUsage("mostWaiting=-1", () -> plan(List.of(HERE), 1, 1, -1, SECOND));
        assertUsage(
                "connectTimeout=PT0.000001S",
                () -> plan(List.of(HERE), 1, 1, 1, Duration.ofNanos(1_000)));
        assertUsage("connectTimeout=PT2H", () -> plan(List.of(HERE), 1, 1, 1, Duration.ofHours(2)));
        assertUsage("silence=PT0S", () -> silent(Duration.ZERO));
        assertUsage("port=0", () -> new Address("here", 0));
        assertUsage("no host given", () -> new Address(" ", 7311));
        assertUsage("port=65536", () -> new Address("here", 65_536));
        assertUsage("attempts=0", () -> new RetryPolicy(0, RetryPolicy.STANDARD.backoff(), 0.1));
        assertUsage("share=1.5", () -> new RetryPolicy(1, RetryPolicy.STANDARD.backoff(), 1.5));
        assertUsage(
                "share=NaN", () -> new RetryPolicy(1, RetryPolicy.STANDARD.backoff(), Double.NaN));
    }

    private static void assertUsage(String text, Executable plan) {
        MillraceException e = assertThrows(MillraceException.class, plan);
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains(text), e.getMessage());
    }
}
