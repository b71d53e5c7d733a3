package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.Status;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.RequestKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Requests that could not be answered by their deadline, over sockets. */
@Timeout(60)
class AdmissionTest {
    private static final long MINUTE_US = 60_000_000;
    private static final long SLOW_NS = 20_000_000;
    private static final int SLOW_REQUESTS = 3;

    private final FakeFunnel funnel = new FakeFunnel();

    private MillraceServer start(ServerConfig config) {
        return MillraceServer.start(config, funnel);
    }

    /** Requests that take so long each, whatever is given up. */
    private void slowDown(WireClient client, long ns) throws IOException {
        funnel.oddity = () -> LockSupport.parkNanos(ns);
        for (int i = 0; i < SLOW_REQUESTS; i++) {
            assertEquals(Status.OK, client.ask(asked(i, FakeFunnel.ODD_USER, MINUTE_US)).status());
        }
    }

    /** One holds the worker fast, ten wait behind it. */
    private void holdWithOthersBehind(MillraceServer server, WireClient client) throws Exception {
        client.send(asked(10, FakeFunnel.BLOCKED_USER, MINUTE_US));
        TransportTest.await(() -> funnel.begun.get() == SLOW_REQUESTS + 1);
        for (int i = 0; i < 10; i++) {
            client.send(asked(11 + i, 10, MINUTE_US));
        }
        TransportTest.await(() -> server.statistics().inFlight() == 11);
    }

    private static byte[] asked(long correlationId, long userId, long deadlineUs) {
        return Frames.recommend(correlationId, userId, 1, 0, 0, deadlineUs);
    }

    /** The worker is held fast, so an answer that comes before it goes on came at once. */
    @Test
    void shouldRefuseAtOnceWhenWhatWaitsLeavesNoTime() throws Exception {
        try (MillraceServer server = start(TestServers.config());
                WireClient client = new WireClient(server.port());
                WireClient other = new WireClient(server.port())) {
            slowDown(client, SLOW_NS);
            holdWithOthersBehind(server, client);
            // Ten wait for at least 6 ms each.
            Result refused = other.ask(asked(30, 10, 50_000));
            assertEquals(Status.OVERLOADED, refused.status());
            assertEquals(30, refused.correlationId());
            assertTrue(refused.message().contains("by its deadline"), refused.message());
            assertEquals(1, server.statistics().count(Refusal.DEADLINE));
            assertEquals(0, server.statistics().count(Refusal.IN_FLIGHT));
            assertEquals(11, server.statistics().inFlight());
            other.send(asked(31, 10, MINUTE_US));
            TransportTest.await(() -> server.statistics().inFlight() == 12);
            funnel.gate.release();
            assertEquals(Status.OK, other.result().status());
            for (int i = 0; i < 11; i++) {
                assertEquals(Status.OK, client.result().status());
            }
            assertEquals(1, server.statistics().count(RequestKind.RECOMMEND, Status.OVERLOADED));
        }
    }

    @Test
    void shouldRefuseAtOnceWhenAnIdleServerIsTooSlow() throws Exception {
        try (MillraceServer server = start(TestServers.config());
                WireClient client = new WireClient(server.port())) {
            slowDown(client, SLOW_NS);
            int refused = 0;
            for (int i = 0; i < 31; i++) {
                Status status = client.ask(asked(i, 10, 1_000)).status();
                refused += status == Status.OVERLOADED ? 1 : 0;
            }
            assertEquals(31, refused);
            Status tried = client.ask(asked(31, 10, 1_000)).status();
            assertTrue(tried != Status.OVERLOADED, "one in 32 is let in: " + tried);
        }
    }

    /** The one that has as few requests is held fast and known to be slow, the other is not. */
    @Test
    void shouldAskAnotherWorkerWhenTheFirstHasNoTime() throws Exception {
        try (MillraceServer server = start(TestServers.config().with("threads.workers", 2));
                WireClient client = new WireClient(server.port())) {
            slowDown(client, SLOW_NS);
            for (int i = 0; i < 2; i++) {
                client.send(asked(10 + i, FakeFunnel.BLOCKED_USER, MINUTE_US));
                int begun = SLOW_REQUESTS + 1 + i;
                TransportTest.await(() -> funnel.begun.get() == begun);
            }
            for (int i = 0; i < 4; i++) {
                client.send(asked(12 + i, 10, MINUTE_US));
            }
            client.send(asked(16, 10, 10_000));
            TransportTest.await(
                    () ->
                            server.statistics().inFlight()
                                            + server.statistics().count(Refusal.DEADLINE)
                                    == 7);
            assertEquals(7, server.statistics().inFlight());
            funnel.gate.release(2);
            for (int i = 0; i < 7; i++) {
                client.result();
            }
        }
    }

    @Test
    void shouldGiveTheUsualDeadlineWhenARequestHasNone() throws Exception {
        ServerConfig config = TestServers.config().with("limits.deadlineMs", 50);
        try (MillraceServer server = start(config);
                WireClient client = new WireClient(server.port())) {
            slowDown(client, SLOW_NS);
            holdWithOthersBehind(server, client);
            try (WireClient other = new WireClient(server.port())) {
                assertEquals(Status.OVERLOADED, other.ask(asked(30, 10, 0)).status());
                assertEquals(
                        Status.OVERLOADED, other.ask(Frames.similar(31, 5, 1, false)).status());
            }
            funnel.gate.release();
            for (int i = 0; i < 11; i++) {
                assertEquals(Status.OK, client.result().status());
            }
        }
    }

    @Test
    void shouldCountRefusalsByReason() throws Exception {
        ServerConfig config =
                TestServers.config().with("limits.inFlight", 1).with("limits.connections", 1);
        try (MillraceServer server = start(config);
                WireClient client = new WireClient(server.port())) {
            client.send(asked(1, FakeFunnel.BLOCKED_USER, 0));
            TransportTest.await(() -> funnel.begun.get() == 1);
            assertEquals(Status.OVERLOADED, client.ask(asked(2, 10, 0)).status());
            try (WireClient other = new WireClient(server.port())) {
                assertEquals(Status.OVERLOADED, other.result().status());
            }
            assertEquals(1, server.statistics().count(Refusal.IN_FLIGHT));
            assertEquals(1, server.statistics().count(Refusal.CONNECTIONS));
            assertEquals(0, server.statistics().count(Refusal.DEADLINE));
            funnel.gate.release();
            assertEquals(Status.OK, client.result().status());
        }
    }

    /** All of them can be answered in time if each is answered quickly, but not at full effort. */
    @Test
    void shouldGiveUpMoreWhenManyWait() throws Exception {
        try (MillraceServer server = start(TestServers.config());
                WireClient client = new WireClient(server.port())) {
            slowDown(client, 10 * SLOW_NS);
            assertEquals(0, funnel.givenUp.get());
            client.send(asked(10, FakeFunnel.BLOCKED_USER, MINUTE_US));
            TransportTest.await(() -> funnel.begun.get() == SLOW_REQUESTS + 1);
            for (int i = 0; i < 20; i++) {
                client.send(asked(11 + i, 10, 3_000_000));
            }
            TransportTest.await(
                    () ->
                            server.statistics().inFlight()
                                            + server.statistics().count(Refusal.DEADLINE)
                                    == 21);
            funnel.gate.release();
            for (int i = 0; i < 21; i++) {
                client.result();
            }
            assertTrue(funnel.givenUp.get() > 0, "nothing was given up");
        }
    }
}
