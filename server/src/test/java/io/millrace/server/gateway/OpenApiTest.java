package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.millrace.core.json.Json;
import io.millrace.server.FakeFunnel;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.gateway.HttpPeer.Response;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The description of the port holds the port, and the port the description. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {
    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE");

    private MillraceServer server;
    private HttpPeer http;
    private JsonNode description;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        server = TinyServer.start(folder);
        try (HttpPeer asking = new HttpPeer(server.adminPort())) {
            description = asking.askGet("/openapi.json").json();
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws IOException {
        http = new HttpPeer(server.adminPort());
    }

    @AfterEach
    void disconnect() throws IOException {
        http.close();
    }

    /** Each path and method that is described, as in {@code POST /v1/rank}. */
    private Set<String> described() {
        Set<String> described = new TreeSet<>();
        for (Map.Entry<String, JsonNode> path : description.get("paths").properties()) {
            path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                            method ->
                                    described.add(
                                            method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
        }
        return described;
    }

    @Test
    void shouldDescribeEveryPathAndMethodThatIsAnswered() throws IOException {
        assertEquals("3.1.0", description.get("openapi").asText());
        // The paths there are, by the server's own word.
        String message = http.askGet("/none").message();
        String[] paths = message.substring(message.indexOf("there are ") + 10).split(" ", -1);
        Set<String> answered = new TreeSet<>();
        for (String path : paths) {
            for (String method : METHODS) {
                Response response =
                        http.ask(
                                method
                                        + " "
                                        + path
                                        // Answered when it is over.
                                        + (path.equals("/flight") ? "?seconds=0.01" : "")
                                        + " HTTP/1.1\r\nhost: localhost\r\n"
                                        + "content-length: 0\r\n\r\n");
                assertTrue(response.status() != 404 || path.equals("/rates"), path);
                if (response.status() != 405) {
                    answered.add(method + " " + path);
                }
            }
        }
        assertEquals(answered, described());
    }

    @Test
    void shouldAnswerExamplesAsDescribed() throws IOException {
        int asked = 0;
        for (RequestShape shape : RequestShape.values()) {
            JsonNode operation = description.get("paths").get(shape.path()).get("post");
            JsonNode content = operation.at("/requestBody/content").get("application/json");
            JsonNode schema = content.get("schema");
            for (JsonNode example : content.get("examples")) {
                JsonNode value = example.get("value");
                assertEquals(
                        List.of(), SchemaCheck.faults(description, schema, value), shape.path());
                for (String ids : List.of("", "?ids=string")) {
                    Response response = http.askPost(shape.path() + ids, value.toString());
                    int expected = example.path("x-answered").asInt(200);
                    if (shape == RequestShape.DELETE && !ids.isEmpty()) {
                        expected = 404;
                    }
                    assertEquals(expected, response.status(), response.body());
                    assertDescribed(operation, response);
                    asked++;
                }
            }
        }
        assertTrue(asked >= 30, "examples sent: " + asked);
    }

    @Test
    void shouldAnswerPagesAndQuestionsAsDescribed() throws IOException {
        for (String path :
                List.of(
                        "/v1/ping",
                        "/v1/info",
                        "/v1/info?maxSamples=2&ids=string",
                        "/v1/info?maxSamples=x",
                        "/v1/stats",
                        "/v1/columns",
                        "/v1/columns?scope=ITEM",
                        "/v1/columns?scope=USER",
                        "/openapi.json",
                        "/healthz",
                        "/readyz",
                        "/metrics",
                        "/stats",
                        "/stats?histograms=1",
                        "/flight?seconds=0.1&slow_ms=5",
                        "/flight?seconds=x",
                        "/config",
                        "/bundle",
                        "/snapshot",
                        "/rates?item=10007",
                        "/rates?item=1",
                        "/rates")) {
            JsonNode operation = operation("get", path);
            Response response = http.askGet(path);
            assertDescribed(operation, response);
            for (String parameter : query(path)) {
                assertTrue(parameters(operation).contains(parameter), path + " lacks " + parameter);
            }
        }
    }

    private JsonNode operation(String method, String path) {
        return description.get("paths").get(path.replaceAll("\\?.*", "")).get(method);
    }

    private static List<String> query(String path) {
        List<String> keys = new ArrayList<>();
        if (path.contains("?")) {
            for (String parameter : path.substring(path.indexOf('?') + 1).split("&", -1)) {
                keys.add(parameter.replaceAll("=.*", ""));
            }
        }
        return keys;
    }

    private List<String> parameters(JsonNode operation) {
        List<String> names = new ArrayList<>();
        for (JsonNode parameter : operation.path("parameters")) {
            names.add(SchemaCheck.resolved(description, parameter).get("name").asText());
        }
        return names;
    }

    /** The status must be among the described ones, and the body fit its schema. */
    private void assertDescribed(JsonNode operation, Response response) throws IOException {
        JsonNode told = operation.get("responses").get(String.valueOf(response.status()));
        assertNotNull(told, operation.get("operationId") + ": " + response);
        String type = response.headers().getOrDefault("content-type", "").replaceAll(";.*", "");
        JsonNode content = SchemaCheck.resolved(description, told).get("content").get(type);
        assertNotNull(content, operation.get("operationId") + ": " + type);
        if (type.equals("application/json")) {
            assertEquals(
                    List.of(),
                    SchemaCheck.faults(description, content.get("schema"), response.json()),
                    response.body());
        }
    }

    /** Whatever goes wrong is of a status that is described, for every request with a body. */
    @Test
    void shouldDescribeRefusals() throws IOException {
        for (RequestShape shape : RequestShape.values()) {
            JsonNode operation = operation("post", shape.path());
            for (String request :
                    List.of(
                            HttpPeer.post(shape.path(), "{}"),
                            HttpPeer.post(shape.path(), "content-type: text/plain", "{}"),
                            HttpPeer.post(shape.path(), "{}").replace("localhost", "else.where"))) {
                Response response = http.ask(request);
                assertTrue(response.status() >= 400, response.body());
                assertDescribed(operation, response);
            }
        }
        FakeFunnel funnel = new FakeFunnel();
        MillraceServer stopped =
                MillraceServer.start(TestServers.config().with("network.adminPort", 0), funnel);
        try (HttpPeer peer = new HttpPeer(stopped.adminPort())) {
            JsonNode operation = operation("post", "/v1/recommend");
            assertDescribed(operation, peer.askPost("/v1/recommend", "{\"userId\":2}"));
            stopped.close();
        }
    }

    @Test
    void shouldDescribeWhatChangesTheBundle() throws IOException {
        for (String path : List.of("/bundle", "/bundle/rollback", "/snapshot", "/restore")) {
            JsonNode operation = operation("post", path);
            for (String request :
                    List.of(
                            HttpPeer.post(path, "{\"directory\":\"/none\"}"),
                            HttpPeer.post(path, "{\"name\":\"none\"}"),
                            HttpPeer.post(path, "content-type: text/plain", "{}"),
                            HttpPeer.post(path, "{}").replace("localhost", "else.where"))) {
                assertDescribed(operation, http.ask(request));
            }
        }
        assertDescribed(operation("post", "/bundle"), http.askPost("/bundle", "{}"));
    }

    /** Both sides name the same keys, and the same of them as required. */
    @Test
    void shouldDescribeTheKeysThatAreTaken() {
        for (RequestShape shape : RequestShape.values()) {
            JsonNode content =
                    operation("post", shape.path())
                            .at("/requestBody/content")
                            .get("application/json");
            JsonNode schema = SchemaCheck.resolved(description, content.get("schema"));
            Set<String> keys = new TreeSet<>();
            schema.get("properties").fieldNames().forEachRemaining(keys::add);
            assertEquals(new TreeSet<>(shape.keys()), keys, shape.path());
            Set<String> required = new TreeSet<>();
            schema.get("required").forEach(key -> required.add(key.asText()));
            assertEquals(new TreeSet<>(shape.requiredKeys()), required, shape.path());
        }
    }

    /** The checker must find faults, or nothing above says anything. */
    @Test
    void shouldFindFaultsWhenAnAnswerIsAnother() throws IOException {
        JsonNode schema = description.at("/components/schemas/Answer");
        JsonNode sound = http.askPost("/v1/recommend", "{\"userId\":512}").json();
        assertEquals(List.of(), SchemaCheck.faults(description, schema, sound));
        for (String broken :
                List.of(
                        "{\"status\":\"NO\"}",
                        "{\"reason\":\"ELSE\"}",
                        "{\"degraded\":[\"x\"]}",
                        "{\"ranked\":-1}",
                        "{\"ranked\":1.5}",
                        "{\"fingerprint\":\"12\"}",
                        "{\"items\":{}}",
                        "{\"items\":[{\"itemId\":1}]}",
                        "{\"items\":[{\"itemId\":true,\"score\":1,\"source\":\"RANKED\"}]}",
                        "{\"more\":1}")) {
            ObjectNode changed = sound.deepCopy();
            changed.setAll((ObjectNode) Json.mapper().readTree(broken));
            assertEquals(1, SchemaCheck.faults(description, schema, changed).size(), broken);
        }
        ObjectNode less = sound.deepCopy();
        less.remove("items");
        assertEquals(1, SchemaCheck.faults(description, schema, less).size());
    }
}
