package io.millrace.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.core.wire.Status;
import io.millrace.index.recall.RecallCurve;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.TinyBundle;
import io.millrace.server.WireClient;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page of metrics of a server that has every part, beside what is written about it. */
@Timeout(120)
class MetricsPageTest {
    private static final int K = 10;
    private static final Path DOCUMENTS = Path.of("..", "docs");
    private static final Pattern DESCRIBED =
            Pattern.compile("^\\| `(millrace_[a-z_]+)` \\| ([a-z]+) \\| .+ \\| .+ \\|.* \\|$");
    private static final Pattern NAME = Pattern.compile("\\bmillrace_[a-z_]+");

    @TempDir private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private MillraceServer server;
    private WireClient client;

    @BeforeEach
    void serve() throws IOException {
        TinyBundle tiny = new TinyBundle(500, 20);
        Path bundle = tiny.write(folder.resolve("bundle"));
        tiny.keepRecall(bundle, curve(), null);
        ServerConfig config =
                TestServers.config()
                        .with("bundle", bundle.toString())
                        .with("network.adminPort", 0)
                        .with("log.folder", folder.resolve("log").toString())
                        .with("limits.k", K)
                        .with("funnel.candidates", K)
                        .with("funnel.recall", 0.9)
                        .with("funnel.recallCheckMs", 1)
                        .with("funnel.warmUpRequests", 0);
        server = MillraceServer.start(config);
        client = new WireClient(server.port());
    }

    private static RecallCurve curve() {
        return new RecallCurve(
                1_000,
                List.of(
                        new RecallCurve.Line(
                                K,
                                List.of(
                                        new RecallCurve.Point(K, 0.95, 1e6),
                                        new RecallCurve.Point(200, 0.99999, 1e6)))));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
        http.close();
    }

    /** The page once every metric has a sample, but for those that nothing has counted yet. */
    private PrometheusPage page() throws IOException, InterruptedException {
        client.ask(Frames.recommend(1, TinyBundle.userId(1), K));
        PrometheusPage page;
        int asked = 0;
        do {
            client.ask(Frames.search(++asked, -1, K, false, query(asked)));
            page = PrometheusPage.parse(get("/metrics"));
        } while (page.samples().getOrDefault("millrace_recall_samples_total", 0.0) == 0);
        return page;
    }

    private static float[] query(int number) {
        float[] vector = new float[TinyBundle.DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) Math.sin(number * 31 + i * i);
        }
        return vector;
    }

    @Test
    void shouldTellExactlyWhatIsDescribedWhenScraped() throws Exception {
        Map<String, String> described = new TreeMap<>();
        for (String line : Files.readAllLines(DOCUMENTS.resolve("metrics.md"))) {
            Matcher row = DESCRIBED.matcher(line);
            if (row.matches()) {
                assertEquals(null, described.put(row.group(1), row.group(2)), line);
            } else {
                assertFalse(line.startsWith("| `"), "not of five columns: " + line);
            }
        }
        assertEquals(described, new TreeMap<>(page().types()));
    }

    @Test
    void shouldTellTheSameWhenAskedByFrame() throws Exception {
        Set<String> ofPage = new TreeSet<>();
        for (String sample : page().samples().keySet()) {
            if (!sample.contains("_bucket{")) {
                ofPage.add(sample.substring("millrace_".length()));
            }
        }
        client.send(Frames.stats(1));
        Set<String> ofFrame = new TreeSet<>(client.stats().keySet());
        ofFrame.removeIf(sample -> sample.contains("quantile=\""));
        // What it was asked by is counted before the answer is made, and after it for the page.
        ofFrame.removeIf(sample -> sample.startsWith("requests_total{kind=\"stats\""));
        assertEquals(ofPage, ofFrame);
    }

    @Test
    void shouldAskForWhatThereIsWhenGrafanaDraws() throws Exception {
        Map<String, String> types = page().types();
        JsonNode board = Json.mapper().readTree(DOCUMENTS.resolve("grafana.json").toFile());
        assertTrue(board.get("schemaVersion").asInt() >= 38, "of Grafana 10 or later");
        Set<Integer> ids = new HashSet<>();
        Set<String> rows = new TreeSet<>();
        Set<String> asked = new TreeSet<>();
        for (JsonNode panel : board.get("panels")) {
            assertTrue(ids.add(panel.get("id").asInt()), panel.get("title").asText());
            JsonNode place = panel.get("gridPos");
            assertTrue(place.get("x").asInt() + place.get("w").asInt() <= 24, place.toString());
            if (panel.get("type").asText().equals("row")) {
                rows.add(panel.get("title").asText());
                continue;
            }
            assertFalse(panel.get("targets").isEmpty(), panel.get("title").asText());
            for (JsonNode target : panel.get("targets")) {
                asked.addAll(checkExpression(target.get("expr").asText(), types));
            }
        }
        assertEquals(6, rows.size(), rows.toString());
        assertTrue(asked.size() > 30, asked.toString());
    }

    @Test
    void shouldKnowEveryAlertAndRefusalWhenOperatorsRead() throws Exception {
        Map<String, String> types = page().types();
        String text = Files.readString(DOCUMENTS.resolve("operations.md"));
        List<String> alerts =
                text.lines()
                        .map(String::strip)
                        .filter(line -> line.startsWith("expr: "))
                        .map(line -> line.substring("expr: ".length()))
                        .toList();
        assertTrue(alerts.size() > 5, alerts.toString());
        alerts.forEach(alert -> checkExpression(alert, types));
        for (Status status : Status.values()) {
            String row = "| `" + status.name().toLowerCase(Locale.ROOT) + "` | ";
            assertEquals(status != Status.OK, text.contains(row), row);
        }
    }

    /** The metrics of an expression, each of which is used as its type has it. */
    private static Set<String> checkExpression(String expression, Map<String, String> types) {
        assertEquals(
                expression.chars().filter(c -> c == '(').count(),
                expression.chars().filter(c -> c == ')').count(),
                expression);
        Set<String> names = new TreeSet<>();
        Matcher name = NAME.matcher(expression);
        while (name.find()) {
            String base = PrometheusPage.baseOf(name.group(), "histogram");
            boolean isPart = !base.equals(name.group()) && "histogram".equals(types.get(base));
            String metric = isPart ? base : name.group();
            String type = types.getOrDefault(metric, "none");
            assertFalse(type.equals("none"), name.group() + " in " + expression);
            assertEquals(isPart, type.equals("histogram"), expression);
            boolean isRated = expression.substring(name.end()).matches("(\\{[^}]*})?\\[[^\\]]+].*");
            assertEquals(isRated, !type.equals("gauge"), expression);
            names.add(metric);
        }
        assertFalse(names.isEmpty(), expression);
        return names;
    }

    @Test
    void shouldCountWhatNeverBecomesAFrameWhenRefused() throws Exception {
        assertEquals(404, status("GET", "/nothing", "application/json"));
        assertEquals(405, status("POST", "/stats", "application/json"));
        assertEquals(415, status("POST", "/v1/recommend", "text/plain"));
        assertEquals(400, status("POST", "/v1/recommend", "application/json"));
        String similar = "{\"itemId\": 987654321987, \"k\": 1}";
        int refused = send("POST", "/v1/similar", "application/json", similar).statusCode();
        PrometheusPage page = PrometheusPage.parse(get("/metrics"));
        assertEquals(404, refused);
        Map<String, Double> refusals = new TreeMap<>();
        page.samples()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith("millrace_http_refusals_total")) {
                                refusals.put(key.replaceAll(".*=\"(.*)\"}", "$1"), value);
                            }
                        });
        assertEquals(
                Map.of(
                        "not_found", 1.0,
                        "method_not_allowed", 1.0,
                        "unsupported_media_type", 1.0,
                        "bad_request", 1.0),
                refusals);
        assertEquals(
                1.0,
                page.samples()
                        .get("millrace_requests_total{kind=\"similar\",status=\"unknown_item\"}"));
    }

    @Test
    void shouldRefuseAPageThatIsNotWellFormed() {
        String head = "# HELP millrace_a Some text.\n# TYPE millrace_a gauge\n";
        assertEquals(2, PrometheusPage.parse(head + "millrace_a 2\n").samples().get("millrace_a"));
        for (String wrong :
                List.of(
                        "millrace_a 1\n",
                        head + "millrace_a 1",
                        head + "millrace_a 1\nmillrace_a 2\n",
                        head + "millrace_b 1\n",
                        head + "millrace_a{le=\"1\"} 1\n",
                        head + "millrace_a{x=1} 1\n",
                        head.replace("gauge", "counter"),
                        head.replace("gauge", "histogram") + "millrace_a_sum 1\n",
                        head.replace("_a", "_a_total"))) {
            assertThrows(AssertionError.class, () -> PrometheusPage.parse(wrong), wrong);
        }
    }

    private int status(String method, String path, String type) throws Exception {
        return send(method, path, type, "{\"no\": 1}").statusCode();
    }

    private HttpResponse<String> send(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
                        .header("content-type", type);
        request =
                method.equals("GET")
                        ? request
                        : request.method(method, HttpRequest.BodyPublishers.ofString(body));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send("GET", path, "text/plain", "");
        assertEquals(200, response.statusCode(), path);
        return response.body();
    }
}
