package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.wire.Status;
import io.millrace.server.FakeFunnel;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.gateway.HttpPeer.Response;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is told to whoever asks wrongly, or at a bad time. */
@Timeout(60)
class GatewayErrorsTest {
    private static final ServerConfig CONFIG =
            TestServers.config().with("network.adminPort", 0).with("limits.inFlight", 1);

    private final FakeFunnel funnel = new FakeFunnel();
    private final MillraceServer server = MillraceServer.start(CONFIG, funnel);
    private HttpPeer http;

    @BeforeEach
    void connect() throws IOException {
        http = new HttpPeer(server.adminPort());
    }

    @AfterEach
    void close() throws IOException {
        http.close();
        funnel.gate.release(10);
        server.close();
    }

    private static JsonNode assertError(int status, String name, Response response)
            throws IOException {
        assertEquals(status, response.status(), response.body());
        assertEquals("application/json", response.headers().get("content-type"));
        assertEquals(name, response.json().get("status").asText());
        assertEquals(1, response.message().lines().count());
        assertFalse(response.message().isEmpty());
        return response.json();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "recommend | {} | userId | missing: key=userId; add it",
                "recommend | {\"userId\":1,\"usrId\":1} | usrId | unknown key: key=usrId,"
                        + " nearest=userId; correct or remove it",
                "recommend | {\"userId\":1,\"K\":1} | K | unknown key: key=K, nearest=k; correct"
                        + " or remove it",
                "recommend | {\"userId\":1,\"vector\":[]} | vector | unknown key: key=vector,"
                        + " nearest=history; correct or remove it",
                "recommend | {\"userId\":1.5} | userId | not a whole number: key=userId,"
                        + " value=1.5; correct it",
                "recommend | {\"userId\":null} | userId | not a whole number: key=userId,"
                        + " value=null; correct it",
                "recommend | {\"userId\":\"x\"} | userId | not an id: key=userId, value=\"x\";"
                        + " correct it",
                "recommend | {\"userId\":9223372036854775808} | userId | number out of range:"
                        + " key=userId, value=9223372036854775808, limit=-9223372036854775808 to"
                        + " 9223372036854775807; change it",
                "recommend | {\"userId\":1,\"k\":70000} | k | number out of range: key=k,"
                        + " value=70000, limit=0 to 65534; change it",
                "recommend | {\"userId\":1,\"k\":-1} | k | number out of range: key=k, value=-1,"
                        + " limit=0 to 65534; change it",
                "recommend | {\"userId\":1,\"keepSeen\":1} | keepSeen | neither true nor false:"
                        + " key=keepSeen, value=1; correct it",
                "recommend | {\"userId\":1,\"exclude\":7} | exclude | not an array: key=exclude,"
                        + " value=7; correct it",
                "recommend | {\"userId\":1,\"exclude\":[7,[]]} | exclude[1] | not a whole number:"
                        + " key=exclude[1], value=[…]; correct it",
                "recommend | {\"userId\":1,\"context\":{\"tub\":1}} | context.tub | unknown key:"
                        + " key=context.tub, nearest=tab; correct or remove it",
                "recommend | {\"userId\":1,\"context\":{\"tab\":2147483648}} | context.tab |"
                        + " number out of range: key=context.tab, value=2147483648,"
                        + " limit=-2147483648 to 2147483647; change it",
                "recommend | {\"userId\":1,\"deadlineMs\":-1} | deadlineMs | number out of range:"
                        + " key=deadlineMs, value=-1.0, limit=0 to 4294967; change it",
                "search | {\"vector\":[1,1e39]} | vector[1] | number out of range: key=vector[1],"
                        + " value=1e39; correct it",
                "search | {\"vector\":[1,\"2\"]} | vector[1] | not a number: key=vector[1],"
                        + " value=\"2\"; correct it",
                "feedback | {\"userId\":1,\"events\":[{\"itemId\":1}]} | events[0].kind | missing:"
                        + " key=events[0].kind; add it",
                "feedback | {\"userId\":1,\"events\":[{\"kind\":\"click\"}]} | events[0].kind | no"
                        + " such constant: key=events[0].kind, value=click; take one of"
                        + " [IMPRESSION, CLICK, WATCH, LONG_WATCH, LIKE]",
                "rank | {\"candidates\":[1],\"columns\":[{\"name\":\"price\",\"values\":[1e999]}]}"
                        + " | columns[0].values[0] | number out of range:"
                        + " key=columns[0].values[0], value=1e999; correct it",
                "rank | {\"candidates\":[1],\"columns\":[{\"values\":[1]}]} | columns[0].name |"
                        + " missing: key=columns[0].name; add it",
                "rank | {\"candidates\":[1],\"columns\":[{\"name\":\"price\"}]} |"
                        + " columns[0].values | missing: key=columns[0].values; add it",
                "rank | {\"candidates\":[1],\"columns\":[{\"name\":\"p\",\"values\":[null]}]} |"
                        + " columns[0].form | missing: key=columns[0].form; add it",
                "rank | {\"candidates\":[1],\"columns\":[{\"name\":\"p\",\"values\":[1,\"a\"]}]} |"
                        + " columns[0].values[1] | numbers and texts in one column:"
                        + " key=columns[0].values[1], value=\"a\"; correct it",
                "rank | {\"candidates\":[1],\"columns\":[{\"name\":\"p\",\"form\":\"TEXTS\","
                        + "\"values\":[1]}]} | columns[0] | values of another form:"
                        + " key=columns[0], form=TEXTS, values=NUMBERS; correct one of them",
                "rank | {\"candidates\":[1],\"columns\":[{\"name\":\"\\ud800\",\"values\":[1]}]} |"
                        + " columns[0].name | not unicode: key=columns[0].name; a surrogate stands"
                        + " alone, write both",
                "update | {\"scope\":\"items\",\"id\":1,\"columns\":[]} | scope | no such constant:"
                        + " key=scope, value=items; take one of [ITEM, USER]",
            })
    void shouldNameTheKeyWhenItIsWrong(String path, String body, String key, String message)
            throws IOException {
        JsonNode error = assertError(400, "BAD_REQUEST", http.askPost("/v1/" + path, body));
        assertEquals(message, error.get("message").asText());
        assertEquals(key, error.get("key").asText());
        // The connection goes on.
        assertEquals(200, http.askGet("/v1/ping").status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | no body; write a json object",
                "[] | not an object: key=, value=[…]; correct it",
                "{\"userId\":1} 2 | more than one value: line=1, column=",
                "{\"userId\":1,\"userId\":2} | not json: line=1, column=",
                "{\"userId\":} | not json: line=1, column=",
                "{\"userId\":1 | not json: line=1, column=",
                "{\"userId\":NaN} | not json: line=1, column=",
                "{\"userId\":01} | not json: line=1, column=",
                "{'userId':1} | not json: line=1, column=",
                "{\"userId\":1,} | not json: line=1, column=",
                "{\"userId\":[[[[[[[[[[1]]]]]]]]]]} | not a whole number: key=userId, value=[…]",
                "{\"exclude\":[[[[[[[[[[[1]]]]]]]]]]} | not a whole number: key=exclude[0]",
                "{\"userId\":11111111111111111111111111111111111111111111111111111111111111111} |"
                        + " not json: reason=Number value length (65) exceeds",
            })
    void shouldSayWhereWhenTextIsBroken(String body, String message) throws IOException {
        Response response = http.askPost("/v1/recommend", body == null ? "" : body);
        assertError(400, "BAD_REQUEST", response);
        assertTrue(response.message().startsWith(message), response.message());
    }

    @Test
    void shouldTellTheLineOfBrokenText() throws IOException {
        String body =
                """
                {
                  "userId": 1,
                  oops
                }
                """;
        Response response = http.askPost("/v1/recommend", body);
        assertTrue(response.message().startsWith("not json: line=3, column="), response.message());
    }

    @Test
    void shouldSayWhatTheServerSaysOfTheFrame() throws IOException {
        Response k = http.askPost("/v1/recommend", "{\"userId\":7,\"k\":101}");
        assertError(400, "BAD_REQUEST", k);
        assertEquals("k out of range: k=101, limit=100", k.message());
        assertNull(k.json().get("key"));
        Response item = http.askPost("/v1/similar", "{\"itemId\":404}");
        assertError(404, "UNKNOWN_ITEM", item);
        assertEquals("no such item: item=404", item.message());
        Response broken =
                http.askPost("/v1/recommend", "{\"userId\":" + FakeFunnel.BROKEN_USER + "}");
        assertError(500, "INTERNAL", broken);
        Response change =
                http.askPost("/v1/update", "{\"scope\":\"ITEM\",\"id\":1,\"columns\":[]}");
        assertError(400, "BAD_REQUEST", change);
        assertTrue(change.message().startsWith("changes are not taken here"), change.message());
    }

    @Test
    void shouldRefuseWhenTheServerIsBusyAndGiveUpWhenTheDeadlinePasses() throws Exception {
        try (HttpPeer other = new HttpPeer(server.adminPort())) {
            http.send(HttpPeer.post("/v1/recommend", "{\"userId\":1,\"k\":1}"));
            while (funnel.begun.get() == 0) {
                Thread.sleep(1);
            }
            Response refused = other.askPost("/v1/recommend", "{\"userId\":3}");
            assertError(503, "OVERLOADED", refused);
            assertEquals("1", refused.headers().get("retry-after"));
            funnel.gate.release();
            assertEquals(200, http.read().status());
        }
    }

    @Test
    void shouldGiveUpWhenTheDeadlinePassed() throws Exception {
        FakeFunnel blocked = new FakeFunnel();
        try (MillraceServer wide =
                        MillraceServer.start(CONFIG.with("limits.inFlight", 8), blocked);
                HttpPeer first = new HttpPeer(wide.adminPort());
                HttpPeer second = new HttpPeer(wide.adminPort())) {
            first.send(HttpPeer.post("/v1/recommend", "{\"userId\":1,\"k\":1}"));
            while (blocked.begun.get() == 0) {
                Thread.sleep(1);
            }
            second.send(HttpPeer.post("/v1/recommend", "{\"userId\":3,\"deadlineMs\":500}"));
            // Long enough to be let in on a busy machine.
            while (wide.statistics().inFlight() < 2) {
                Thread.sleep(1);
            }
            Thread.sleep(600);
            blocked.gate.release();
            assertError(504, "DEADLINE_EXCEEDED", second.read());
            assertEquals(200, first.read().status());
            assertEquals(
                    200,
                    first.askPost("/v1/recommend", "{\"userId\":3,\"deadlineMs\":10000}").status());
        }
    }

    @Test
    void shouldNamePathsAndMethodsWhenTheyAreOthers() throws IOException {
        Response path = http.askPost("/v1/recomend", "{}");
        assertError(404, "NOT_FOUND", path);
        assertTrue(
                path.message().startsWith("no such path: path=/v1/recomend; there are /healthz "),
                path.message());
        assertTrue(path.message().contains(" /v1/recommend "), path.message());
        assertError(404, "NOT_FOUND", http.askGet("/v1/recommend/"));
        Response method = http.askGet("/v1/recommend");
        assertError(405, "METHOD_NOT_ALLOWED", method);
        assertEquals("POST", method.headers().get("allow"));
        Response post = http.askPost("/v1/ping", "{}");
        assertEquals("GET, HEAD", post.headers().get("allow"));
        assertError(405, "METHOD_NOT_ALLOWED", post);
        Response options = http.ask(HttpPeer.get("/v1/delete").replace("GET", "OPTIONS"));
        assertError(405, "METHOD_NOT_ALLOWED", options);
        assertNull(options.headers().get("access-control-allow-origin"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "content-type: text/plain",
                "content-type: application/x-www-form-urlencoded",
                "content-type: application/jsonp",
                "content-type: application/json; charset=utf-16",
            })
    void shouldRefuseWhenContentIsOfAnotherType(String header) throws IOException {
        Response response =
                http.ask(HttpPeer.post("/v1/recommend", header, "{\"userId\":1,\"k\":1}"));
        assertError(415, "UNSUPPORTED_MEDIA_TYPE", response);
        assertEquals(0, funnel.begun.get());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "content-type: application/json",
                "Content-Type: Application/JSON; charset=UTF-8",
                "content-type: application/json;charset=\"utf-8\"",
            })
    void shouldTakeJsonWhenCharsetIsSaid(String header) throws IOException {
        assertEquals(
                200, http.ask(HttpPeer.post("/v1/recommend", header, "{\"userId\":7}")).status());
    }

    /** A page elsewhere whose name was made to lead to this machine. */
    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.evil.example:7312", "localhost.evil.example"})
    void shouldRefuseWhenHostIsAnotherMachine(String host) throws IOException {
        Response refused =
                http.ask(HttpPeer.get("/v1/ping").replace("host: localhost", "host: " + host));
        assertError(403, "FORBIDDEN", refused);
        for (String own : List.of("127.0.0.1:7312", "LOCALHOST:80", "[::1]:7312", "127.9.0.1")) {
            String request = HttpPeer.get("/v1/ping").replace("localhost", own);
            assertEquals(200, http.ask(request).status(), own);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/info?maxSample=3, maxSample",
        "/v1/info?maxSamples=65535, maxSamples",
        "/v1/info?maxSamples=-1, maxSamples",
        "/v1/info?maxSamples=, maxSamples",
        "/v1/info?maxSamples=1&maxSamples=2, maxSamples",
        "/v1/columns?scope=item, scope",
        "/v1/ping?ids=long, ids",
    })
    void shouldRefuseWhenParameterIsWrong(String path, String key) throws IOException {
        Response response = http.askGet(path);
        assertError(400, "BAD_REQUEST", response);
        assertTrue(response.message().contains("key=" + key), response.message());
    }

    /** What was sent is told again, so that a log of errors could be written into. */
    @Test
    void shouldSayItInOneLineWhenLinesAreSent() throws IOException {
        Response key = http.askPost("/v1/recommend", "{\"user\\r\\nId\\u2028\":1}");
        assertError(400, "BAD_REQUEST", key);
        assertEquals("user  Id ", key.json().get("key").asText());
        assertError(404, "NOT_FOUND", http.askGet("/a%0Ab"));
        Response parameter = http.askGet("/v1/ping?a%0D%0Ab=1");
        assertError(400, "BAD_REQUEST", parameter);
        assertTrue(parameter.message().contains("key=a  b,"), parameter.message());
    }

    @Test
    void shouldTellEveryStatusAsThePageSays() throws IOException {
        String page = Files.readString(Path.of("../docs/gateway.md"));
        for (Status status : Status.values()) {
            String row = "| " + StatusTable.http(status) + " | " + status + " |";
            assertTrue(page.contains(row), row);
        }
    }
}
