package io.millrace.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RecommendQuery;
import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.json.Json;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionLogReader;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Rates on their whole way: import, training, bundle, server, log, replay, and import again. */
final class RatedWorldTest {
    private static final int USERS = 40;
    private static final int ITEMS = 120;
    private static final int EVENTS = 1_500;
    private static final int REQUESTS = 30;
    private static final long BEGIN_SECONDS = 1_699_142_400;
    private static final long DAY_MS = 86_400_000;
    private static final String MAPPING =
            """
            {
              "name": "rated",
              "user": "user",
              "item": "item",
              "time": "at",
              "timeForm": "SECONDS",
              "click": {"column": "click", "atLeast": 1},
              "watchRatio": "share",
              "isEveryEventWatched": true,
              "features": [{"column": "creator", "scope": "ITEM", "kind": "CATEGORICAL"}],
              "labels": {"rare": {"column": "item", "atLeast": 30}},
              "rates": [
                {"name": "clicks_now", "event": "CLICK", "of": "item_id", "halfLifeMinutes": 1440},
                {"name": "creator_watches_now", "event": "WATCH", "of": "creator",
                 "halfLifeMinutes": 1440}
              ]
            }
            """;

    @TempDir private Path folder;

    @Test
    void shouldKeepRatesFromImportToReplay() throws IOException {
        Files.writeString(folder.resolve("mapping.json"), MAPPING);
        writeEvents();
        run("import", "csv", "--mapping", at("mapping.json"), at("events.csv"), "--out", at("set"));
        run("train", "--dataset", at("set"), "--out", at("models"), "--tower-epochs", "1");
        String built = run(build("b", "--value", "click+0.250*rare"));
        assertTrue(Files.exists(folder.resolve("b").resolve(BundleLayout.ITEM_HALVES)), built);
        assertEquals(-1, Files.mismatch(counters("set"), counters("b")));
        assertTrue(built.contains("click + 0.25*rare"), built);
        String inspected = run("inspect", at("b"));
        assertTrue(inspected.contains("impression: clicks_now, creator_watches_now"), inspected);
        assertTrue(inspected.contains("click + 0.25*rare"), inspected);
        CommandRun unknown = CommandRun.of(build("none", "--value", "click + rarer"));
        assertEquals(1, unknown.code(), unknown.err());
        assertTrue(unknown.err().contains("did you mean rare?"), unknown.err());
        assertFalse(Files.exists(folder.resolve("none")));
        run("eval", "--bundle", at("b"), "--dataset", at("set"), "--json", at("eval.json"));
        double auc = figures("eval.json").get("click.auc").asDouble();
        assertTrue(auc > 0.4, "auc " + auc);
        // So few events teach little; that the label is judged is what counts here.
        assertTrue(figures("eval.json").has("rare.auc"), "a label of the mapping");
        assertEmbeddingsOfFewerBitsAreComparedWithRates();
        serve();
        run("replay", at("log"), "--bundle", at("b"), "--json", at("replay.json"));
        assertEquals(2 * REQUESTS, figures("replay.json").get("equal").asInt());
        run("verify-parity", at("log"), "--bundle", at("b"), "--json", at("parity.json"));
        assertEquals(2 * REQUESTS * 10 * 2, figures("parity.json").get("told.rates").asInt());
        importWhatWasServed();
    }

    /** What is said to be lost is what is lost of the logits of impressions with their rates. */
    private void assertEmbeddingsOfFewerBitsAreComparedWithRates() {
        run(build("int8", "--embeddings", "int8", "--json", at("int8.json")));
        double largest = 0;
        try (Dataset dataset = Dataset.open(folder.resolve("set"));
                OfflineBundle exact = OfflineBundle.open(folder.resolve("b"));
                OfflineBundle rounded = OfflineBundle.open(folder.resolve("int8"))) {
            InteractionTable test = dataset.test();
            assertTrue(test.count() > 50 && test.count() <= 1_000, "events " + test.count());
            double[] before = logits(exact, test);
            double[] after = logits(rounded, test);
            for (int event = 0; event < before.length; event++) {
                largest = Math.max(largest, Math.abs(after[event] - before[event]));
            }
        }
        double told = figures("int8.json").get("embeddings.logit_difference_max").asDouble();
        assertEquals(largest, told, largest / 1_000);
    }

    private String[] build(String out, String... options) {
        List<String> words =
                new ArrayList<>(List.of("build", "--dataset", at("set"), "--models", at("models")));
        words.addAll(List.of("--out", at(out)));
        words.addAll(List.of(options));
        return words.toArray(String[]::new);
    }

    private static double[] logits(OfflineBundle bundle, InteractionTable test) {
        int rowBytes = bundle.ranker().input().impressionRowBytes();
        MemorySegment impression = Arena.ofAuto().allocate(rowBytes);
        DcnScorer scorer = bundle.ranker().newScorer(1, impression);
        float[] logit = new float[1];
        double[] logits = new double[(int) test.count()];
        for (int event = 0; event < logits.length; event++) {
            long at = test.impressionOffset(event);
            MemorySegment.copy(test.impressionSegment(), at, impression, 0, rowBytes);
            scorer.logitEachInto(
                    bundle.users().segment(),
                    new long[] {bundle.users().offset(test.user(event))},
                    test.contextSegment(),
                    new long[] {test.contextOffset(event)},
                    bundle.items().segment(),
                    bundle.items().layout().rowBytes(),
                    new int[] {test.item(event)},
                    1,
                    logit);
            logits[event] = logit[0];
        }
        return logits;
    }

    private Path counters(String of) {
        return folder.resolve(of).resolve(BundleLayout.COUNTERS);
    }

    private JsonNode figures(String file) {
        return Json.read(folder.resolve(file), JsonNode.class);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private static String run(String... words) {
        CommandRun run = CommandRun.of(words);
        assertEquals(0, run.code(), run.err() + run.out());
        return run.out();
    }

    /** Ten days on which some items are clicked more than others. */
    private void writeEvents() throws IOException {
        SplitRandom random = new SplitRandom(77);
        List<String> lines = new ArrayList<>(List.of("user,item,at,click,share,creator"));
        for (int i = 0; i < EVENTS; i++) {
            int item = i < ITEMS ? i : Math.min(random.nextInt(ITEMS), random.nextInt(ITEMS));
            boolean isClick = random.nextInt(10) < 2 + item % 6;
            lines.add(
                    String.join(
                            ",",
                            "" + (i < USERS ? i : random.nextInt(USERS)),
                            "" + item,
                            "" + (BEGIN_SECONDS + 575L * i),
                            isClick ? "1" : "0",
                            isClick ? "0.75" : "0",
                            "c" + item % 12));
        }
        Files.write(folder.resolve("events.csv"), lines);
    }

    /** Two days of requests, and feedback after each of them. */
    private void serve() throws IOException {
        ServerConfig config =
                ServerConfig.defaults()
                        .with("bundle", at("b"))
                        .with("log.folder", at("log"))
                        .with("network.port", 0)
                        .with("network.adminPort", -1)
                        .with("limits.k", 10)
                        .with("funnel.candidates", 50)
                        .with("funnel.warmUpRequests", 0);
        try (MillraceServer server = MillraceServer.start(config);
                MillraceClient client =
                        MillraceClient.of("127.0.0.1", server.port(), Duration.ofSeconds(20))) {
            for (int i = 0; i < 2 * REQUESTS; i++) {
                long momentMs =
                        1_000 * BEGIN_SECONDS + 11 * DAY_MS + i / REQUESTS * DAY_MS + 1_000L * i;
                client.recommend(RecommendQuery.of(i % USERS, 10).at(momentMs));
                client.feedback(
                        -5,
                        momentMs,
                        List.of(
                                new FeedbackEvent(EventCode.IMPRESSION, i, 0),
                                new FeedbackEvent(EventCode.CLICK, i, 0)));
            }
        }
    }

    /** Nothing is counted again: each impression has the rates that it was ranked with. */
    private void importWhatWasServed() throws IOException {
        Files.writeString(
                folder.resolve("outcomes.csv"), "correlation,user,item,click,long_view,like\n");
        run(
                "import",
                "impressions",
                at("log"),
                "--bundle",
                at("b"),
                "--outcomes",
                at("outcomes.csv"),
                "--out",
                at("served"));
        assertEquals(-1, Files.mismatch(counters("b"), counters("served")));
        String fingerprint = BundleManifest.read(folder.resolve("b")).fingerprint();
        try (Dataset dataset = Dataset.open(folder.resolve("served"));
                ImpressionLogReader log =
                        new ImpressionLogReader(folder.resolve("log"), fingerprint)) {
            InteractionTable train = dataset.train();
            assertEquals(10 * REQUESTS, train.count());
            for (int event = 0; event < train.count(); event += 10) {
                Impression logged = Objects.requireNonNull(log.next());
                for (int i = 0; i < 10; i++) {
                    long at = train.impressionOffset(event + i);
                    assertEquals(dataset.items().id(train.item(event + i)), logged.itemId(i));
                    for (int rate = 0; rate < 2; rate++) {
                        float actual =
                                train.impressionSegment().get(RowLayout.FLOAT, at + 4L * rate);
                        assertEquals(logged.rate(i, rate), actual, 0, "event " + event);
                    }
                }
            }
        }
    }
}
