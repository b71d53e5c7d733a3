package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.Frames;
import io.millrace.server.Frames.Column;
import io.millrace.server.MillraceServer;
import io.millrace.server.TinyBundle;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;
import io.millrace.server.gateway.HttpPeer.Response;
import io.millrace.server.metrics.ServerStatistics.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Every kind of request in JSON to a real bundle: the same as by frame, bit for bit. */
@Timeout(120)
class GatewayRequestsTest {
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;

    @TempDir Path folder;
    private MillraceServer server;
    private WireClient frames;
    private HttpPeer http;

    @BeforeEach
    void start() throws IOException {
        server = TinyServer.start(folder);
        frames = new WireClient(server.port());
        http = new HttpPeer(server.adminPort());
    }

    @AfterEach
    void stop() throws IOException {
        http.close();
        frames.close();
        server.close();
    }

    /** Asks both ways; all but the time it took must be the same. */
    private JsonNode assertSame(byte[] frame, String path, String body) throws IOException {
        Result expected = frames.ask(frame);
        assertEquals("", expected.message());
        Response response = http.askPost(path, body);
        assertEquals(200, response.status(), response.body());
        JsonNode answer = response.json();
        assertEquals("OK", answer.get("status").asText());
        assertEquals(expected.reason().name(), answer.get("reason").asText());
        assertEquals(expected.retrieved(), answer.get("retrieved").asInt());
        assertEquals(expected.ranked(), answer.get("ranked").asInt());
        assertEquals(
                String.format("%016x", expected.fingerprint()), answer.get("fingerprint").asText());
        assertEquals("[]", answer.get("degraded").toString());
        assertTrue(answer.get("serviceNs").asLong() > 0);
        List<Item> items = new ArrayList<>();
        for (JsonNode item : answer.get("items")) {
            items.add(
                    new Item(
                            item.get("itemId").longValue(),
                            Float.parseFloat(item.get("score").asText()),
                            SourceCode.valueOf(item.get("source").asText())));
        }
        assertEquals(expected.items(), items);
        return answer;
    }

    @Test
    void shouldRecommendTheSameAsByFrame() throws IOException {
        for (int row = 0; row < TinyServer.USERS; row++) {
            long user = TinyBundle.userId(row);
            JsonNode answer =
                    assertSame(
                            Frames.recommend(1, user, 7, 0, TIMESTAMP_MS, 0),
                            "/v1/recommend",
                            "{\"userId\":"
                                    + user
                                    + ",\"k\":7,\"timestampMs\":"
                                    + TIMESTAMP_MS
                                    + "}");
            assertEquals(7, answer.get("items").size());
        }
    }

    @Test
    void shouldTakeWishesLikeFrames() throws IOException {
        long user = TinyBundle.userId(3);
        String filter = "duration < 3.2";
        JsonNode plain = http.askPost("/v1/recommend", "{\"userId\":" + user + "}").json();
        JsonNode wished =
                assertSame(
                        Frames.recommend(1, user, 10, true, filter, "arm/b"),
                        "/v1/recommend",
                        "{\"userId\":"
                                + user
                                + ",\"filter\":\""
                                + filter
                                + "\",\"experimentKey\":\"arm/b\",\"trace\":true}");
        assertNotEquals(plain.get("items"), wished.get("items"));
        assertFalse(plain.has("stageNs"));
        List<String> stages = new ArrayList<>();
        wished.get("stageNs").fieldNames().forEachRemaining(stages::add);
        assertEquals(
                List.of("decode", "queue", "user", "embed", "retrieve", "rank", "rerank", "encode"),
                stages);
        for (JsonNode ns : wished.get("stageNs")) {
            assertTrue(ns.asLong() >= 0, wished.toString());
        }
        Response wrong =
                http.askPost("/v1/similar", "{\"itemId\":10007,\"filter\":\"duratoin < 3\"}");
        assertEquals(400, wrong.status());
        String message = wrong.json().get("message").asText();
        assertTrue(
                message.startsWith("predicate not understood: position=1, found=duratoin"),
                message);
    }

    @Test
    void shouldTellStatisticsLikeFrames() throws IOException {
        frames.ask(Frames.recommend(1, TinyBundle.userId(3), 10));
        JsonNode told = http.askGet("/v1/stats").json();
        assertEquals(1, told.get("samples").get("service_seconds_count").asDouble());
        assertTrue(told.get("uptimeNs").asLong() > 0);
        frames.send(Frames.stats(2));
        List<String> names = new ArrayList<>();
        told.get("samples").fieldNames().forEachRemaining(names::add);
        Set<String> ofFrame = new HashSet<>(frames.stats().keySet());
        assertTrue(ofFrame.containsAll(names), names.toString());
    }

    @Test
    void shouldTakeFlagsExcludesContextAndHistoryLikeFrames() throws IOException {
        long user = TinyBundle.userId(3);
        JsonNode plain = assertSame(timed(user, 0), "/v1/recommend", timed(user, ""));
        long best = plain.get("items").get(0).get("itemId").longValue();
        JsonNode seen =
                assertSame(
                        timed(user, 3, best),
                        "/v1/recommend",
                        timed(
                                user,
                                ",\"keepSeen\":true,\"skipRules\":true,\"exclude\":["
                                        + best
                                        + "]"));
        assertNotEquals(plain.get("items"), seen.get("items"));
        long[] history = {TinyBundle.itemId(150), TinyBundle.itemId(151), 4};
        JsonNode fresh =
                assertSame(
                        Frames.recommendWithHistory(1, user, 4, TIMESTAMP_MS, history),
                        "/v1/recommend",
                        timed(
                                user,
                                ",\"replaceHistory\":true,\"history\":["
                                        + history[0]
                                        + ",\""
                                        + history[1]
                                        + "\",4]"));
        assertNotEquals(plain.get("items"), fresh.get("items"));
        int tab = contextField("tab");
        // The hour follows from the time: whoever crosses a full hour asks again.
        JsonNode inTab =
                assertSame(
                        Frames.recommendWithContext(1, user, 10, tab, 2),
                        "/v1/recommend",
                        "{\"userId\":" + user + ",\"context\":{\"tab\":2}}");
        assertEquals(10, inTab.get("items").size());
    }

    private static byte[] timed(long user, int flags, long... exclude) {
        return Frames.recommend(1, user, 10, flags, TIMESTAMP_MS, 0, exclude);
    }

    private static String timed(long user, String more) {
        return "{\"userId\":\"" + user + "\",\"timestampMs\":" + TIMESTAMP_MS + more + "}";
    }

    private int contextField(String name) throws IOException {
        int place = 0;
        InfoResponseDecoder info = frames.info(0);
        // Groups are read in their order.
        info.sampleUsers();
        info.sampleItems();
        for (InfoResponseDecoder.ContextFieldsDecoder field : info.contextFields()) {
            if (field.name().equals(name)) {
                return place;
            }
            place++;
        }
        throw new AssertionError(name);
    }

    @Test
    void shouldFindSimilarItemsAndNearOnesTheSameAsByFrame() throws IOException {
        for (int ordinal = 0; ordinal < 20; ordinal++) {
            long item = TinyBundle.itemId(ordinal);
            String begin = "{\"itemId\":" + item + ",\"k\":5";
            assertSame(Frames.similar(1, item, 5, false), "/v1/similar", begin + "}");
            assertSame(
                    Frames.similar(1, item, 5, true, TinyBundle.itemId(40)),
                    "/v1/similar",
                    begin + ",\"applyRules\":true,\"exclude\":[" + TinyBundle.itemId(40) + "]}");
        }
        SplitRandom random = new SplitRandom(5);
        for (int i = 0; i < 20; i++) {
            float[] vector = new float[TinyBundle.DIMENSION];
            ArrayNode written = JsonNodeFactory.instance.arrayNode();
            for (int j = 0; j < vector.length; j++) {
                vector[j] = (float) (random.nextGaussian() * Math.pow(10, j % 9 - 4));
                written.add(vector[j]);
            }
            String begin = "{\"vector\":" + written;
            assertSame(Frames.search(1, -1, 10, false, vector), "/v1/search", begin + ",\"k\":10}");
            long user = TinyBundle.userId(i);
            assertSame(
                    Frames.search(1, user, 3, true, vector),
                    "/v1/search",
                    begin + ",\"k\":3,\"rank\":true,\"userId\":" + user + "}");
        }
    }

    @Test
    void shouldRankItemsAndRowsTheSameAsByFrame() throws IOException {
        long user = TinyBundle.userId(2);
        long[] ids = {TinyBundle.itemId(9), 5, TinyBundle.itemId(3), TinyBundle.itemId(77)};
        String time = ",\"timestampMs\":" + TIMESTAMP_MS;
        JsonNode some =
                assertSame(
                        Frames.rank(1, user, 0, true, TIMESTAMP_MS, List.of(), ids),
                        "/v1/rank",
                        "{\"userId\":"
                                + user
                                + ",\"applyRules\":true,\"candidates\":"
                                + Arrays.toString(ids)
                                + time
                                + "}");
        assertEquals("FEWER_THAN_K", some.get("reason").asText());
        List<Column> columns =
                List.of(
                        Column.of("duration", 2.5, Double.NaN, 1e-3),
                        Column.of("creator", 7),
                        Column.of("tags", 3, 4, Double.NaN),
                        Column.of("tags", 5, Double.NaN, Double.NaN));
        JsonNode rows =
                assertSame(
                        Frames.rank(1, -1, 2, false, TIMESTAMP_MS, columns, 1, -2, Long.MAX_VALUE),
                        "/v1/rank",
                        """
                        {"k": 2, "candidates": [1, -2, "9223372036854775807"], "columns": [
                          {"name": "duration", "values": [2.5, null, 1e-3]},
                          {"values": [7], "name": "creator", "form": "NUMBERS"},
                          {"name": "tags", "values": [3, 4, null]},
                          {"name": "tags", "values": [5, null, null]}]\
                        """
                                + time
                                + "}");
        assertEquals(2, rows.get("items").size());
    }

    @Test
    void shouldRememberFeedbackLikeFrames() throws IOException {
        long byFrame = 90_001;
        long byJson = 90_002;
        long[] items = {TinyBundle.itemId(11), TinyBundle.itemId(12)};
        frames.ask(
                Frames.feedback(
                        1,
                        byFrame,
                        TIMESTAMP_MS,
                        Frames.Event.of(EventCode.CLICK, items[0]),
                        new Frames.Event(EventCode.LONG_WATCH, items[0], 0.75f),
                        new Frames.Event(EventCode.LIKE, items[1], Float.NaN)));
        Response told =
                http.askPost(
                        "/v1/feedback",
                        """
                        {"userId": %d, "timestampMs": %d, "events": [
                          {"itemId": %d, "kind": "CLICK", "watchedShare": null},
                          {"itemId": "%d", "kind": "LONG_WATCH", "watchedShare": 0.75},
                          {"kind": "LIKE", "itemId": %d}]}
                        """
                                .formatted(byJson, TIMESTAMP_MS, items[0], items[0], items[1]));
        assertEquals(200, told.status(), told.body());
        assertEquals(0, told.json().get("items").size());
        JsonNode known = assertSame(timed(byFrame, 0), "/v1/recommend", timed(byJson, ""));
        assertEquals("NONE", known.get("reason").asText());
    }

    @Test
    void shouldMakeChangesLikeFrames() throws IOException {
        long item = TinyBundle.itemId(3);
        long twin = TinyBundle.itemId(4);
        Response changed =
                http.askPost(
                        "/v1/update",
                        """
                        {"scope": "ITEM", "id": %d, "columns": [
                          {"name": "duration", "values": [1.25]},
                          {"name": "tags", "form": "NUMBERS", "values": [null]}]}
                        """
                                .formatted(item));
        assertEquals(200, changed.status(), changed.body());
        float byJson = score(item);
        assertEquals(
                "",
                frames.ask(Frames.update(1, ScopeCode.ITEM, item, Column.of("duration", 1.5)))
                        .message());
        assertNotEquals(byJson, score(item));
        frames.ask(
                Frames.update(
                        1,
                        ScopeCode.ITEM,
                        item,
                        Column.of("duration", 1.25),
                        Column.of("tags", Double.NaN)));
        assertEquals(byJson, score(item));
        Response user =
                http.askPost(
                        "/v1/update",
                        "{\"scope\":\"USER\",\"id\":8,\"columns\":[{\"name\":\"age\",\"values\":[2]}]}");
        assertEquals(200, user.status(), user.body());
        assertEquals(200, http.askPost("/v1/delete", "{\"itemId\":" + twin + "}").status());
        Result gone = frames.ask(Frames.similar(1, twin, 3, false));
        assertEquals(Status.UNKNOWN_ITEM, gone.status());
        Response again = http.askPost("/v1/delete", "{\"itemId\":" + twin + "}");
        assertEquals(404, again.status());
        assertEquals("UNKNOWN_ITEM", again.json().get("status").asText());
        assertUpserted();
    }

    /** One new item by JSON, its like by frame: both are made of the same columns. */
    private void assertUpserted() throws IOException {
        Response upsert =
                http.askPost(
                        "/v1/upsert",
                        """
                        {"itemId": 1, "columns": [
                          {"name": "creator", "values": [9]},
                          {"name": "duration", "values": [1.25]}]}
                        """);
        assertEquals(200, upsert.status(), upsert.body());
        Result framed =
                frames.ask(
                        Frames.upsert(
                                1,
                                2,
                                new float[0],
                                Column.of("creator", 9),
                                Column.of("duration", 1.25)));
        assertEquals(Status.OK, framed.status(), framed.message());
        assertEquals(score(2), score(1));
        assertEquals(List.of(2L), frames.ask(Frames.similar(1, 1, 1, false)).itemIds());
        Response none =
                http.askPost("/v1/upsert", "{\"itemId\":3,\"columns\":[],\"vector\":[1,2]}");
        assertEquals(400, none.status(), none.body());
        Result noneFramed = frames.ask(Frames.upsert(1, 3, new float[] {1, 2}));
        assertEquals(noneFramed.message(), none.message(), "told by the same code");
    }

    /** There is no folder to put the journal into, as where the disk is gone. */
    @Test
    void shouldTellWhenTheDiskTakesNoChanges() throws IOException {
        String change =
                "{\"scope\":\"USER\",\"id\":8,\"columns\":[{\"name\":\"age\",\"values\":[2]}]}";
        Path away = folder.resolve("away");
        Files.move(TinyServer.state(folder), away);
        Response refused = http.askPost("/v1/update", change);
        assertEquals(507, refused.status(), refused.body());
        assertEquals("CHANGES_REFUSED", refused.json().get("status").asText());
        assertTrue(refused.message().startsWith("nothing is changed: "), refused.message());
        assertEquals(200, http.askPost("/v1/recommend", "{\"userId\":512}").status());
        Files.move(away, TinyServer.state(folder));
        assertEquals(200, http.askPost("/v1/update", change).status());
    }

    private float score(long item) throws IOException {
        return frames.ask(Frames.rank(1, -1, 1, false, TIMESTAMP_MS, List.of(), item))
                .items()
                .getFirst()
                .score();
    }

    @Test
    void shouldTellWhatIsServedLikeFrames() throws IOException {
        assertEquals("{\"status\":\"OK\"}\n", http.askGet("/v1/ping").body());
        JsonNode info = http.askGet("/v1/info?maxSamples=3").json();
        InfoResponseDecoder expected = frames.info(3);
        assertEquals(
                String.format("%016x", expected.fingerprint()), info.get("fingerprint").asText());
        assertEquals(TinyServer.ITEMS, info.get("items").asLong());
        assertEquals(TinyServer.USERS, info.get("users").asLong());
        assertEquals(expected.dimension(), info.get("dimension").asInt());
        assertEquals(expected.maxK(), info.get("maxK").asInt());
        assertEquals(expected.protocolVersion(), info.get("protocolVersion").asInt());
        int index = 0;
        for (InfoResponseDecoder.SampleUsersDecoder user : expected.sampleUsers()) {
            assertEquals(user.id(), info.get("sampleUsers").get(index++).longValue());
        }
        assertEquals(3, index);
        for (InfoResponseDecoder.SampleItemsDecoder item : expected.sampleItems()) {
            assertEquals(item.id(), info.get("sampleItems").get(index++ - 3).longValue());
        }
        JsonNode fields = info.get("contextFields");
        assertEquals(
                "[{\"codes\":0,\"name\":\"hour\"},{\"codes\":4,\"name\":\"tab\"}]",
                fields.toString());
        assertEquals("unreleased", info.get("version").asText());
        assertEquals(16, http.askGet("/v1/info").json().get("sampleItems").size());
        JsonNode texts = http.askGet("/v1/info?ids=string&maxSamples=1").json();
        assertTrue(texts.get("sampleUsers").get(0).isTextual());
    }

    @Test
    void shouldTellColumnsLikeFrames() throws IOException {
        assertColumns(frames.columns(), "/v1/columns");
        assertColumns(
                frames.columns(Frames.scopeColumns(1, ScopeCode.ITEM)), "/v1/columns?scope=ITEM");
        assertColumns(
                frames.columns(Frames.scopeColumns(1, ScopeCode.USER)), "/v1/columns?scope=USER");
    }

    private void assertColumns(ColumnsResponseDecoder expected, String path) throws IOException {
        JsonNode columns = http.askGet(path).json();
        assertEquals(expected.maxCandidates(), columns.get("maxCandidates").asInt());
        assertEquals(expected.maxColumnBytes(), columns.get("maxColumnBytes").asInt());
        int index = 0;
        for (ColumnsResponseDecoder.ColumnsDecoder column : expected.columns()) {
            JsonNode told = columns.get("columns").get(index++);
            assertEquals(column.form().name(), told.get("form").asText());
            assertEquals(column.maxValues(), told.get("maxValues").asInt());
            assertEquals(column.name(), told.get("name").asText());
        }
        assertEquals(index, columns.get("columns").size());
        assertTrue(index > 1);
    }

    @Test
    void shouldWriteIdsAsStringsWhenAsked() throws IOException {
        String body = "{\"itemId\":\"" + TinyBundle.itemId(1) + "\",\"k\":2}";
        JsonNode texts = http.askPost("/v1/similar?ids=string", body).json().get("items");
        JsonNode numbers = http.askPost("/v1/similar?ids=number", body).json().get("items");
        for (int i = 0; i < 2; i++) {
            assertTrue(texts.get(i).get("itemId").isTextual());
            assertTrue(numbers.get(i).get("itemId").isIntegralNumber());
            assertEquals(
                    numbers.get(i).get("itemId").asText(), texts.get(i).get("itemId").asText());
        }
        assertEquals(400, http.askPost("/v1/similar?ids=text", body).status());
    }

    /** Frames and requests in JSON are counted together, by the code that answers both. */
    @Test
    void shouldCountRequestsLikeFrames() throws IOException {
        String body = "{\"itemId\":" + TinyBundle.itemId(1) + "}";
        for (int i = 0; i < 3; i++) {
            assertEquals(200, http.askPost("/v1/similar", body).status());
        }
        assertEquals(404, http.askPost("/v1/similar", "{\"itemId\":1}").status());
        assertEquals(400, http.askPost("/v1/similar", "{\"itemId\":1,\"k\":0}").status());
        List<String> counted = new ArrayList<>();
        for (Outcome outcome : server.statistics().outcomes()) {
            if (outcome.count() > 0) {
                counted.add(
                        outcome.kind().label() + "." + outcome.status() + "=" + outcome.count());
            }
        }
        assertEquals(
                List.of("similar.OK=3", "similar.BAD_REQUEST=1", "similar.UNKNOWN_ITEM=1"),
                counted);
        assertFalse(http.askGet("/metrics").body().isEmpty());
    }
}
