package io.millrace.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.message.Answer;
import io.millrace.client.message.ContextField;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankColumns;
import io.millrace.client.message.RankQuery;
import io.millrace.client.message.RecommendQuery;
import io.millrace.client.message.SearchQuery;
import io.millrace.client.message.ServerInfo;
import io.millrace.client.message.SimilarQuery;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.FeedbackRequestDecoder;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.RankRequestDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RecommendRequestDecoder;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.SearchRequestDecoder;
import io.millrace.core.wire.codec.SimilarRequestDecoder;
import io.millrace.core.wire.codec.UpdateRequestDecoder;
import io.millrace.core.wire.codec.UpsertRequestDecoder;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

final class RequestsTest {
    private static MillraceClient client(FakeServer server) {
        return MillraceClient.of("127.0.0.1", server.port(), Duration.ofSeconds(2));
    }

    @Test
    void shouldReadWhatTheServerSaysOfItself() {
        try (FakeServer server = FakeServer.sound();
                MillraceClient client = client(server)) {
            client.ping();
            ServerInfo info = client.info(3);
            assertEquals("9.9-test", info.version());
            assertEquals(1, info.protocolVersion());
            assertEquals(1_000, info.items());
            assertEquals(100, info.users());
            assertEquals(4, info.dimension());
            assertEquals(50, info.maxK());
            assertEquals(0xFEED_FACE_CAFE_BEEFL, info.fingerprint());
            assertArrayEquals(new long[] {7, 8}, info.sampleUsers());
            assertArrayEquals(new long[] {100, 101, 102}, info.sampleItems());
            assertEquals(
                    List.of(new ContextField("hour", 24), new ContextField("tab", 3)),
                    info.contextFields());
        }
    }

    @Test
    void shouldSendAllOfARecommendRequestAndReadItsAnswer() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    RecommendRequestDecoder request = peer.recommend();
                    StringBuilder seen = new StringBuilder();
                    seen.append('v').append(peer.version()).append(' ');
                    seen.append(request.userId()).append(' ').append(request.timestampMs());
                    seen.append(' ').append(request.k());
                    seen.append(' ').append(request.flags().keepSeen());
                    seen.append(' ').append(request.flags().skipRules());
                    for (RecommendRequestDecoder.ContextDecoder context : request.context()) {
                        seen.append(" c")
                                .append(context.field())
                                .append('=')
                                .append(context.code());
                    }
                    for (RecommendRequestDecoder.ExcludeDecoder exclude : request.exclude()) {
                        seen.append(" x").append(exclude.itemId());
                    }
                    long[] ids = {9, 8};
                    peer.answer(Status.OK, ReasonCode.COLD_START, ids, 0.25f, seen.toString());
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = client(server)) {
            RecommendQuery query =
                    new RecommendQuery(
                            42,
                            10,
                            1_234,
                            Map.of(1, 5),
                            List.of(3L, 4L),
                            List.of(),
                            false,
                            true,
                            false);
            Answer answer = client.recommend(query);
            assertTrue(answer.isOk());
            // A server of version 1 takes what has no history.
            assertEquals("v1 42 1234 10 true false c1=5 x3 x4", answer.message());
            assertEquals(ReasonCode.COLD_START, answer.reason());
            assertArrayEquals(new long[] {9, 8}, answer.itemIds());
            assertArrayEquals(new float[] {0.25f, 0.25f}, answer.scores());
            assertEquals("RANKED", answer.sourceName(1));
            assertEquals(300, answer.retrieved());
            assertEquals(200, answer.ranked());
            assertEquals(1_234, answer.serviceNs());
            assertEquals(0, answer.degraded());
            assertEquals(0xFEED_FACE_CAFE_BEEFL, answer.fingerprint());
        }
    }

    @Test
    void shouldTellOfHistoriesWhenThereAreSome() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    RecommendRequestDecoder request = peer.recommend();
                    StringBuilder seen = new StringBuilder();
                    seen.append('v').append(peer.version());
                    seen.append(' ').append(request.flags().replaceHistory());
                    request.context().sbeSkip();
                    request.exclude().sbeSkip();
                    for (RecommendRequestDecoder.HistoryDecoder item : request.history()) {
                        seen.append(" h").append(item.itemId());
                    }
                    peer.answer(Status.OK, ReasonCode.NONE, new long[0], 0, seen.toString());
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = client(server)) {
            List<Long> none = List.of();
            Answer fresh =
                    client.recommend(
                            new RecommendQuery(
                                    1, 5, 0, Map.of(), none, List.of(7L, 8L), false, false, false));
            assertEquals("v2 false h7 h8", fresh.message());
            Answer replaced =
                    client.recommend(
                            new RecommendQuery(1, 5, 0, Map.of(), none, none, true, false, true));
            assertEquals("v2 true", replaced.message());
        }
    }

    @Test
    void shouldSendAllEventsOfFeedback() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    FeedbackRequestDecoder request = peer.feedback();
                    StringBuilder seen = new StringBuilder();
                    seen.append(request.userId()).append(' ').append(request.timestampMs());
                    for (FeedbackRequestDecoder.EventsDecoder event : request.events()) {
                        seen.append(' ').append(event.kind()).append(event.itemId());
                        seen.append('=').append(event.watchedShare());
                    }
                    peer.answer(Status.OK, ReasonCode.NONE, new long[0], 0, seen.toString());
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = client(server)) {
            List<FeedbackEvent> events =
                    List.of(
                            new FeedbackEvent(EventCode.CLICK, 7, Float.NaN),
                            new FeedbackEvent(EventCode.LONG_WATCH, 7, 0.75f));
            Answer answer = client.feedback(42, 1_234, events);
            assertTrue(answer.isOk());
            assertEquals("42 1234 CLICK7=NaN LONG_WATCH7=0.75", answer.message());
        }
    }

    @Test
    void shouldSendChanges() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    StringBuilder seen = new StringBuilder("version " + peer.version());
                    if (peer.isDelete()) {
                        seen.append(" delete ").append(peer.delete().itemId());
                    } else {
                        UpdateRequestDecoder request = peer.update();
                        seen.append(' ').append(request.scope()).append(request.id());
                        for (UpdateRequestDecoder.ColumnsDecoder column : request.columns()) {
                            seen.append(' ').append(column.form()).append(' ');
                            seen.append(column.name()).append(' ');
                            byte[] values = new byte[column.valuesLength()];
                            column.getValues(values, 0, values.length);
                            seen.append(HexFormat.of().formatHex(values));
                        }
                    }
                    peer.answer(Status.OK, ReasonCode.NONE, new long[0], 0, seen.toString());
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = client(server)) {
            RankColumns known = client.columns(ScopeCode.USER);
            assertEquals(
                    List.of("price", "tags"),
                    known.columns().stream().map(RankColumns.Column::name).toList());
            assertEquals("version 4 delete -7", client.delete(-7).message());
            List<RankColumn> columns =
                    List.of(
                            new RankColumn.Numbers("price", new double[] {1.5}),
                            new RankColumn.Texts("tags", List.of("a")));
            assertEquals(
                    "version 4 ITEM42 NUMBERS price 000000000000f83f TEXTS tags 010061",
                    client.update(ScopeCode.ITEM, 42, columns).message());
            assertEquals(
                    "version 4 USER-8",
                    client.async().update(ScopeCode.USER, -8, List.of()).join().message());
        }
    }

    @Test
    void shouldSendUpserts() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    assertTrue(peer.isUpsert());
                    StringBuilder seen = new StringBuilder("version " + peer.version());
                    UpsertRequestDecoder request = peer.upsert();
                    seen.append(' ').append(request.itemId());
                    for (UpsertRequestDecoder.ColumnsDecoder column : request.columns()) {
                        seen.append(' ').append(column.form()).append(' ');
                        seen.append(column.name()).append(' ');
                        byte[] values = new byte[column.valuesLength()];
                        column.getValues(values, 0, values.length);
                        seen.append(HexFormat.of().formatHex(values));
                    }
                    byte[] vector = new byte[request.vectorLength()];
                    request.getVector(vector, 0, vector.length);
                    seen.append(" vector ").append(HexFormat.of().formatHex(vector));
                    peer.answer(Status.OK, ReasonCode.NONE, new long[0], 0, seen.toString());
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = client(server)) {
            List<RankColumn> columns =
                    List.of(
                            new RankColumn.Numbers("price", new double[] {1.5}),
                            new RankColumn.Texts("tags", List.of("a")));
            assertEquals(
                    "version 4 -7 NUMBERS price 000000000000f83f TEXTS tags 010061 vector ",
                    client.upsert(-7, columns).message());
            assertEquals(
                    "version 4 8 vector 0000803f000000bf",
                    client.upsert(8, List.of(), new float[] {1, -0.5f}).message());
            assertEquals(
                    "version 4 9 NUMBERS price 000000000000f83f TEXTS tags 010061 vector ",
                    client.async().upsert(9, columns).join().message());
        }
    }

    @Test
    void shouldSendSimilarAndSearchRequests() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (peer.isSimilar()) {
                        SimilarRequestDecoder request = peer.similar();
                        String text =
                                request.itemId()
                                        + " "
                                        + request.k()
                                        + " "
                                        + request.flags().applyRules();
                        for (SimilarRequestDecoder.ExcludeDecoder exclude : request.exclude()) {
                            text += " x" + exclude.itemId();
                        }
                        peer.answer(Status.UNKNOWN_ITEM, ReasonCode.NONE, new long[0], 0, text);
                    } else {
                        SearchRequestDecoder request = peer.search();
                        byte[] bytes = new byte[request.vectorLength()];
                        String text =
                                request.userId() + " " + request.flags().rank() + " " + request.k();
                        request.getVector(bytes, 0, bytes.length);
                        float[] vector = new float[bytes.length / Float.BYTES];
                        VectorBytes.get(new UnsafeBuffer(bytes), 0, vector);
                        long[] ids = {(long) vector[0], (long) vector[1]};
                        peer.answer(Status.OK, ReasonCode.NONE, ids, 0, text);
                    }
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = client(server)) {
            Answer similar = client.similar(77, 5);
            assertFalse(similar.isOk());
            assertEquals(Status.UNKNOWN_ITEM, similar.status());
            assertEquals("77 5 false", similar.message());
            Answer ruled = client.similar(new SimilarQuery(78, 6, List.of(9L, -9L), true));
            assertEquals("78 6 true x9 x-9", ruled.message());
            Answer search = client.search(new SearchQuery(new float[] {3, 4}, 6, true, 55));
            assertEquals("55 true 6", search.message());
            assertArrayEquals(new long[] {3, 4}, search.itemIds());
        }
    }

    @Test
    void shouldSendAllOfARankRequest() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    RankRequestDecoder request = peer.rank();
                    StringBuilder seen = new StringBuilder();
                    seen.append('v').append(peer.version()).append(' ').append(request.userId());
                    seen.append(' ').append(request.timestampMs()).append(' ').append(request.k());
                    seen.append(' ').append(request.flags().applyRules());
                    for (RankRequestDecoder.ContextDecoder field : request.context()) {
                        seen.append(" c").append(field.field()).append('=').append(field.code());
                    }
                    for (RankRequestDecoder.CandidatesDecoder item : request.candidates()) {
                        seen.append(" i").append(item.itemId());
                    }
                    for (RankRequestDecoder.ColumnsDecoder column : request.columns()) {
                        seen.append(' ').append(column.form()).append(column.name()).append('=');
                        byte[] values = new byte[column.valuesLength()];
                        column.getValues(values, 0, values.length);
                        seen.append(HexFormat.of().formatHex(values));
                    }
                    peer.answer(Status.OK, ReasonCode.NONE, new long[0], 0, seen.toString());
                };
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = client(server)) {
            Answer items = client.rank(RankQuery.ofItems(42, List.of(7L, -8L)));
            assertEquals("v3 42 0 0 false i7 i-8", items.message());
            List<RankColumn> columns =
                    List.of(
                            new RankColumn.Numbers("price", new double[] {1, -0.5}),
                            new RankColumn.Texts("tags", List.of("é", "")));
            Answer rows = client.rank(RankQuery.ofRows(List.of(1L, 2L), columns));
            assertEquals(
                    "v3 -1 0 0 false i1 i2 NUMBERSprice=000000000000f03f000000000000e0bf"
                            + " TEXTStags=0200c3a90000",
                    rows.message());
            Answer all =
                    client.rank(
                            new RankQuery(3, 5, 99, Map.of(1, 2), List.of(4L), true, List.of()));
            assertEquals("v3 3 99 5 true c1=2 i4", all.message());
        }
    }

    @Test
    void shouldReadTheColumnsThereAre() {
        try (FakeServer server = FakeServer.sound();
                MillraceClient client = client(server)) {
            assertEquals(
                    new RankColumns(
                            0xFEED_FACE_CAFE_BEEFL,
                            40,
                            4_000,
                            List.of(
                                    new RankColumns.Column("price", FormCode.NUMBERS, 1),
                                    new RankColumns.Column("tags", FormCode.TEXTS, 3))),
                    client.rankColumns());
        }
    }

    @Test
    void shouldReadAnAnswerOfManyItems() {
        try (FakeServer server = FakeServer.sound();
                MillraceClient client = client(server)) {
            Answer answer = client.recommend(1, 20_000);
            assertEquals(20_000, answer.itemIds().length);
            assertEquals(20_000, answer.itemIds()[19_999]);
        }
    }

    @Test
    void shouldSayWhenNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        int unused = port;
        assertUnavailable("no server answers", () -> asked("127.0.0.1", unused));
        assertUnavailable("unknown host", () -> asked("no-such-host.invalid", unused));
    }

    private static void asked(String host, int port) {
        try (MillraceClient client = MillraceClient.of(host, port, Duration.ofSeconds(20))) {
            client.ping();
        }
    }

    @Test
    void shouldSayWhenSomethingElseListens() {
        assertForeign("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        assertForeign("\u0010\u0000\u0000\u0000 and so on, no header of ours");
    }

    private static void assertForeign(String banner) {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () -> {
                                        try (Socket socket = listener.accept()) {
                                            socket.getOutputStream()
                                                    .write(
                                                            banner.getBytes(
                                                                    StandardCharsets.ISO_8859_1));
                                            socket.getOutputStream().flush();
                                            Thread.sleep(300);
                                        } catch (IOException | InterruptedException gone) {
                                            // The client has hung up, as it should.
                                        }
                                    });
            try (MillraceClient client =
                    MillraceClient.of(
                            "127.0.0.1", listener.getLocalPort(), Duration.ofSeconds(2))) {
                assertUnavailable("not a millrace server", client::ping);
            }
            thread.interrupt();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldSayWhenNoAnswerComesInTime() throws IOException {
        // Connects, for the backlog takes it, but nobody ever reads.
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                MillraceClient client =
                        MillraceClient.of(
                                "127.0.0.1", listener.getLocalPort(), Duration.ofMillis(200))) {
            assertUnavailable("did not answer in time", client::ping);
        }
    }

    @Test
    void shouldSayWhenTheServerHangsUp() {
        try (FakeServer server = new FakeServer((peer, number) -> peer.hangUp());
                MillraceClient client = client(server)) {
            assertUnavailable("connection lost", () -> client.recommend(1, 10));
        }
    }

    @Test
    void shouldSayWhenTheAnswerIsToAnotherQuestion() {
        FakeServer.Behaviour behaviour =
                (peer, number) -> peer.answer(99, Status.OK, ReasonCode.NONE, new long[0], 0, "");
        try (FakeServer server = new FakeServer(behaviour);
                MillraceClient client = client(server)) {
            assertUnavailable("correlationId=99", () -> client.recommend(1, 10));
        }
    }

    @Test
    void shouldRefuseValuesThatNoFrameCanHold() {
        try (FakeServer server = FakeServer.sound();
                MillraceClient client = client(server)) {
            assertUsage(() -> client.recommend(1, -1));
            assertUsage(() -> client.recommend(1, 70_000));
            assertUsage(() -> client.similar(1, 70_000));
            assertUsage(() -> SearchQuery.of(new float[4], 70_000));
            assertUsage(() -> client.info(70_000));
            assertUsage(() -> RankQuery.ofItems(1, Collections.nCopies(70_000, 1L)));
            assertUsage(() -> new RankQuery(1, -1, 0, Map.of(), List.of(), false, List.of()));
            assertUsage(() -> new RankQuery(1, 0, 0, Map.of(-1, 1), List.of(), false, List.of()));
            assertUsage(() -> new RankColumn.Texts("tags", List.of("x".repeat(70_000))));
            List<Long> many = Collections.nCopies(70_000, 1L);
            List<Long> none = List.of();
            Map<Integer, Integer> bad = Map.of(-1, 1);
            assertUsage(
                    () ->
                            client.recommend(
                                    new RecommendQuery(
                                            1, 1, 0, bad, none, none, false, false, false)));
            assertUsage(
                    () ->
                            client.recommend(
                                    new RecommendQuery(
                                            1, 1, 0, Map.of(), many, none, false, false, false)));
            assertUsage(
                    () ->
                            client.recommend(
                                    new RecommendQuery(
                                            1, 1, 0, Map.of(), none, many, false, false, false)));
            FeedbackEvent event = new FeedbackEvent(EventCode.CLICK, 1, Float.NaN);
            assertUsage(() -> client.feedback(1, 0, Collections.nCopies(70_000, event)));
            assertUsage(() -> asked("127.0.0.1", 0));
            assertUsage(() -> asked("127.0.0.1", 70_000));
            assertUsage(() -> client.within(Duration.ZERO));
            assertUsage(() -> client.async().within(Duration.ofHours(2)));
            assertUsage(() -> MillraceClient.builder().build());
            assertUsage(() -> MillraceClient.builder().closeWithin(Duration.ofNanos(-1)));
            assertUsage(() -> MillraceClient.builder().closeWithin(Duration.ofDays(1)));
            assertEquals(0, server.requests());
            // None of this has cost the connection.
            client.ping();
        }
    }

    private static void assertUsage(Runnable call) {
        MillraceException e = assertThrows(MillraceException.class, call::run);
        assertEquals(ErrorCode.USAGE, e.code());
    }

    private static void assertUnavailable(String text, Runnable call) {
        MillraceException e = assertThrows(MillraceException.class, call::run);
        assertEquals(ErrorCode.UNAVAILABLE, e.code());
        assertTrue(e.getMessage().contains(text), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }
}
