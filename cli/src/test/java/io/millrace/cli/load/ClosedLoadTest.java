package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is told of loads that answers send, everywhere that it is told. */
@Timeout(120)
final class ClosedLoadTest {
    private static final String LABEL =
            "closed loop: 6 under way; latencies leave out the time that requests would have waited"
                    + " (coordinated omission)";

    @TempDir private Path folder;

    private final RankingServer server = new RankingServer();

    @AfterEach
    void close() {
        server.close();
    }

    private CommandRun load(String arguments) {
        String line =
                "load --progress none --warmup 0.2 --target 127.0.0.1:"
                        + server.port()
                        + (" --json " + at("load.json"))
                        + (" --report " + at("load.html"))
                        + (" --interval-log " + at("load.hlog"))
                        + " "
                        + arguments;
        return CommandRun.of(line.split(" "));
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode figures() throws IOException {
        return Json.mapper().readTree(folder.resolve("load.json").toFile());
    }

    private String page() throws IOException {
        return Files.readString(folder.resolve("load.html"));
    }

    @Test
    void shouldSayEverywhereThatItIsAClosedLoop() throws IOException {
        CommandRun run =
                load("--closed-loop 6 --seconds 2 --admin 127.0.0.1:" + server.adminPort());
        assertEquals(0, run.code(), run.err() + run.out());

        assertEquals(LABEL, run.out().lines().findFirst().orElse(""));
        for (String part : List.of("from the intended start", "planned", "plan", "dispatch")) {
            assertFalse(run.out().contains(part), part + " in " + run.out());
        }
        assertTrue(run.out().contains("from the sending"), run.out());
        assertTrue(run.out().contains("processors kept busy: generator "), run.out());

        JsonNode figures = figures();
        assertEquals(List.of(), JsonSchemaCheck.differences(JsonSchemaCheck.schema(), figures));
        assertEquals("closed", figures.get("loop").asText());
        assertEquals(LABEL, figures.get("loop.note").asText());
        assertEquals(6, figures.get("under_way").asInt());
        for (String key : List.of("planned", "rate_planned", "kept_plan", "service.p50_us")) {
            assertFalse(figures.has(key), key);
        }
        assertEquals(1, figures.get("server.whole").asInt());
        assertTrue(figures.get("server.at_p99.service_us").asDouble() > 0, "watched");
        // Six take turns at one worker that needs half a millisecond.
        assertTrue(figures.get("latency.p50_us").asDouble() >= 2_500, run.out());
        assertTrue(figures.get("rate_achieved").asDouble() <= 2_000, run.out());
        assertTrue(figures.get("answered").asInt() > 200, run.out());

        String page = page();
        assertTrue(page.contains("<p class=\"caution\">" + LABEL + "</p>"), "under the verdict");
        assertTrue(page.contains("Counted from the sending. " + LABEL), "beside the curves");
        assertTrue(page.contains("no request ended badly"), "the verdict");
        assertTrue(page.contains("Where the time goes"), "stages");
        // Headings and notes that tell of all loads may name it; no figure may.
        for (String part : List.of(">from the intended start", "the plan was", "/s planned")) {
            assertFalse(page.contains(part), part);
        }
        assertTrue(
                Files.readString(folder.resolve("load.hlog"))
                        .startsWith("#[Latency from the sending, in nanoseconds; " + LABEL + "]"));
    }

    @Test
    void shouldOpenAsManyConnectionsAsItHasRequestsWhereThoseAreFew() throws IOException {
        CommandRun run = load("--closed-loop 1 --seconds 1");
        assertEquals(0, run.code(), run.err() + run.out());
        assertEquals(1, figures().get("under_way").asInt());
        assertTrue(
                page().contains("closed loop: 1 under way, 1 s on 1 connections"), "connections");
    }

    @Test
    void shouldMarkWhatItHasAsPartialWhenTheServerStopsInTheMiddle() throws Exception {
        Thread stopper =
                new Thread(
                        () -> {
                            while (server.answered() < 500) {
                                Thread.onSpinWait();
                            }
                            server.stop();
                        });
        stopper.start();
        CommandRun run = load("--closed-loop 6 --seconds 20");
        stopper.join();
        assertEquals(1, run.code(), run.out());
        JsonNode figures = figures();
        assertEquals(1, figures.get("partial").asInt());
        assertTrue(figures.get("answered").asInt() > 10, run.out());
        assertTrue(figures.get("elapsed_s").asDouble() < 15, run.out());
        assertTrue(run.out().contains("partial: a connection was lost"), run.out());
        assertTrue(page().contains("partial: "), "the page");
    }

    /** In closed loops, too, what is compared are runs of one kind. */
    @Test
    void shouldCompareClosedLoopsWithEachOtherOnly() throws IOException {
        assertEquals(0, load("--closed-loop 6 --seconds 10.5").code());
        Path closed = Files.move(folder.resolve("load.json"), folder.resolve("closed.json"));
        Path log = Files.move(folder.resolve("load.hlog"), folder.resolve("closed.hlog"));
        assertEquals(0, load("--rate 50 --seconds 10.5").code());
        Path open = folder.resolve("load.json");

        CommandRun mixed = CommandRun.of("load", "--compare", closed + "", open + "");
        assertEquals(1, mixed.code(), mixed.out());
        assertTrue(
                mixed.err().contains("a closed loop beside an open one: A is closed, B is open"),
                mixed.err());
        assertEquals(1, mixed.err().lines().count(), mixed.err());
        assertEquals("", mixed.out());

        Path json = folder.resolve("compared.json");
        CommandRun same =
                CommandRun.of("load", "--compare", closed + "", log + "", "--json=" + json);
        assertEquals(0, same.code(), same.err());
        assertTrue(same.out().contains("A is a " + LABEL), same.out());
        assertTrue(same.out().contains("B is a " + LABEL), same.out());
        JsonNode compared = Json.read(json, JsonNode.class);
        assertEquals(6, compared.get("under_way.second").asInt());
        assertEquals(0, compared.get("p50.differs").asInt());
    }
}
