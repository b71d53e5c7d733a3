package io.millrace.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.message.Answer;
import io.millrace.client.message.ExplainFrames;
import io.millrace.client.message.ExplainQuery;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RankQuery;
import io.millrace.client.message.RecommendQuery;
import io.millrace.client.message.RequestFrame;
import io.millrace.client.message.RequestFrames;
import io.millrace.client.message.SearchQuery;
import io.millrace.client.message.SimilarQuery;
import io.millrace.client.message.Statistics;
import io.millrace.client.message.Wishes;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ReasonCode;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is wished for beside a question, byte by byte as the kept frames of version 7 have it. */
@Timeout(120)
final class WishesTest {
    private static final Path GOLDEN =
            Path.of("..", "core/src/test/resources/io/millrace/core/wire/v7");
    private static final Wishes STOCK = Wishes.NONE.filtered("stock >= 1");

    private static byte[] golden(String name) {
        try {
            return HexFormat.of()
                    .parseHex(
                            Files.readAllLines(GOLDEN.resolve(name + ".hex")).stream()
                                    .map(line -> line.replaceFirst("#.*", "").replace(" ", ""))
                                    .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertFrame(String name, RequestFrame<?> request, long deadlineUs) {
        byte[] expected = golden(name);
        long correlationId = FrameLayout.correlationId(new UnsafeBuffer(expected), 0);
        ByteBuffer leaving = request.leaving(correlationId, deadlineUs);
        byte[] frame = new byte[leaving.remaining()];
        leaving.get(frame);
        assertArrayEquals(expected, frame, name);
    }

    @Test
    void shouldSendWishesAsTheyAreKept() {
        RecommendQuery asked =
                new RecommendQuery(
                        12345, 10, 0, Map.of(), List.of(900L), List.of(), false, false, false);
        assertFrame(
                "recommend-request-wishes",
                RequestFrames.recommend(
                        asked.wishing(
                                Wishes.NONE
                                        .filtered("category = 'shoes' and price < 50")
                                        .keyed("wide-net/b")
                                        .traced())),
                20_000);
        assertFrame(
                "similar-request-wishes",
                RequestFrames.similar(SimilarQuery.of(900, 5).wishing(STOCK.traced())),
                0);
        assertFrame(
                "search-request-wishes",
                RequestFrames.search(
                        SearchQuery.of(new float[] {1}, 3)
                                .wishing(Wishes.NONE.traced().keyed("wide-net/a"))),
                0);
        assertFrame(
                "rank-request-key",
                RequestFrames.rank(
                        new RankQuery(
                                12345,
                                1,
                                0,
                                Map.of(),
                                List.of(900L),
                                false,
                                List.of(),
                                Wishes.NONE.keyed("wide-net/b").traced())),
                0);
        assertFrame(
                "feedback-request-key",
                RequestFrames.feedback(
                        12345,
                        0,
                        List.of(new FeedbackEvent(EventCode.CLICK, 900, Float.NaN)),
                        "wide-net/b"),
                0);
        assertFrame(
                "explain-request-filter",
                ExplainFrames.explain(
                        new ExplainQuery(
                                RecommendQuery.of(12345, 10).wishing(STOCK), List.of(900L), false)),
                0);
        assertFrame("stats-request", RequestFrames.stats(), 0);
    }

    private static int version(RequestFrame<?> request) {
        ByteBuffer frame = request.leaving(1, 0);
        return frame.order(ByteOrder.LITTLE_ENDIAN).getShort(10);
    }

    /** Servers of before go on being asked. */
    @Test
    void shouldSpeakAnOlderVersionWhenThereAreNoWishes() {
        RecommendQuery plain = RecommendQuery.of(1, 2).wishing(Wishes.NONE.filtered("").keyed(""));
        assertEquals(1, version(RequestFrames.recommend(plain)));
        assertEquals(1, version(RequestFrames.similar(SimilarQuery.of(1, 2))));
        assertEquals(1, version(RequestFrames.search(SearchQuery.of(new float[1], 2))));
        assertEquals(3, version(RequestFrames.rank(RankQuery.ofItems(1, List.of(2L)))));
        assertEquals(2, version(RequestFrames.feedback(1, 0, List.of(), "")));
        assertEquals(6, version(ExplainFrames.explain(ExplainQuery.of(1))));
        assertEquals(7, version(RequestFrames.recommend(plain.wishing(STOCK))));
    }

    @Test
    void shouldReadTimesOfStagesAndStatistics() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    byte[] frame = golden(number == 0 ? "result-response-trace" : "stats-response");
                    new UnsafeBuffer(frame)
                            .putLong(
                                    FrameLayout.BODY_OFFSET,
                                    peer.correlationId(),
                                    ByteOrder.LITTLE_ENDIAN);
                    peer.raw(frame, frame.length);
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            Answer traced = client.recommend(RecommendQuery.of(1, 1).wishing(STOCK.traced()));
            assertEquals(List.of("decode", "retrieve"), List.copyOf(traced.stageNs().keySet()));
            assertEquals(List.of(1_500L, 1_000_000L), List.copyOf(traced.stageNs().values()));
            assertEquals(777, traced.itemIds()[0]);
            Statistics told = client.stats();
            assertEquals(0xFEDC_BA98_7654_3210L, told.fingerprint());
            assertEquals(60_000_000_000L, told.uptimeNs());
            assertEquals(
                    List.of(
                            "requests_total{kind=\"recommend\",status=\"ok\"}",
                            "service_seconds{quantile=\"0.99\"}"),
                    List.copyOf(told.samples().keySet()));
            assertEquals(List.of(12.0, 0.0025), List.copyOf(told.samples().values()));
            assertEquals(told, client.async().stats().join());
        }
    }

    /** One that answered without the filter would show what may not be shown. */
    @Test
    void shouldTellThatAServerIsTooOldForWishes() {
        FakeServer.Behaviour behaviour =
                (peer, number) ->
                        peer.answer(
                                Status.UNSUPPORTED_VERSION,
                                ReasonCode.NONE,
                                new long[0],
                                0,
                                "version not known: speak version 1 to 6");
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = Clients.of(server).build()) {
            Answer refused = client.similar(SimilarQuery.of(1, 2).wishing(STOCK));
            assertEquals(Status.UNSUPPORTED_VERSION, refused.status());
            assertTrue(refused.stageNs().isEmpty());
            MillraceException e = assertThrows(MillraceException.class, client::stats);
            assertEquals(ErrorCode.UNSUPPORTED_VERSION, e.code());
        }
    }

    @Test
    void shouldRefuseWhatNoServerTakes() {
        assertUsage(
                () -> Wishes.NONE.keyed("ü".repeat(33)),
                "experiment key too long: bytes=66, limit=64; shorten it");
        assertUsage(
                () -> Wishes.NONE.filtered("x".repeat(2_049)),
                "filter too long: bytes=2049, limit=2048; shorten it");
        assertUsage(
                () -> Wishes.NONE.filtered("x = '\uD800'"),
                "no text: filter has half of a surrogate pair; correct it");
        assertUsage(
                () -> RankQuery.ofItems(1, List.of(2L)).wishing(STOCK),
                "a rank request has no filter: filter=stock >= 1; leave out the items instead");
        assertUsage(
                () ->
                        new ExplainQuery(
                                RecommendQuery.of(1, 2).wishing(STOCK.traced()), List.of(), false),
                "an explanation tells no times of stages; ask for them with the recommendation");
    }

    private static void assertUsage(Executable wrong, String message) {
        MillraceException e = assertThrows(MillraceException.class, wrong);
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
