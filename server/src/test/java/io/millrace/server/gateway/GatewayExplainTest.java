package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.server.Explained;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TinyBundle;
import io.millrace.server.WireClient;
import io.millrace.server.gateway.HttpPeer.Response;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Explanations in JSON say what those in frames do. */
@Timeout(120)
class GatewayExplainTest {
    private static final long MOMENT_MS = 1_700_000_000_000L;

    @TempDir private Path folder;
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

    @Test
    void shouldExplainTheSameAsByFrame() throws IOException {
        long[] history = {TinyBundle.itemId(9)};
        long[] exclude = {TinyBundle.itemId(2)};
        long[] items = {TinyBundle.itemId(1), TinyBundle.itemId(2), TinyBundle.itemId(9), 404, -1};
        for (int flags = 0; flags < 16; flags++) {
            long userId = TinyBundle.userId(flags % TinyServer.USERS);
            byte[] frame =
                    Frames.explainWithHistory(
                            1, userId, 7, flags, MOMENT_MS, exclude, history, items);
            String body =
                    """
                    {"userId":"%d","k":7,"keepSeen":%b,"skipRules":%b,"replaceHistory":%b,\
                    "countNearer":%b,"timestampMs":%d,"exclude":[%d],"history":[%d],\
                    "items":[%d,"%d",%d,404,-1]}\
                    """
                            .formatted(
                                    userId,
                                    (flags & 1) != 0,
                                    (flags & 2) != 0,
                                    (flags & 4) != 0,
                                    (flags & 8) != 0,
                                    MOMENT_MS,
                                    exclude[0],
                                    history[0],
                                    items[0],
                                    items[1],
                                    items[2]);
            assertSame(frames.explain(frame), http.askPost("/v1/explain", body));
        }
    }

    @Test
    void shouldExplainTheAnswersWhenNothingElseIsAsked() throws IOException {
        long userId = TinyBundle.userId(3);
        Response response = http.askPost("/v1/explain?ids=string", "{\"userId\":" + userId + "}");
        JsonNode items = response.json().get("items");
        assertEquals(10, items.size());
        for (int place = 1; place <= items.size(); place++) {
            assertTrue(items.get(place - 1).get("itemId").isTextual());
            assertEquals(place, items.get(place - 1).get("place").asInt());
            assertEquals("ANSWERED", items.get(place - 1).get("fate").asText());
        }
    }

    private static void assertSame(Explained expected, Response response) throws IOException {
        assertEquals(200, response.status(), response.body());
        JsonNode told = response.json();
        assertEquals("OK", told.get("status").asText());
        assertEquals(expected.reason().name(), told.get("reason").asText());
        assertEquals("[]", told.get("degraded").toString());
        assertEquals(expected.momentMs(), told.get("momentMs").asLong());
        assertEquals(expected.retrieved(), told.get("retrieved").asInt());
        assertEquals(expected.candidates(), told.get("candidates").asInt());
        assertEquals(expected.ranked(), told.get("ranked").asInt());
        assertEquals(expected.answered(), told.get("answered").asInt());
        assertEquals(
                String.format("%016x", expected.fingerprint()), told.get("fingerprint").asText());
        Map<String, String> fields = new LinkedHashMap<>();
        told.get("fields")
                .forEach(
                        field ->
                                fields.put(
                                        field.get("name").asText(), field.get("scope").asText()));
        assertEquals(expected.fields().keySet(), fields.keySet());
        expected.fields().forEach((name, scope) -> assertEquals(scope.name(), fields.get(name)));
        assertEquals(expected.items().size(), told.get("items").size());
        for (int i = 0; i < expected.items().size(); i++) {
            assertSame(expected.items().get(i), told.get("items").get(i));
        }
    }

    private static void assertSame(Explained.Item expected, JsonNode told) {
        assertEquals(expected.itemId(), told.get("itemId").longValue());
        assertEquals(expected.fate().name(), told.get("fate").asText());
        assertEquals(expected.state().name(), told.get("state").asText());
        assertEquals(expected.isSeen(), told.get("seen").booleanValue());
        assertEquals(expected.isExcluded(), told.get("excluded").booleanValue());
        assertEquals(expected.similarity(), number(told.get("similarity")));
        assertEquals(expected.similarityPlace(), told.get("similarityPlace").asInt());
        assertEquals(expected.retriever().name(), told.get("retriever").asText());
        assertEquals(expected.retrievedPlace(), told.get("retrievedPlace").asInt());
        assertEquals(expected.retrievalScore(), number(told.get("retrievalScore")));
        assertEquals(expected.lightValue(), number(told.get("lightValue")));
        assertEquals(expected.value(), number(told.get("value")));
        assertEquals(expected.score(), number(told.get("score")));
        assertEquals(expected.rankedPlace(), told.get("rankedPlace").asInt());
        assertEquals(expected.place(), told.get("place").asInt());
        assertEquals(expected.slot().name(), told.get("slot").asText());
        assertEquals(expected.probabilities(), numbers(told.get("probabilities")));
        assertEquals(expected.contributions(), numbers(told.get("contributions")));
    }

    private static float number(JsonNode node) {
        return node.isNull() ? Float.NaN : Float.parseFloat(node.asText());
    }

    private static Map<String, Float> numbers(JsonNode node) {
        Map<String, Float> numbers = new LinkedHashMap<>();
        node.properties().forEach(each -> numbers.put(each.getKey(), number(each.getValue())));
        return numbers;
    }
}
