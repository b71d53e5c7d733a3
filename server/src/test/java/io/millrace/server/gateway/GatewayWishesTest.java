package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.wire.WireLimits;
import io.millrace.server.MillraceServer;
import io.millrace.server.TinyBundle;
import io.millrace.server.gateway.HttpPeer.Response;
import io.millrace.server.request.Stage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Filters, experiment keys and traces in JSON, against a real bundle. */
@Timeout(120)
class GatewayWishesTest {
    private static final String FILTER = "creator in (5, 9, 13)";
    private static final Set<Integer> CREATORS = Set.of(5, 9, 13);
    private static final String VECTOR = "[" + "0.5,".repeat(TinyBundle.DIMENSION - 1) + "0.5]";
    private static final String ITEM = "\"itemId\":" + TinyBundle.itemId(3);
    private static final String USER = "\"userId\":" + TinyBundle.userId(3);

    private final TinyBundle tiny = new TinyBundle(TinyServer.ITEMS, TinyServer.USERS);

    @TempDir private Path folder;
    private MillraceServer server;
    private HttpPeer http;

    @BeforeEach
    void start() throws IOException {
        server = TinyServer.start(folder);
        http = new HttpPeer(server.adminPort());
    }

    @AfterEach
    void stop() throws IOException {
        http.close();
        server.close();
    }

    /** As the attribute has it. */
    private int creator(JsonNode item) {
        return tiny.creator((int) (item.get("itemId").asLong() - TinyBundle.itemId(0)) / 7) + 2;
    }

    private JsonNode ask(String kind, String keys) throws IOException {
        Response response = http.askPost("/v1/" + kind, "{" + keys + "}");
        assertEquals(200, response.status(), response.body());
        return response.json();
    }

    @ParameterizedTest
    @ValueSource(strings = {"recommend", "similar", "search"})
    void shouldAnswerMatchingItemsOnlyWhenThereIsAFilter(String kind) throws IOException {
        String keys =
                switch (kind) {
                    case "recommend" -> USER + ",\"keepSeen\":true,\"skipRules\":true";
                    case "similar" -> ITEM;
                    default -> "\"vector\":" + VECTOR;
                };
        JsonNode all = ask(kind, keys).get("items");
        JsonNode some = ask(kind, keys + ",\"filter\":\"" + FILTER + "\"").get("items");
        assertNotEquals(all, some);
        assertEquals(10, some.size());
        for (JsonNode item : some) {
            assertTrue(CREATORS.contains(creator(item)), item.toString());
        }
        JsonNode none = ask(kind, keys + ",\"filter\":\"creator = 5 and creator = 9\"");
        assertEquals(0, none.get("items").size());
        assertEquals("FEWER_THAN_K", none.get("reason").asText());
    }

    @Test
    void shouldTellWhatTheFilterLeavesOutWhenItemsAreExplained() throws IOException {
        List<Long> ids = new ArrayList<>();
        for (int ordinal = 100; ordinal < 116; ordinal++) {
            ids.add(TinyBundle.itemId(ordinal));
        }
        String keys = USER + ",\"keepSeen\":true,\"items\":" + ids;
        Set<Boolean> told = new HashSet<>();
        for (JsonNode item : ask("explain", keys + ",\"filter\":\"creator < 22\"").get("items")) {
            boolean isLeftOut = creator(item) >= 22;
            told.add(isLeftOut);
            assertEquals(isLeftOut, item.get("filtered").booleanValue(), item.toString());
            assertEquals(isLeftOut, item.get("fate").asText().equals("FILTERED"), item.toString());
        }
        assertEquals(Set.of(true, false), told);
        for (JsonNode item : ask("explain", keys).get("items")) {
            assertFalse(item.get("filtered").booleanValue());
            assertNotEquals("FILTERED", item.get("fate").asText());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "recommend | pirce < 10 | predicate not understood: position=1, found=pirce,"
                        + " expected=one of the attributes creator, tags, duration; correct it",
                "explain | duration < | predicate not understood: position=11, found=the end,",
                "similar | duration < 'a' | predicate not understood: position=12, found='a',"
                        + " expected=a number for float64 attribute duration; correct it",
                "search | creator = $1 | a filter has no values for parameters: found=$1; write the"
                        + " value itself",
                "recommend | creator = 'a\\nb' | predicate not understood: position=11, found='a",
            })
    void shouldSayWhatTheParserSaysWhenAFilterIsWrong(String kind, String filter, String message)
            throws IOException {
        String keys =
                switch (kind) {
                    case "similar" -> ITEM;
                    case "search" -> "\"vector\":" + VECTOR;
                    default -> USER;
                };
        Response response =
                http.askPost("/v1/" + kind, "{" + keys + ",\"filter\":\"" + filter + "\"}");
        assertEquals(400, response.status(), response.body());
        assertEquals("BAD_REQUEST", response.json().get("status").asText());
        assertTrue(response.message().startsWith(message), response.message());
        assertEquals(1, response.message().lines().count());
    }

    @Test
    void shouldSayThatABundleHasNoAttributes() throws IOException {
        Path bare = tiny.write(folder.resolve("bare"));
        tiny.drop(bare, BundleLayout.ATTRIBUTES);
        try (MillraceServer other = TinyServer.serve(bare);
                HttpPeer peer = new HttpPeer(other.adminPort())) {
            String body = "{" + USER + ",\"filter\":\"" + FILTER + "\"}";
            for (String kind : List.of("recommend", "explain")) {
                Response refused = peer.askPost("/v1/" + kind, body);
                assertEquals(400, refused.status(), refused.body());
                assertEquals(
                        "this bundle has no attributes to filter by; build it again with millrace"
                                + " build, without --no-attributes",
                        refused.message());
            }
            assertEquals(200, peer.askPost("/v1/recommend", "{" + USER + "}").status());
        }
    }

    @Test
    void shouldTakeTextsUpToTheirLimitInBytes() throws IOException {
        String key = "k".repeat(WireLimits.MAX_EXPERIMENT_KEY_BYTES);
        String filter = FILTER + " ".repeat(WireLimits.MAX_FILTER_BYTES - FILTER.length());
        String longest = ",\"experimentKey\":\"" + key + "\",\"filter\":\"" + filter + "\"";
        ask("recommend", USER + longest);
        ask("explain", USER + longest);
        ask("similar", ITEM + longest);
        ask("search", "\"vector\":" + VECTOR + longest);
        String keyed = ",\"experimentKey\":\"" + key + "\"";
        ask("rank", "\"candidates\":[" + TinyBundle.itemId(1) + "]" + keyed);
        String click = ",\"events\":[{" + ITEM + ",\"kind\":\"CLICK\"}]";
        ask("feedback", USER + click + keyed);
        String wide = "é".repeat(WireLimits.MAX_EXPERIMENT_KEY_BYTES / 2);
        ask("recommend", USER + ",\"experimentKey\":\"" + wide + "\"");
        String tooLong = "text too long: key=experimentKey, limit=64 bytes; shorten it";
        assertRefused("recommend", USER, "experimentKey", key + "k", tooLong);
        assertRefused("recommend", USER, "experimentKey", wide + "k", tooLong);
        assertRefused("feedback", USER + click, "experimentKey", key + "k", tooLong);
        assertRefused(
                "similar",
                ITEM,
                "filter",
                filter + " ",
                "text too long: key=filter, limit=2048 bytes; shorten it");
    }

    private void assertRefused(String kind, String keys, String key, String text, String message)
            throws IOException {
        Response response =
                http.askPost("/v1/" + kind, "{" + keys + ",\"" + key + "\":\"" + text + "\"}");
        assertEquals(400, response.status(), response.body());
        assertEquals(message, response.message());
        assertEquals(key, response.json().get("key").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"recommend", "similar", "search", "rank"})
    void shouldTellTheTimesOfStagesWhenATraceIsWanted(String kind) throws IOException {
        String keys =
                switch (kind) {
                    case "recommend" -> USER;
                    case "similar" -> ITEM + ",\"applyRules\":true";
                    case "search" -> USER + ",\"rank\":true,\"vector\":" + VECTOR;
                    default -> USER + ",\"candidates\":[" + TinyBundle.itemId(1) + ",10014]";
                };
        JsonNode plain = ask(kind, keys);
        assertFalse(plain.has("stageNs"));
        long begin = System.nanoTime();
        JsonNode traced = ask(kind, keys + ",\"trace\":true");
        long tookNs = System.nanoTime() - begin;
        assertEquals(plain.get("items"), traced.get("items"));
        Map<String, Long> stages = new TreeMap<>();
        for (Map.Entry<String, JsonNode> stage : traced.get("stageNs").properties()) {
            assertTrue(stage.getValue().isIntegralNumber());
            stages.put(stage.getKey(), stage.getValue().asLong());
        }
        Set<String> passed = new HashSet<>(Set.of("decode", "queue", "encode"));
        if (!kind.equals("similar")) {
            passed.addAll(Set.of("user", "rank"));
        }
        assertTrue(stages.keySet().containsAll(passed), stages.toString());
        // Nothing is changed.
        assertFalse(stages.containsKey(Stage.JOURNAL.label()), stages.toString());
        stages.values().forEach(ns -> assertTrue(ns >= 0, stages.toString()));
        // The time of service ends where encoding begins.
        long serviceNs = traced.get("serviceNs").asLong();
        long all = stages.values().stream().mapToLong(Long::longValue).sum();
        long encodeNs = traced.at("/stageNs/encode").asLong();
        assertTrue(all - encodeNs <= serviceNs, serviceNs + " " + stages);
        assertTrue(all <= tookNs, tookNs + " " + stages);
    }

    @Test
    void shouldTellNoTimesWhenATracedRequestIsRefused() throws IOException {
        Response response = http.askPost("/v1/similar", "{\"itemId\":404,\"trace\":true}");
        assertEquals(404, response.status(), response.body());
        assertEquals("no such item: item=404", response.message());
        assertFalse(response.json().has("stageNs"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"filter\":5 | filter | not a string: key=filter, value=5; correct it",
                "\"filter\":null | filter | not a string: key=filter, value=null; correct it",
                "\"filter\":\"\\ud800\" | filter | not unicode: key=filter; a surrogate stands"
                        + " alone, write both",
                "\"experimentKey\":[\"a\"] | experimentKey | not a string: key=experimentKey,"
                        + " value=[…]; correct it",
                "\"trace\":1 | trace | neither true nor false: key=trace, value=1; correct it",
                "\"Trace\":true | Trace | unknown key: key=Trace, nearest=trace; correct or remove"
                        + " it",
            })
    void shouldNameTheKeyWhenAWishIsWrong(String wish, String key, String message)
            throws IOException {
        Response response = http.askPost("/v1/recommend", "{" + USER + "," + wish + "}");
        assertEquals(400, response.status(), response.body());
        assertEquals(message, response.message());
        assertEquals(key, response.json().get("key").asText());
    }

    @ParameterizedTest
    @CsvSource({
        "rank, filter",
        "feedback, filter",
        "feedback, trace",
        "explain, trace",
        "update, experimentKey",
        "upsert, filter",
        "delete, trace",
    })
    void shouldRefuseWhenAKindHasNoSuchWish(String kind, String key) throws IOException {
        Response response = http.askPost("/v1/" + kind, "{\"" + key + "\":true}");
        assertEquals(400, response.status(), response.body());
        assertTrue(
                response.message().startsWith("unknown key: key=" + key + ","), response.message());
    }
}
