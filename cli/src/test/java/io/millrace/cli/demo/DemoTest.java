package io.millrace.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The whole funnel, small. */
final class DemoTest {
    /** What programs may count on; see docs/figures.md. */
    private static final List<String> KEYS =
            List.of(
                    "items",
                    "users",
                    "retrieved",
                    "ranked",
                    "answered",
                    "retrieval.recall",
                    "ranker.auc",
                    "ranker.logloss",
                    "ndcg10",
                    "ndcg10.light_first",
                    "ndcg10.popularity",
                    "ndcg10.random",
                    "latency.p50_us",
                    "latency.p99_us",
                    "latency.p999_us",
                    "requests_per_second",
                    "errors",
                    "allocated_bytes_per_request",
                    "rss_mb",
                    "train_seconds",
                    "build_seconds",
                    "total_seconds");

    @TempDir Path folder;

    @Test
    void shouldShowTheWholeFunnelWhenTheWorldIsSmall() throws IOException {
        Path json = folder.resolve("demo.json");
        Path report = folder.resolve("demo.html");
        Path keep = folder.resolve("kept");
        CommandRun demo =
                CommandRun.of(
                        "demo",
                        "--items=1000",
                        "--users=150",
                        "--seconds=1",
                        "--json=" + json,
                        "--report=" + report,
                        "--keep=" + keep);
        assertEquals(0, demo.code(), demo.err() + demo.out());

        JsonNode figures = Json.read(json, JsonNode.class);
        for (String key : KEYS) {
            assertTrue(figures.path(key).isNumber(), key + " in " + figures);
        }
        assertEquals(1_000, figures.get("items").asLong());
        assertEquals(150, figures.get("users").asLong());
        assertEquals(10, figures.get("answered").asLong());
        assertEquals(0, figures.get("errors").asLong());
        assertTrue(figures.get("retrieved").asLong() >= figures.get("ranked").asLong());
        assertTrue(figures.get("retrieval.recall").asDouble() > 0.9, figures.toString());
        assertTrue(figures.get("ranker.auc").asDouble() > 0.5, figures.toString());
        assertTrue(
                figures.get("ndcg10").asDouble() > figures.get("ndcg10.random").asDouble(),
                figures.toString());
        assertTrue(
                figures.get("ndcg10.light_first").asDouble()
                        > figures.get("ndcg10.random").asDouble(),
                figures.toString());
        assertTrue(
                figures.get("latency.p50_us").asDouble()
                        <= figures.get("latency.p99_us").asDouble());

        assertTrue(demo.out().contains("1,000 items -> "), demo.out());
        String page = Files.readString(report);
        assertTrue(page.contains("The funnel") && page.contains("Some answers"), page);
        assertFalse(page.contains("http"), "loads nothing");

        toolsOn(keep);
    }

    /** The other commands on what the demo made, so that it need not be made again. */
    private void toolsOn(Path keep) throws IOException {
        Path json = folder.resolve("tool.json");
        Path bundle = keep.resolve("bundle");
        CommandRun inspect = CommandRun.of("inspect", bundle.toString(), "--json=" + json);
        assertEquals(0, inspect.code(), inspect.err());
        assertTrue(inspect.out().matches("(?s).*checksums +OK\n.*"), inspect.out());
        assertTrue(
                inspect.out().matches("(?s).*item halves +[0-9.]+ MiB in memory, .*"),
                inspect.out());
        JsonNode inspected = Json.read(json, JsonNode.class);
        assertEquals(1_000, inspected.get("graph.reachable").asLong());
        assertEquals(
                Files.size(bundle.resolve(BundleLayout.ITEM_HALVES))
                        + Files.size(bundle.resolve(BundleLayout.LIGHT_HALVES)),
                inspected.get("item_halves_bytes").asLong());

        CommandRun eval =
                CommandRun.of(
                        "eval",
                        "--bundle=" + bundle,
                        "--dataset=" + keep.resolve("dataset"),
                        "--json=" + json);
        assertEquals(0, eval.code(), eval.err());
        JsonNode figures = Json.read(json, JsonNode.class);
        for (String key :
                List.of(
                        "retrieval.recall50",
                        "retrieval.recall100",
                        "retrieval.recall500",
                        "click.auc",
                        "click.logloss",
                        "click.gauc")) {
            assertTrue(figures.path(key).isNumber(), key + " in " + figures);
        }

        Path small = keep.resolve("small");
        CommandRun build =
                CommandRun.of(
                        "build",
                        "--dataset=" + keep.resolve("dataset"),
                        "--models=" + keep.resolve("models"),
                        "--out=" + small,
                        "--ef-construction=40",
                        "--embeddings=bf16");
        assertEquals(0, build.code(), build.err());
        String loss = " differ by [0-9.]+ at most, [0-9.]+ in the mean\n";
        assertTrue(
                build.out()
                        .matches(
                                "(?s).*\nembeddings +bf16, [0-9.]+ [KM]iB; logits"
                                        + loss
                                        + ".*towers' +bf16, [0-9.]+ [KM]iB; cosines"
                                        + loss
                                        + ".*"),
                build.out());
        CommandRun beside =
                CommandRun.of(
                        "eval",
                        "--bundle=" + small,
                        "--models=" + keep.resolve("models"),
                        "--dataset=" + keep.resolve("dataset"),
                        "--no-baselines",
                        "--json=" + json);
        assertEquals(0, beside.code(), beside.err());
        JsonNode rounded = Json.read(json, JsonNode.class);
        assertEquals("bf16", rounded.get("embeddings.type").asText());
        assertEquals(figures.get("click.auc"), rounded.get("trained.click.auc"));

        CommandRun refused =
                CommandRun.of(
                        "build",
                        "--dataset=" + keep.resolve("dataset"),
                        "--models=" + keep.resolve("models"),
                        "--out=" + bundle);
        assertEquals(2, refused.code(), refused.err());
        damageOneByte(bundle);
        CommandRun damaged = CommandRun.of("inspect", bundle.toString());
        assertEquals(1, damaged.code(), damaged.out());
        assertTrue(damaged.err().contains("ranker.weights"), damaged.err());
        assertEquals(1, damaged.err().lines().count(), damaged.err());
    }

    private static void damageOneByte(Path bundle) throws IOException {
        Path file = bundle.resolve("ranker.weights");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }
}
