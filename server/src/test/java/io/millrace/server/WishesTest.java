package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.server.WireClient.Result;
import io.millrace.server.request.Stage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** What requests of version 7 wish for. */
@Timeout(60)
class WishesTest {
    private static final long NOT_PASSED = -1;

    /** The flags behind the correlation id, the user, the moment, the deadline and k. */
    private static final int FLAGS_OFFSET = FrameLayout.BODY_OFFSET + 8 + 8 + 8 + 4 + 2;

    private static final byte TRACE = 1 << 3;

    @Test
    void shouldTellTimesOfStagesWhenTraced() throws IOException {
        try (MillraceServer server = MillraceServer.start(TestServers.config(), new FakeFunnel());
                WireClient client = new WireClient(server.port())) {
            Result plain = client.ask(Frames.recommend(1, 10, 3, false, "", ""));
            Result traced = client.ask(Frames.recommend(2, 10, 3, true, "", ""));
            assertEquals(List.of(), plain.stageNs());
            assertEquals(plain.items(), traced.items());
            assertEquals(WireLimits.STAGES, traced.stageNs().size());
            assertEquals(NOT_PASSED, traced.stageNs().get(Stage.JOURNAL.index()));
            assertTrue(traced.stageNs().get(Stage.DECODE.index()) >= 0);
            assertTrue(traced.stageNs().get(Stage.QUEUE.index()) >= 0);
            assertTrue(traced.stageNs().get(Stage.ENCODE.index()) > 0);
            long passed =
                    traced.stageNs().stream().filter(ns -> ns >= 0).mapToLong(Long::longValue).sum()
                            - traced.stageNs().get(Stage.ENCODE.index());
            assertTrue(passed <= traced.serviceNs(), traced::toString);
        }
    }

    @Test
    void shouldNotTellTimesWhenFrameIsOlder() throws IOException {
        try (MillraceServer server = MillraceServer.start(TestServers.config(), new FakeFunnel());
                WireClient client = new WireClient(server.port())) {
            byte[] frame = Frames.recommend(1, 10, 3);
            frame[FLAGS_OFFSET] |= TRACE;
            Result result = client.ask(frame);
            assertEquals(Status.OK, result.status());
            assertEquals(3, result.items().size());
            assertEquals(List.of(), result.stageNs());
        }
    }

    @Test
    void shouldHaveStagesInOrderOfSchema() {
        assertEquals(WireLimits.STAGES, Stage.count());
        assertEquals(
                "decode, queue, user, embed, retrieve, rank, rerank, journal, encode",
                String.join(
                        ", ",
                        IntStream.range(0, Stage.count())
                                .mapToObj(i -> Stage.at(i).label())
                                .toList()));
    }

    @Test
    void shouldRefuseWhenTextIsTooLong() throws IOException {
        try (MillraceServer server = MillraceServer.start(TestServers.config(), new FakeFunnel());
                WireClient client = new WireClient(server.port())) {
            String key = "k".repeat(WireLimits.MAX_EXPERIMENT_KEY_BYTES);
            assertEquals(
                    Status.OK, client.ask(Frames.recommend(1, 10, 3, false, "", key)).status());
            Result long1 = client.ask(Frames.recommend(2, 10, 3, false, "", key + "k"));
            assertEquals(Status.BAD_REQUEST, long1.status());
            assertEquals("experiment key too long: bytes=65, limit=64", long1.message());
            String filter = " ".repeat(WireLimits.MAX_FILTER_BYTES + 1);
            Result long2 = client.ask(Frames.recommend(3, 10, 3, false, filter, ""));
            assertEquals(Status.BAD_REQUEST, long2.status());
            assertEquals("filter too long: bytes=2049, limit=2048", long2.message());
            assertEquals(Status.OK, client.ask(Frames.recommend(4, 10, 3)).status());
        }
    }
}
