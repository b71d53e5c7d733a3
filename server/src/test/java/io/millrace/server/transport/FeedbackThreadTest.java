package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.Frames.Event;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.request.RequestKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;

/** While a disk stands still, feedback waits for it and nothing else does. */
@Timeout(60)
class FeedbackThreadTest {
    private static final int IN_FLIGHT = 12;
    private static final int FEEDBACK = 3;

    private final FakeFunnel funnel = new FakeFunnel();

    @Test
    void shouldAnswerOthersWhileFeedbackWaits() throws IOException {
        ServerConfig config = TestServers.config().with("threads.workers", 1);
        try (MillraceServer server = MillraceServer.start(config, funnel);
                WireClient client = new WireClient(server.port())) {
            client.send(feedback(1, FakeFunnel.BLOCKED_USER));
            client.send(feedback(2, 10));
            for (int i = 0; i < 20; i++) {
                assertEquals(Status.OK, client.ask(Frames.recommend(100 + i, 10, 1)).status());
            }
            funnel.gate.release();
            assertEquals(1, client.result().correlationId());
            assertEquals(2, client.result().correlationId());
            assertEquals(2, server.statistics().count(RequestKind.FEEDBACK, Status.OK));
        }
    }

    @Test
    void shouldKeepMostOfTheRoomForOthers() throws IOException {
        ServerConfig config = TestServers.config().with("limits.inFlight", IN_FLIGHT);
        try (MillraceServer server = MillraceServer.start(config, funnel);
                WireClient client = new WireClient(server.port())) {
            for (int i = 0; i < FEEDBACK; i++) {
                client.send(feedback(i, FakeFunnel.BLOCKED_USER));
            }
            Result refused = client.ask(feedback(50, FakeFunnel.BLOCKED_USER));
            assertEquals(Status.OVERLOADED, refused.status());
            assertEquals(50, refused.correlationId());
            assertTrue(refused.message().contains("waits for the disk"), refused.message());
            assertEquals(Status.OK, client.ask(Frames.recommend(51, 10, 1)).status());
            funnel.gate.release(FEEDBACK);
            for (int i = 0; i < FEEDBACK; i++) {
                assertEquals(Status.OK, client.result().status());
            }
            assertEquals(Status.OK, client.ask(feedback(52, 10)).status());
        }
    }

    private static byte[] feedback(long correlationId, long userId) {
        return Frames.feedback(correlationId, userId, 0, Event.of(EventCode.CLICK, 5));
    }
}
