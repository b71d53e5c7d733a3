package io.millrace.jmh.tuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.core.metrics.Figures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reports of runs whose figures are made up, so that what comes out is known. */
final class TuningReportTest {
    @TempDir private Path folder;

    private final StringWriter results = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void shouldTakeTheMedianOfEachFigureWhenThereAreRounds() throws IOException {
        write(0, 1, 400, 2_000, 10_000, 0.8);
        write(0, 2, 900, 6_000, 30_000, 0.9);
        write(0, 3, 500, 4_000, 20_000, 0.7);
        write(1, 1, 1_100, 1_000, 9_000, Double.NaN);
        write(1, 2, 1_200, 1_000, 7_000, Double.NaN);
        write(1, 3, 1_300, 1_000, 8_000, Double.NaN);
        assertEquals(0, report(3, "", "--set funnel.candidates=200"));
        String table =
                """
                | | answers/s at most | in the server, mean | p50 at 0.5 of that | p99 | p99.9 | NDCG@10 | memory |
                |---|---:|---:|---:|---:|---:|---:|---:|
                | (default) | 500 | 3.60 ms | 4.00 ms | 20.00 ms | 40.00 ms | 0.800 | 2.50 GiB |
                | `--set funnel.candidates=200` | 1,200 | 0.90 ms | 1.00 ms | 8.00 ms | 16.00 ms |  | 2.50 GiB |
                """;
        assertEquals(table, Files.readString(folder.resolve("tuning.md")));
        assertTrue(results.toString().startsWith(table), results.toString());
        JsonNode figures = Json.read(folder.resolve("tuning.json"), JsonNode.class);
        assertEquals("abc", figures.get("commit").asText());
        JsonNode variants = figures.get("variants");
        assertEquals(2, variants.size());
        assertEquals(20_000, variants.get(0).get("latency.p99_us").asDouble());
        assertTrue(variants.get(1).get("ndcg10").isNull());
    }

    @Test
    void shouldDrawFromTheMedianToThe99thPercentileByFactors() throws IOException {
        write(0, 1, 400, 1_000, 10_000, 0.8);
        write(1, 1, 400, 10_000, 100_000, 0.8);
        assertEquals(0, report(1, "", "--workers <2>"));
        String svg = Files.readString(folder.resolve("tuning.svg"));
        Matcher lines = Pattern.compile("line s0\" x1=\"([0-9.]+)\" x2=\"([0-9.]+)\"").matcher(svg);
        assertTrue(lines.find());
        double from = Double.parseDouble(lines.group(1));
        double to = Double.parseDouble(lines.group(2));
        assertTrue(lines.find());
        // One begins where the other ends, ten times as far.
        assertEquals(to, Double.parseDouble(lines.group(1)), 0.11);
        assertEquals(to - from, Double.parseDouble(lines.group(2)) - to, 0.21);
        for (String label : List.of("(default)", "--workers &lt;2&gt;", "400/s, NDCG@10 0.800")) {
            assertTrue(svg.contains(label), label);
        }
    }

    @Test
    void shouldNameFileAndKeyWhenARunIsNone() {
        new Figures().put("vectors", 5).write(folder.resolve("variant-0.round-1.json"));
        new Figures().put("vectors", 5).write(folder.resolve("variant-0.round-1.load.json"));
        assertEquals(1, report(1, ""));
        assertTrue(errors.toString().startsWith("tuning: not the figures of millrace load: file="));
        assertTrue(errors.toString().contains("missing=saturation_rate"), errors.toString());
        assertEquals(1, report(2, "", "none"));
        assertEquals(2, report(0, ""));
        assertEquals(2, report(1));
    }

    private void write(int variant, int round, double rate, double p50, double p99, double ndcg) {
        String run = "variant-" + variant + ".round-" + round;
        Figures step = new Figures().put("goodput", rate / 2);
        if (!Double.isNaN(ndcg)) {
            step.put("ndcg10", ndcg);
        }
        new Figures()
                .put("saturation_rate", rate)
                .put("steps", List.of(step))
                .write(folder.resolve(run + ".json"));
        new Figures()
                .put("server.service.mean_us", 0.9 * p50)
                .put("latency.p50_us", p50)
                .put("latency.p99_us", p99)
                .put("latency.p999_us", 2 * p99)
                .put("server.rss_mb", 2_560.0)
                .write(folder.resolve(run + ".load.json"));
    }

    private int report(int rounds, String... variants) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--out=" + folder,
                                "--commit=abc",
                                "--load=0.5",
                                "--rounds=" + rounds));
        for (String variant : variants) {
            words.add("--variant=" + variant);
        }
        return TuningReport.run(
                new PrintWriter(results, true),
                new PrintWriter(errors, true),
                words.toArray(String[]::new));
    }
}
