package io.millrace.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.metrics.ProcessUsage;
import io.millrace.core.metrics.StageBand;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.RequestEvent;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.HdrHistogram.Histogram;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

@Timeout(60)
class AdminServerTest {
    private final ServerConfig config = TestServers.config().with("network.adminPort", 0);
    private final MillraceServer server = MillraceServer.start(config, new FakeFunnel());
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir private Path folder;

    @BeforeEach
    void serve() throws IOException {
        try (WireClient client = new WireClient(server.port())) {
            for (int i = 0; i < 7; i++) {
                client.ask(Frames.recommend(i, 10, 3));
            }
            client.ask(Frames.similar(8, FakeFunnel.NO_ITEM, 3, false));
            client.ask(Frames.recommend(9, 10, 0));
        }
    }

    @AfterEach
    void close() {
        server.close();
        http.close();
    }

    @Test
    void shouldTellHealthAndReadinessWhenAsked() throws Exception {
        assertEquals("ok\n", get("/healthz", 200));
        assertEquals("ready\n", get("/readyz", 200));
        assertEquals("ready\n", get("/readyz?verbose=1", 200));
    }

    @Test
    void shouldCountRequestsWhenScraped() throws Exception {
        Map<String, Double> samples = samples(get("/metrics", 200));
        assertEquals(7, samples.get("millrace_requests_total{kind=\"recommend\",status=\"ok\"}"));
        assertEquals(
                1,
                samples.get("millrace_requests_total{kind=\"similar\",status=\"unknown_item\"}"));
        assertEquals(
                1,
                samples.get("millrace_requests_total{kind=\"recommend\",status=\"bad_request\"}"));
        assertEquals(8, samples.get("millrace_service_seconds_count"));
        assertEquals(8, samples.get("millrace_service_seconds_bucket{le=\"+Inf\"}"));
        assertEquals(8, samples.get("millrace_stage_seconds_count{stage=\"encode\"}"));
        assertEquals(0, samples.get("millrace_stage_seconds_count{stage=\"rank\"}"));
        assertEquals(1, samples.get("millrace_ready"));
        assertEquals(1, samples.get("millrace_bundle_info{fingerprint=\"abcd\"}"));
        assertEquals(1_000, samples.get("millrace_items"));
        assertTrue(samples.getOrDefault("millrace_resident_memory_bytes", 0.0) > 1 << 20);
        assertTrue(samples.containsKey("millrace_allocated_bytes_per_request"));
        assertTrue(samples.containsKey("millrace_hiccup_max_seconds"));
        assertEquals(1, samples.get("millrace_connections_accepted_total"));
    }

    @Test
    void shouldBeCumulativeWhenHistogramIsScrapedTwice() throws Exception {
        samples(get("/metrics", 200));
        Map<String, Double> samples = samples(get("/metrics", 200));
        double last = 0;
        for (String bound : new String[] {"1.0E-6", "1.0E-4", "0.01", "0.1", "1.0", "+Inf"}) {
            double count =
                    samples.getOrDefault(
                            "millrace_service_seconds_bucket{le=\"" + bound + "\"}", -1.0);
            assertTrue(count >= last, bound);
            last = count;
        }
        assertEquals(8, last);
    }

    /** Every sample of a page, which must be well formed. */
    private static Map<String, Double> samples(String page) {
        Map<String, Double> samples = new HashMap<>();
        for (String line : page.lines().toList()) {
            if (line.startsWith("#")) {
                assertTrue(line.matches("# (HELP|TYPE) millrace_[a-z_]+ .+"), line);
            } else {
                assertTrue(
                        line.matches(
                                "millrace_[a-z_]+(\\{([a-z]+=\"[^\"]*\",?)+})?"
                                        + " -?[0-9.]+(E-?[0-9]+)?"),
                        line);
                int space = line.lastIndexOf(' ');
                samples.put(
                        line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
            }
        }
        return samples;
    }

    @Test
    void shouldTellTheSameAsJsonWhenAskedForStats() throws Exception {
        JsonNode stats = Json.mapper().readTree(get("/stats", 200));
        assertEquals("ready", stats.get("readiness").asText());
        assertEquals(7, stats.get("requests").get("recommend.OK").asLong());
        assertEquals(8, stats.get("service").get("count").asLong());
        assertTrue(stats.get("stages").get("queue").get("p50_us").asDouble() > 0);
    }

    @Test
    void shouldTellWhatTheProcessUsesWhenAskedForStats() throws Exception {
        JsonNode stats = Json.mapper().readTree(get("/stats", 200));
        ProcessUsage usage = Json.mapper().treeToValue(stats.get("process"), ProcessUsage.class);
        assertTrue(usage.cpuSeconds() > 0, usage.toString());
        assertTrue(usage.residentBytes() > 1 << 20, usage.toString());
        assertTrue(stats.get("environment").get("processors").asInt() > 0);
        assertTrue(stats.get("hiccups").get("count").asLong() > 0);
        assertFalse(stats.get("service").has("histogram"), "histograms only where wanted");
        assertFalse(stats.has("bands"));
    }

    @Test
    void shouldPackHistogramsAndBandsWhenWanted() throws Exception {
        JsonNode stats = Json.mapper().readTree(get("/stats?histograms=1", 200));
        JsonNode service = stats.get("service");
        Histogram unpacked =
                Histogram.decodeFromCompressedByteBuffer(
                        ByteBuffer.wrap(
                                Base64.getDecoder().decode(service.get("histogram").asText())),
                        0);
        assertEquals(8, unpacked.getTotalCount());
        assertEquals(service.get("max_us").asDouble(), unpacked.getMaxValue() / 1e3, 1e-9);
        long count = 0;
        long serviceNs = 0;
        long encodeNs = 0;
        for (JsonNode node : stats.get("bands")) {
            StageBand band = Json.mapper().treeToValue(node, StageBand.class);
            count += band.count();
            serviceNs += band.serviceNs();
            encodeNs += band.stagesNs().getOrDefault("encode", 0L);
            assertEquals(band.band(), StageBand.of(band.serviceNs() / band.count()), 1);
        }
        assertEquals(8, count);
        assertEquals(unpacked.getMean(), serviceNs / 8.0, 0.02 * unpacked.getMean());
        double encodeUs = stats.get("stages").get("encode").get("mean_us").asDouble();
        assertEquals(encodeUs, encodeNs / 8e3, 0.05 * encodeUs);
    }

    @Test
    void shouldRecordPausesAndSlowRequestsWhenAsked() throws Exception {
        CompletableFuture<HttpResponse<byte[]>> recorded = flight("seconds=3&slow_ms=0");
        Thread.sleep(1_000);
        assertEquals(409, flight("seconds=0.001").get().statusCode(), "one at a time");
        try (WireClient client = new WireClient(server.port())) {
            for (int i = 0; i < 5; i++) {
                client.ask(Frames.recommend(i, 10, 3));
            }
            client.ask(Frames.similar(8, FakeFunnel.NO_ITEM, 3, false));
        }
        System.gc();
        assertEquals(200, recorded.get().statusCode());
        Path file = Files.createTempFile(folder, "flight", ".jfr");
        Files.write(file, recorded.get().body());
        Map<String, Integer> kinds = new HashMap<>();
        boolean hasCollection = false;
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            hasCollection |= event.getEventType().getName().equals("jdk.GarbageCollection");
            // Whoever starts a server may have a token there.
            assertNotEquals("jdk.InitialEnvironmentVariable", event.getEventType().getName());
            if (event.getEventType().getName().equals(RequestEvent.NAME)) {
                kinds.merge(event.getString("kind") + event.getString("status"), 1, Integer::sum);
                long service = event.getDuration("service").toNanos();
                long encode = event.getDuration("encode").toNanos();
                assertTrue(service > 0 && encode > 0, event.toString());
                assertEquals(0, event.getDuration("rank").toNanos());
                assertTrue(event.getDuration().toNanos() > encode, event.toString());
            }
        }
        assertEquals(Map.of("recommendOK", 5, "similarUNKNOWN_ITEM", 1), kinds);
        assertTrue(hasCollection, "a collection of garbage");
    }

    @Test
    void shouldRecordNoRequestThatIsFasterThanWanted() throws Exception {
        CompletableFuture<HttpResponse<byte[]>> recorded = flight("seconds=1.5&slow_ms=5000");
        Thread.sleep(700);
        try (WireClient client = new WireClient(server.port())) {
            client.ask(Frames.recommend(1, 10, 3));
        }
        Path file = Files.createTempFile(folder, "flight", ".jfr");
        Files.write(file, recorded.get().body());
        assertTrue(
                RecordingFile.readAllEvents(file).stream()
                        .noneMatch(e -> e.getEventType().getName().equals(RequestEvent.NAME)));
    }

    @Test
    void shouldRefuseARecordingWithoutSense() throws Exception {
        for (String wrong : List.of("seconds=0", "seconds=3601", "seconds=x", "slow_ms=-1")) {
            HttpResponse<byte[]> response = flight(wrong).get();
            assertEquals(400, response.statusCode());
            assertTrue(new String(response.body(), StandardCharsets.UTF_8).contains("/flight?"));
        }
    }

    private CompletableFuture<HttpResponse<byte[]>> flight(String query) {
        URI uri = URI.create("http://127.0.0.1:" + server.adminPort() + "/flight?" + query);
        return http.sendAsync(
                HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void shouldTellRatesOfAnItemWhenAsked() throws Exception {
        JsonNode rates = Json.mapper().readTree(get("/rates?item=-7", 200));
        assertEquals(2, rates.size());
        assertEquals("all", rates.get(0).get("of").asText());
        assertEquals("item", rates.get(1).get("of").asText());
        assertEquals(-7, rates.get(1).get("id").asLong());
        assertEquals(4, rates.get(1).get("impressions").asDouble());
        assertEquals(0.5, rates.get(1).get("clickRate").asDouble());
        assertEquals(0.25, rates.get(1).get("watchRate").asDouble());
        assertEquals(
                "{\"status\":\"UNKNOWN_ITEM\",\"message\":\"no such item: item=404\"}\n",
                get("/rates?item=" + FakeFunnel.NO_ITEM, 404));
        for (String bad : new String[] {"", "?item=", "?item=x", "?item=1&item=2", "?other=1"}) {
            assertEquals(
                    "{\"status\":\"BAD_REQUEST\",\"message\":\"name one item:"
                            + " /rates?item=777\"}\n",
                    get("/rates" + bad, 400));
        }
    }

    @Test
    void shouldTellEffectiveConfigurationWhenAsked() throws Exception {
        assertEquals(config, ServerConfig.parse(get("/config", 200), "/config"));
    }

    @Test
    void shouldRefuseWhenPageOrMethodIsNotKnown() throws Exception {
        assertTrue(get("/nothing", 404).contains("/healthz"));
        HttpRequest post =
                HttpRequest.newBuilder(uri("/stats"))
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build();
        assertEquals(405, http.send(post, HttpResponse.BodyHandlers.discarding()).statusCode());
        HttpRequest head =
                HttpRequest.newBuilder(uri("/healthz"))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build();
        assertEquals(200, http.send(head, HttpResponse.BodyHandlers.discarding()).statusCode());
    }

    @Test
    void shouldAnswerBadRequestWhenBytesAreNotHttp() throws Exception {
        try (WireClient client = new WireClient(server.adminPort())) {
            client.send("\u0001\u0002 nonsense\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(client.in().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        }
        assertEquals("ok\n", get("/healthz", 200));
    }

    @Test
    void shouldSayPortIsInUseWhenItIs() {
        ServerConfig taken = config.with("network.adminPort", server.adminPort());
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> MillraceServer.start(taken, new FakeFunnel()));
        assertTrue(e.getMessage().startsWith("port is in use: "), e.getMessage());
        assertTrue(e.getMessage().endsWith("change network.adminPort"), e.getMessage());
    }

    private String get(String path, int status) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(uri(path)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(status, response.statusCode());
        return response.body();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.adminPort() + path);
    }
}
