package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;
import io.millrace.core.metrics.Figures;
import io.millrace.core.random.SplitRandom;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.SecondPoint;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

final class LoadComparisonTest {
    @TempDir private Path folder;

    @Test
    void shouldTellWhatDiffersBetweenTwoRuns() throws IOException {
        Path before = write("before.hlog", 1, 300_000);
        Path after = write("after.hlog", 2, 450_000);
        Path json = folder.resolve("compared.json");
        CommandRun run =
                CommandRun.of("load", "--compare", before + "", after + "", "--json=" + json);
        assertEquals(0, run.code(), run.err());
        String[] lines = run.out().lines().toArray(String[]::new);
        assertEquals("A " + before, lines[0]);
        assertEquals("B " + after, lines[1]);
        assertTrue(lines[3].startsWith("requests/s"), run.out());
        assertTrue(lines[3].endsWith("no difference seen"), run.out());
        assertTrue(lines[5].startsWith("p50") && lines[5].endsWith("differs"), run.out());
        JsonNode figures = Json.read(json, JsonNode.class);
        assertEquals(1.5, figures.get("p50.ratio").asDouble(), 0.05);
        assertTrue(figures.get("p50.low").asDouble() > 1.4, figures.toString());
        assertTrue(figures.get("p50.high").asDouble() < 1.6, figures.toString());
        assertEquals(1, figures.get("p50.differs").asInt());
        assertEquals(0, figures.get("rate.differs").asInt());
    }

    /** The same latencies by either kind of file. */
    @Test
    void shouldTellTheSameByFiguresAsByLogs() throws IOException {
        Path before = figures("before.json", 1, 300_000);
        Path after = figures("after.json", 2, 450_000);
        CommandRun byFigures = CommandRun.of("load", "--compare", before + "", after + "");
        assertEquals(0, byFigures.code(), byFigures.err());
        CommandRun byLogs =
                CommandRun.of(
                        "load",
                        "--compare",
                        write("before.hlog", 1, 300_000) + "",
                        write("after.hlog", 2, 450_000) + "");
        assertEquals(
                byLogs.out().lines().skip(2).toList(), byFigures.out().lines().skip(2).toList());
        CommandRun mixed =
                CommandRun.of("load", "--compare", before + "", folder.resolve("after.hlog") + "");
        assertEquals(0, mixed.code(), mixed.err());
    }

    @Test
    void shouldRefuseFiguresThatHoldNoLatencies() throws IOException {
        Path other = folder.resolve("other.json");
        Files.writeString(other, "{\"rate_planned\": 5}");
        Path wrong = folder.resolve("wrong.json");
        Files.writeString(wrong, "{\"seconds\": [{\"end_s\": 1, \"latencies\": \"HISTOGRAM\"}]}");
        for (Path bad : new Path[] {other, wrong}) {
            CommandRun run = CommandRun.of("load", "--compare", bad + "", bad + "");
            assertEquals(1, run.code(), run.out());
            assertTrue(run.err().contains("latencies"), run.err());
            assertEquals(1, run.err().lines().count(), run.err());
        }
    }

    private Path figures(String name, long seed, double medianNs) throws IOException {
        List<Figures> seconds = new ArrayList<>();
        LoadCounts nothing = new LoadCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        for (Histogram latencies : latencies(seed, medianNs)) {
            long endMs = latencies.getEndTimeStamp();
            seconds.add(SecondPoint.of(endMs, nothing, nothing, latencies, 0).figures());
        }
        Path file = folder.resolve(name);
        new Figures().put("seconds", seconds).write(file);
        return file;
    }

    private Path write(String name, long seed, double medianNs) throws IOException {
        Path log = folder.resolve(name);
        try (PrintStream out = new PrintStream(log.toFile(), StandardCharsets.US_ASCII)) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            writer.outputLogFormatVersion();
            writer.outputStartTime(0);
            writer.setBaseTime(0);
            latencies(seed, medianNs).forEach(writer::outputIntervalHistogram);
        }
        return log;
    }

    private static List<Histogram> latencies(long seed, double medianNs) {
        SplitRandom random = new SplitRandom(seed);
        List<Histogram> seconds = new ArrayList<>();
        for (int second = 0; second < 20; second++) {
            Histogram latencies = new Histogram(3);
            for (int i = 0; i < 100; i++) {
                latencies.recordValue((long) (medianNs * Math.exp(0.2 * random.nextGaussian())));
            }
            latencies.setStartTimeStamp(1_000L * second);
            latencies.setEndTimeStamp(1_000L * second + 1_000);
            seconds.add(latencies);
        }
        return seconds;
    }
}
