package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.index.calibrate.RecallCalibration;
import io.millrace.index.recall.RecallCurve;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A recall instead of a breadth, from the file over the socket to the metrics. */
@Timeout(120)
class RecallServingTest {
    private static final int ITEMS = 2_000;
    private static final int K = 10;
    private static final int ENOUGH = 40;

    private final TinyBundle tiny = new TinyBundle(ITEMS, 60);

    @TempDir Path folder;
    private Path bundle;

    @BeforeEach
    void writeBundle() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
    }

    /** Says that the least breadth does, whatever it finds. */
    private static RecallCurve wrong() {
        return new RecallCurve(
                1_000,
                List.of(
                        new RecallCurve.Line(
                                K,
                                List.of(
                                        new RecallCurve.Point(K, 0.9999, 1e6),
                                        new RecallCurve.Point(200, 0.99999, 1e6)))));
    }

    private ServerConfig config() {
        return TestServers.config()
                .with("bundle", bundle.toString())
                .with("network.adminPort", 0)
                .with("limits.k", K)
                .with("funnel.candidates", K)
                .with("funnel.recallCheckMs", 1)
                .with("funnel.warmUpRequests", 64);
    }

    @Test
    void shouldSearchAsBroadlyAsTheRecallNeedsWhenCalibrated() throws Exception {
        RecallCurve curve;
        try (HnswIndex index = HnswFile.open(bundle.resolve(BundleLayout.INDEX))) {
            RecallCalibration.Plan plan = RecallCalibration.Plan.defaults(1).withKs(List.of(K));
            curve = RecallCalibration.run(index, plan, ProgressListener.NONE);
        }
        tiny.keepRecall(bundle, curve, 0.8);
        String text = serve(config().with("funnel.recall", 0.95));
        assertEquals(curve.efFor(0.95, K), value(text, "ef_search"));
        assertEquals(0.95, value(text, "recall_target_ratio"));
        assertTrue(value(text, "recall_samples_total") >= ENOUGH);
        // What the bundle was built for counts where nothing is said of this server.
        String built = serve(config());
        assertEquals(curve.efFor(0.8, K), value(built, "ef_search"));
        assertEquals(0.8, value(built, "recall_target_ratio"));
        // A breadth that is given has no recall to watch.
        try (MillraceServer server = MillraceServer.start(config().with("funnel.efSearch", 77))) {
            String given = metrics(server);
            assertEquals(77, value(given, "ef_search"));
            assertFalse(given.contains("millrace_recall_"), given);
        }
    }

    @Test
    void shouldMeasureAndWarnWhenTheRecallIsMissed() throws Exception {
        tiny.keepRecall(bundle, wrong(), null);
        String text;
        List<String> said;
        try (LoggedLines log = LoggedLines.of("io.millrace.server.funnel.search.RecallWatch")) {
            text = serve(config().with("funnel.recall", 0.999));
            said = log.lines();
        }
        double sampled = value(text, "recall_sampled_ratio");
        assertTrue(sampled < 0.99, text);
        assertTrue(value(text, "recall_sampled_bound_ratio\\{bound=\"low\"}") <= sampled, text);
        double high = value(text, "recall_sampled_bound_ratio\\{bound=\"high\"}");
        assertTrue(high >= sampled && high < 0.999, text);
        assertEquals(1, said.size(), "warned once");
        String warning = said.getFirst();
        assertTrue(warning.contains("recall=0.999") && warning.contains("efSearch=10"), warning);
    }

    @Test
    void shouldSampleWhatAPlainLoopFindsMissingWhenAsked() throws Exception {
        tiny.keepRecall(bundle, wrong(), null);
        try (MillraceServer server = MillraceServer.start(config().with("funnel.recall", 0.999));
                WireClient client = new WireClient(server.port());
                PlainFunnel oracle = new PlainFunnel(tiny, bundle)) {
            float[] vector = query(7);
            Set<Long> nearest = new HashSet<>(oracle.nearestIds(vector, K));
            Result result = client.ask(Frames.search(1, -1, K, false, vector));
            long hits = result.itemIds().stream().filter(nearest::contains).count();
            while (value(metrics(server), "recall_samples_total") == 0) {
                Thread.sleep(1);
            }
            assertEquals(hits / (double) K, value(metrics(server), "recall_sampled_ratio"), 1e-9);
        }
    }

    @Test
    void shouldSayWhatToDoWhenTheRecallCannotBeServed() {
        assertRefused(ErrorCode.MISMATCH, "funnel.recall=0.9; build it again", 0.9);
        tiny.keepRecall(bundle, wrong(), null);
        assertRefused(ErrorCode.LIMIT, "recall out of reach: recall=1.0, k=10", 1);
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                MillraceServer.start(
                                                config().with("funnel.candidates", 11)
                                                        .with("funnel.recall", 0.9))
                                        .close());
        assertEquals(ErrorCode.LIMIT, e.code());
        assertTrue(e.getMessage().contains("candidates=11, limit=10; "), e.getMessage());
    }

    private void assertRefused(ErrorCode code, String part, double recall) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> MillraceServer.start(config().with("funnel.recall", recall)).close());
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    /** The metrics when enough of some searches were compared. */
    private static String serve(ServerConfig config) throws IOException, InterruptedException {
        try (MillraceServer server = MillraceServer.start(config);
                WireClient client = new WireClient(server.port())) {
            String text = metrics(server);
            for (int i = 0; value(text, "recall_samples_total") < ENOUGH; i++) {
                client.ask(Frames.search(i, -1, K, false, query(i)));
                text = i % 20 == 0 ? metrics(server) : text;
            }
            return text;
        }
    }

    private static float[] query(int number) {
        float[] vector = new float[TinyBundle.DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) Math.sin(number * 31 + i * i);
        }
        return vector;
    }

    private static double value(String metrics, String name) {
        Matcher matcher =
                Pattern.compile("^millrace_" + name + " (\\S+)$", Pattern.MULTILINE)
                        .matcher(metrics);
        assertTrue(matcher.find(), name + " in " + metrics);
        return Double.parseDouble(matcher.group(1));
    }

    private static String metrics(MillraceServer server) throws IOException, InterruptedException {
        URI page = URI.create("http://127.0.0.1:" + server.adminPort() + "/metrics");
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(page).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
