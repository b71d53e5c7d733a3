package io.millrace.cli.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.cli.SmallWorld;
import io.millrace.server.MillraceServer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Load whose answers are judged, on a bundle of a small world. */
final class LoadLimitTest {
    @TempDir private static Path folder;
    private static SmallWorld world;
    private static MillraceServer server;

    @BeforeAll
    static void serve() {
        world = SmallWorld.make(folder);
        server = world.serve("state", config -> config.with("network.adminPort", 0));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String at(String name) {
        return world.at(name);
    }

    private static CommandRun load(String arguments) {
        String line = "load --progress none --target 127.0.0.1:" + server.port() + " " + arguments;
        return CommandRun.of(line.split(" "));
    }

    @Test
    void shouldJudgeTheAnswersOfALoad() throws IOException {
        CommandRun run =
                load(
                        "--rate 100 --seconds 1 --warmup 0 --search-share 0.5 --bundle "
                                + (at("bundle") + " --dataset " + at("world"))
                                + (" --json " + at("load.json"))
                                + (" --report " + at("load.html")));
        assertEquals(0, run.code(), run.err());
        JsonNode figures = world.figures("load.json");
        // Alone or not, 300 items are searched well and answers are the same.
        assertTrue(figures.get("recall").asDouble() > 0.9, run.out());
        assertTrue(figures.get("recall").asDouble() <= 1, run.out());
        assertTrue(figures.get("ndcg10.unloaded").asDouble() > 0.1, run.out());
        assertEquals(
                1 - figures.get("ndcg10").asDouble() / figures.get("ndcg10.unloaded").asDouble(),
                figures.get("ndcg10.loss").asDouble(),
                1e-9);
        assertTrue(run.out().contains("recall"), run.out());
        assertTrue(run.out().contains("without load"), run.out());
        String page = Files.readString(folder.resolve("load.html"));
        assertTrue(page.contains("Latency over time"), "plots of latency");
        assertTrue(page.contains("hiccup"), "hiccups beside it");
        assertFalse(Files.exists(folder.resolve("load.html.hiccups")));
    }

    /** Beside exact search of what the filter accepts, and the best ten of that. */
    @Test
    void shouldJudgeAnswersWithFilters() throws IOException {
        CommandRun run =
                CommandRun.of(
                        "load",
                        "--progress=none",
                        "--target=127.0.0.1:" + server.port(),
                        "--rate=100",
                        "--seconds=1",
                        "--warmup=0",
                        "--search-share=0.5",
                        "--filter=category <= 3",
                        "--filter=not category <= 3 and duration_bucket >= 2",
                        "--bundle=" + at("bundle"),
                        "--dataset=" + at("world"),
                        "--json=" + at("filtered.json"));
        assertEquals(0, run.code(), run.err());
        JsonNode figures = world.figures("filtered.json");
        assertEquals(0, figures.get("errors").asInt(), run.out());
        assertTrue(figures.get("recall").asDouble() > 0.9, run.out());
        assertTrue(figures.get("ndcg10.unloaded").asDouble() > 0.1, run.out());
        assertEquals(0, figures.get("ndcg10.loss").asDouble(), 0.1, run.out());
    }

    @Test
    void shouldFindARateAndPrintTheCurve() throws IOException {
        CommandRun run =
                load(
                        "--find-max --rate 40 --max-steps 3 --seconds 0.3 --warmup 0 --p99-ms"
                                + " 60000 --recall 0.5 --ndcg-loss 0.9 --bundle "
                                + (at("bundle") + " --dataset " + at("world"))
                                + (" --json " + at("limit.json"))
                                + (" --report " + at("limit.html")));
        JsonNode figures = world.figures("limit.json");
        int steps = figures.get("steps").size();
        assertTrue(steps == 2 || steps == 3, run.out());
        long lines = run.out().lines().filter(line -> line.contains("/s  ")).count();
        assertEquals(steps, lines, run.out());
        String page = Files.readString(folder.resolve("limit.html"));
        assertTrue(page.contains("Quality by rate"), "plots of quality");
        for (JsonNode step : figures.get("steps")) {
            assertTrue(step.get("recall").asDouble() > 0.5, run.out());
            assertTrue(step.get("ndcg10").asDouble() > 0, run.out());
        }
        // On a machine that is too busy for forty requests a second none may hold.
        if (run.code() == 0) {
            assertTrue(figures.get("highest_rate").asDouble() >= 20, run.out());
            assertTrue(run.out().contains("all holds up to "), run.out());
        } else {
            assertTrue(run.out().contains("no rate holds"), run.out());
        }
    }

    /** What the server says stands beside what the generator sees, rate by rate. */
    @Test
    void shouldTellOfTheServerAtEachRate() throws IOException {
        CommandRun run =
                load(
                        "--find-max --rate 40 --max-steps 2 --seconds 1 --warmup 0 --p99-ms 60000"
                                + (" --admin 127.0.0.1:" + server.adminPort())
                                + (" --json " + at("watched.json"))
                                + (" --report " + at("watched.html")));
        JsonNode figures = world.figures("watched.json");
        assertEquals(2, figures.get("steps").size(), run.out() + run.err());
        for (JsonNode step : figures.get("steps")) {
            assertEquals(1, step.get("server.whole").asInt(), run.out());
            assertTrue(step.get("server.answered").asLong() > 0, run.out());
            assertTrue(step.get("server.cpu").asDouble() > 0, run.out());
            assertTrue(step.get("generator.cpu").asDouble() > 0, run.out());
            double ranked = step.get("server.at_p99.rank_us").asDouble();
            assertTrue(ranked > 0, run.out());
            assertTrue(step.get("server.at_p99.service_us").asDouble() >= ranked, run.out());
            assertTrue(step.has("server.stage.queue.p99_us"), run.out());
            assertTrue(step.has("server.hiccup.max_us"), run.out());
            assertEquals(60_000_000, step.get("goal.reads.limit_us").asDouble());
            assertEquals(
                    step.get("latency.p99_us").asDouble(),
                    step.get("goal.reads.p99_us").asDouble(),
                    1e-6);
        }
        String page = Files.readString(folder.resolve("watched.html"));
        for (String part :
                new String[] {
                    "The server at each rate",
                    "Stages of slow requests at each rate",
                    "Where slow requests spend their time in the server",
                    "Processors kept busy, by rate",
                    "Longest hiccup by rate",
                    "around the 99th percentile",
                    "Both processes"
                }) {
            assertTrue(page.contains(part), part);
        }
    }

    @Test
    void shouldSayWhichKindIsTooSlow() throws IOException {
        CommandRun run =
                load(
                        "--find-max --rate 80 --max-steps 2 --seconds 1 --warmup 0 --similar-share"
                                + " 0.3 --p99-ms 60000,similar=0.001"
                                + (" --json " + at("kinds.json"))
                                + (" --report " + at("kinds.html")));
        assertEquals(1, run.code(), run.out() + run.err());
        JsonNode figures = world.figures("kinds.json");
        JsonNode step = figures.get("steps").get(0);
        assertEquals(
                step.get("by_kind.similar.p99_us").asDouble(),
                step.get("goal.similar.p99_us").asDouble(),
                1e-6);
        assertTrue(run.out().contains("p99 of similar"), run.out());
        String page = Files.readString(folder.resolve("kinds.html"));
        assertTrue(page.contains("similar, limit 1.0 µs"), "limits");
        assumeTrue(
                !figures.get("bounded_by").asText().equals("generator too slow"),
                "on a machine too busy for eighty requests a second nothing is judged");
        assertEquals("too slow", figures.get("bounded_by").asText(), run.out());
        assertEquals("similar", figures.get("bounded_by_kinds").asText());
        assertTrue(run.out().contains("too slow: similar"), run.out());
        assertTrue(page.contains("too slow: similar"), "the verdict");
    }

    @Test
    void shouldLoadStepByStepAndTellWhatWasGivenUp() throws IOException {
        CommandRun run =
                load(
                        "--steps 0.5,2 --rate 40 --seconds 0.5 --warmup 0 --deadline-us 2000000"
                                + " --bundle "
                                + (at("bundle") + " --dataset " + at("world"))
                                + (" --json " + at("steps.json"))
                                + (" --report " + at("steps.html")));
        assertEquals(0, run.code(), run.err());
        JsonNode figures = world.figures("steps.json");
        assertEquals(40, figures.get("saturation_rate").asDouble());
        assertEquals(2, figures.get("steps").size());
        double peak = 0;
        for (JsonNode step : figures.get("steps")) {
            assertEquals(step.get("load").asDouble() * 40, step.get("rate").asDouble(), 1e-9);
            assertTrue(step.get("ndcg10").asDouble() > 0, run.out());
            long inTime = step.get("in_time").asLong();
            assertTrue(inTime <= step.get("answered").asLong(), run.out());
            assertEquals(
                    inTime / step.get("elapsed_s").asDouble(),
                    step.get("goodput").asDouble(),
                    1e-6);
            assertTrue(step.has("degraded.shallow_ranking"), run.out());
            peak = Math.max(peak, step.get("goodput").asDouble());
        }
        assertEquals(peak, figures.get("peak_goodput").asDouble());
        assertTrue(run.out().contains("at 2.00 times 40/s goodput is "), run.out());
        String page = Files.readString(folder.resolve("steps.html"));
        assertTrue(page.contains("NDCG@10 by rate"), "a plot of quality");
        assertTrue(page.contains("answered by the deadline"), "a plot of goodput");
    }

    @Test
    void shouldSayThatNoRateHoldsWhenTheGoalIsOutOfReach() throws IOException {
        CommandRun run =
                load(
                        "--find-max --rate 80 --seconds 0.3 --warmup 0 --p99-ms 0.001 --json "
                                + at("none.json"));
        assertEquals(1, run.code(), run.err());
        JsonNode figures = world.figures("none.json");
        assertTrue(figures.get("highest_rate").isNull());
        assertTrue(figures.get("too_high_rate").asDouble() < 80);
        assertTrue(run.out().contains("no rate holds"), run.out());
    }

    @Test
    void shouldRefuseOptionsThatDoNotGoTogether() {
        refuses("--rate 1 --seconds 1 --recall 0.9", "--find-max");
        refuses("--find-max --recall 0.9", "--bundle");
        refuses("--find-max --ndcg-loss 0.1 --bundle " + at("bundle"), "--dataset");
        refuses("--rate 1 --seconds 1 --dataset " + at("world"), "--bundle");
        refuses("--find-max --shape ramp:5", "--shape");
        refuses("--find-max --compare a b", "--find-max");
        refuses("--steps 1 --compare a b", "--steps");
        refuses("--steps 1 --find-max", "--steps");
        refuses("--steps 1,0", "--steps");
        refuses("--steps 1 --shape ramp:5", "--shape");
        refuses("--find-max --flight a.jfr", "--flight");
        refuses("--find-max --generator-flight a.jfr", "--generator-flight");
        refuses("--compare a b --generator-flight a.jfr", "--generator-flight");
        refuses("--compare a b --admin 127.0.0.1:1", "--admin");
        refuses("--rate 1 --seconds 1 --slow-ms -1", "--slow-ms");
        refuses("--find-max --p99-ms 0", "p99Ms");
        refuses("--find-max --p99-ms fast", "no milliseconds: p99Ms='fast'");
        refuses("--find-max --p99-ms 5,writes=2", "kind=writes");
        refuses(
                "--find-max --p99-ms 5,upsert=2",
                "no requests of a kind with a limit: kind=upsert");
        refuses("--rate 1 --seconds 1 --p99-ms search=2", "--find-max");
        refuses("--find-max --rate 1 --seconds 5", "rate=1");
        refuses("--find-max --rate 5 --precision 0", "precision");
        refuses("--find-max --rate 5 --max-steps 0", "mostSteps");
    }

    private static void refuses(String arguments, String named) {
        CommandRun run = load(arguments);
        assertEquals(2, run.code(), run.err());
        assertTrue(run.err().contains(named), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    /** Another bundle cannot judge, even one of the same models. */
    @Test
    void shouldRefuseABundleThatIsNotServed() {
        world.build("other", "--item-halves", "none");
        CommandRun run = load("--rate 1 --seconds 1 --bundle " + at("other"));
        assertEquals(2, run.code(), run.err());
        assertTrue(run.err().contains("another bundle is served"), run.err());
    }
}
