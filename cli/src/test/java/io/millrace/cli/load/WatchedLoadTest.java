package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;

import jdk.jfr.consumer.RecordingFile;

import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Loads of a server that ranks for half a millisecond, and what is told of both. */
@Timeout(120)
final class WatchedLoadTest {
    private static final Path FULL = Path.of("/dev/full");

    @TempDir private Path folder;

    private final RankingServer server = new RankingServer();

    @AfterEach
    void close() {
        server.close();
    }

    private CommandRun load(String arguments) {
        String line =
                "load --progress none --rate 100 --warmup 0.2 --target 127.0.0.1:"
                        + server.port()
                        + " "
                        + arguments;
        return CommandRun.of(line.split(" "));
    }

    private String admin() {
        return " --admin 127.0.0.1:" + server.adminPort();
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode figures() throws IOException {
        return Json.mapper().readTree(folder.resolve("load.json").toFile());
    }

    @Test
    void shouldTellOfBothProcessesAndOfEachSecond() throws Exception {
        CommandRun run =
                load(
                        "--seconds 3"
                                + admin()
                                + (" --json " + at("load.json"))
                                + (" --report " + at("load.html"))
                                + (" --hiccup-log " + at("hiccups.hlog")));
        assertEquals(0, run.code(), run.err() + run.out());
        JsonNode figures = figures();
        assertEquals(List.of(), JsonSchemaCheck.differences(JsonSchemaCheck.schema(), figures));
        assertEquals(300, figures.get("answered").asInt(), 2);
        long bySecond = 0;
        for (JsonNode second : figures.get("seconds")) {
            bySecond += second.get("answered").asLong();
            assertTrue(second.get("max_us").asDouble() >= second.get("p50_us").asDouble());
        }
        assertEquals(figures.get("answered").asLong(), bySecond);
        // It is watched by the second, and those need not be the same.
        assertEquals(300, figures.get("server.answered").asDouble(), 110);
        assertTrue(figures.get("server.stage.rank.p50_us").asDouble() >= 495, run.out());
        double ranked = figures.get("server.at_p50.rank_us").asDouble();
        assertTrue(ranked >= 495, run.out());
        assertTrue(figures.get("server.at_p50.service_us").asDouble() >= ranked, run.out());
        assertTrue(figures.get("server.cpu").asDouble() > 0, run.out());
        assertTrue(figures.get("generator.rss_mb").asDouble() > 1, run.out());
        assertEquals(1, figures.get("server.whole").asInt());
        assertTrue(figures.get("watch").size() >= 3);
        assertTrue(run.out().contains("processors kept busy: generator "), run.out());
        String page = Files.readString(folder.resolve("load.html"));
        for (String part :
                List.of(
                        "heat map of latency over time",
                        "Throughput",
                        "around the median",
                        "around the 99th percentile",
                        "Stages of the server",
                        "Both processes",
                        "longest hiccup of the server")) {
            assertTrue(page.contains(part), part);
        }
        assertTrue(intervals(folder.resolve("hiccups.hlog")) >= 3);
    }

    @Test
    void shouldShowPausesAndSlowRequestsOfAFlightRecording() throws Exception {
        CommandRun run =
                load(
                        "--seconds 3 --slow-ms 0.4"
                                + admin()
                                + (" --json " + at("load.json"))
                                + (" --flight " + at("serve.jfr"))
                                + (" --report " + at("load.html")));
        assertEquals(0, run.code(), run.err() + run.out());
        JsonNode figures = figures();
        assertEquals(List.of(), JsonSchemaCheck.differences(JsonSchemaCheck.schema(), figures));
        // All of them take half a millisecond; the last ones end with the recording.
        assertTrue(figures.get("flight.slow_requests").asInt() > 200, figures.toString());
        assertTrue(figures.get("flight.slow_requests").asInt() <= 310, figures.toString());
        assertTrue(figures.get("flight.collections").asInt() >= 0);
        String page = Files.readString(folder.resolve("load.html"));
        assertTrue(page.contains("Pauses of the server"), "pauses");
        assertTrue(page.contains("Slowest requests of the server"), "requests");
        assertTrue(Files.size(folder.resolve("serve.jfr")) > 1_000);
    }

    /** Whole or not at all: what was there stays until there is something to put in its place. */
    @Test
    void shouldLeaveARecordingAloneWhenThereIsNoLoad() throws IOException {
        Path recording = Files.writeString(folder.resolve("load.jfr"), "before");
        server.stop();
        CommandRun run = load("--seconds 1 --generator-flight " + recording);
        assertEquals(1, run.code(), run.out());
        assertEquals("before", Files.readString(recording));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(recording), files.toList());
        }
    }

    /** Runs something while garbage is collected again and again. */
    private static CommandRun collecting(Supplier<CommandRun> command) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Thread collector =
                new Thread(
                        () -> {
                            do {
                                System.gc();
                            } while (!isOver(over));
                        });
        collector.start();
        try {
            return command.get();
        } finally {
            over.countDown();
            collector.join();
        }
    }

    private static boolean isOver(CountDownLatch over) {
        try {
            return over.await(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldRecordTheGeneratorWithoutTheServer() throws Exception {
        Path recording = folder.resolve("load.jfr");
        CommandRun run =
                collecting(
                        () ->
                                load(
                                        "--seconds 1 --generator-flight "
                                                + (recording + " --json " + at("load.json"))
                                                + (" --report " + at("load.html"))));
        assertEquals(0, run.code(), run.err() + run.out());
        JsonNode figures = figures();
        assertEquals(List.of(), JsonSchemaCheck.differences(JsonSchemaCheck.schema(), figures));
        assertTrue(figures.get("generator_flight.collections").asInt() > 0, figures.toString());
        assertTrue(figures.get("generator_flight.collection_pause_max_us").asDouble() > 0);
        assertTrue(figures.get("generator_flight.safepoints").asInt() > 0, figures.toString());
        assertFalse(figures.has("flight.collections"));
        String page = Files.readString(folder.resolve("load.html"));
        assertTrue(page.contains("Pauses of the generator"), "its own pauses");
        assertFalse(page.contains("Pauses of the server"), "which was not asked");
        // Those before the measured part are in the recording, but not in the figures.
        long recorded =
                RecordingFile.readAllEvents(recording).stream()
                        .filter(e -> e.getEventType().getName().equals("jdk.GarbageCollection"))
                        .count();
        assertTrue(recorded > figures.get("generator_flight.collections").asInt(), "" + recorded);
    }

    @Test
    void shouldShowBothRecordingsBesideEachOther() throws IOException {
        CommandRun run =
                load(
                        "--seconds 1"
                                + admin()
                                + (" --flight " + at("serve.jfr"))
                                + (" --generator-flight " + at("load.jfr"))
                                + (" --report " + at("load.html")));
        assertEquals(0, run.code(), run.err() + run.out());
        String page = Files.readString(folder.resolve("load.html"));
        int own = page.indexOf("Pauses of the generator");
        assertTrue(own >= 0 && own < page.indexOf("Pauses of the server"), "both");
    }

    @Test
    void shouldRefuseAFlightRecordingOfNobody() {
        CommandRun run = load("--seconds 1 --flight " + at("serve.jfr"));
        assertEquals(2, run.code(), run.out());
        assertTrue(run.err().contains("--admin"), run.err());
    }

    private static int intervals(Path log) throws IOException {
        int intervals = 0;
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            while (reader.hasNext()) {
                EncodableHistogram next = reader.nextIntervalHistogram();
                intervals += next == null ? 0 : 1;
            }
        }
        return intervals;
    }

    @Test
    void shouldSayThatItBeganSlowerThanItEnded() throws IOException {
        server.answerSlowlyUntil(230);
        String outputs = " --json " + at("load.json") + " --report " + at("load.html");
        CommandRun run = load("--seconds 8" + outputs);
        assertEquals(0, run.code(), run.err() + run.out());
        JsonNode figures = figures();
        assertEquals(List.of(), JsonSchemaCheck.differences(JsonSchemaCheck.schema(), figures));
        assertEquals(1, figures.get("slow_start").asInt(), run.out());
        double first = figures.get("slow_start.first_p50_us").asDouble();
        assertTrue(first > 1.3 * figures.get("slow_start.last_p50_us").asDouble(), run.out());
        String said = "the first quarter was slower than the last: median ";
        assertTrue(run.out().contains(said), run.out());
        assertTrue(run.out().contains("(--warmup)"), run.out());
        assertTrue(Files.readString(folder.resolve("load.html")).contains(said));

        run = load("--seconds 5" + outputs);
        assertEquals(0, figures().get("slow_start").asInt(), run.out());
        assertFalse(run.out().contains(said), run.out());
    }

    /** A schema that takes anything would be none. */
    @Test
    void shouldFindWhatTheSchemaForbids() throws IOException {
        JsonNode schema = JsonSchemaCheck.schema();
        JsonNode wrong =
                Json.mapper()
                        .readTree(
                                "{\"planned\": -1, \"sent\": 1.5, \"kept_plan\": 2, \"new_key\": 1,"
                                        + " \"seconds\": [{\"end_s\": \"1\"}]}");
        List<String> differences = JsonSchemaCheck.differences(schema, wrong);
        for (String part :
                List.of(
                        "planned is out",
                        "sent is no",
                        "kept_plan is out",
                        "not described: new_key",
                        "seconds[0].end_s is no",
                        "seconds[0] lacks \"latencies\"",
                        "lacks \"answered\"")) {
            assertTrue(differences.stream().anyMatch(d -> d.contains(part)), part + differences);
        }
    }

    @Test
    void shouldTellOfItselfAloneWhenNobodySaysWhereTheAdminPortIs() throws IOException {
        CommandRun run = load("--seconds 1 --json " + at("load.json"));
        assertEquals(0, run.code(), run.err() + run.out());
        JsonNode figures = figures();
        assertEquals(List.of(), JsonSchemaCheck.differences(JsonSchemaCheck.schema(), figures));
        assertTrue(figures.get("generator.cpu").asDouble() > 0);
        assertFalse(figures.has("server.cpu"));
        assertEquals(0, figures.get("server.whole").asInt());
    }

    @Test
    void shouldRefuseBeforeLoadingWhenTheNamedAdminPortDoesNotAnswer() {
        // Frames are no pages.
        CommandRun run = load("--seconds 1 --admin 127.0.0.1:" + server.port());
        assertEquals(1, run.code(), run.out());
        assertTrue(run.err().contains("--admin"), run.err());
        assertEquals(0, server.answered());
    }

    @Test
    void shouldKeepWhatItHasWhenTheServerStopsInTheMiddle() throws Exception {
        Thread stopper =
                new Thread(
                        () -> {
                            while (server.answered() < 150) {
                                Thread.onSpinWait();
                            }
                            server.stop();
                        });
        stopper.start();
        CommandRun run =
                load(
                        "--seconds 5"
                                + admin()
                                + " --json "
                                + at("load.json")
                                + " --report "
                                + at("p"));
        stopper.join();
        assertEquals(1, run.code(), run.out());
        JsonNode figures = figures();
        assertEquals(1, figures.get("partial").asInt());
        assertTrue(figures.get("answered").asInt() > 100, run.out());
        assertTrue(figures.get("lost").asInt() > 200, run.out());
        assertTrue(figures.get("seconds").size() >= 1);
        assertTrue(run.out().contains("partial: a connection was lost"), run.out());
        assertTrue(Files.readString(folder.resolve("p")).contains("partial: "));
    }

    @Test
    void shouldSayWhenAnswersStopInTheMiddle() throws IOException {
        server.answerNoMoreThan(150);
        CommandRun run =
                load("--seconds 5 --timeout-ms 300" + admin() + " --json " + at("load.json"));
        assertEquals(1, run.code(), run.out());
        JsonNode figures = figures();
        assertEquals(1, figures.get("stopped_answering").asInt());
        assertTrue(figures.get("timeouts").asInt() + figures.get("refused").asInt() > 300);
        assertTrue(run.out().contains("nothing was answered after second 2 of 5"), run.out());
        long errors = 0;
        for (JsonNode second : figures.get("seconds")) {
            errors += second.get("errors").asLong();
        }
        assertEquals(figures.get("errors").asLong(), errors);
    }

    @Test
    @EnabledIf("isDiskFull")
    void shouldSayThatALogIsNotWholeWhenTheDiskIsFull() throws IOException {
        CommandRun run = load("--seconds 2 --json " + at("load.json") + " --interval-log " + FULL);
        assertEquals(1, run.code(), run.out());
        assertTrue(run.err().contains("a log is not whole: file=/dev/full"), run.err());
        assertEquals(200, figures().get("answered").asInt(), 2);
    }

    static boolean isDiskFull() {
        return Files.exists(FULL);
    }
}
