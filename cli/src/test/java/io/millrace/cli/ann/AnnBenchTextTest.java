package io.millrace.cli.ann;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.index.Metric;
import io.millrace.index.bench.AnnBenchmarkResult;
import io.millrace.index.bench.IndexChoice;
import io.millrace.index.graph.RowType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

final class AnnBenchTextTest {
    private static final AnnBenchmarkResult RESULT =
            new AnnBenchmarkResult(
                    4_000,
                    128,
                    200,
                    Metric.COSINE,
                    IndexChoice.Layout.INLINED,
                    2,
                    RowType.INT8,
                    0.0008,
                    0.007,
                    1.5,
                    1_920,
                    List.of(
                            new AnnBenchmarkResult.LayoutBytes(IndexChoice.Layout.FLAT, 0, 512),
                            new AnnBenchmarkResult.LayoutBytes(
                                    IndexChoice.Layout.INLINED, 1, 1_408)),
                    List.of(new AnnBenchmarkResult.Run(Double.NaN, 64, 0.95, 20_000, 45, 90)),
                    List.of(
                            new AnnBenchmarkResult.FilteredRun(
                                    0.5, 64, 2_000, 0.97, 10_000, 120, 1_000, 3, 0, 197),
                            new AnnBenchmarkResult.FilteredRun(
                                    0.001, 64, 4, 1, 50_000, 30, 1_000, 200, 0, 0)));

    @TempDir Path folder;

    @Test
    void shouldShowEachLayoutAndFilterWhenPrinted() {
        StringWriter text = new StringWriter();
        new AnnBenchText(RESULT, 10).print(new PrintWriter(text, true));
        List<String> lines =
                text.toString().lines().map(line -> line.replaceAll(" +", " ")).toList();
        assertTrue(lines.contains("layout inlined, codes of 2 bit"), text.toString());
        assertTrue(lines.contains("rows int8"), text.toString());
        assertTrue(lines.contains("error of distances 0.080 %"), text.toString());
        assertTrue(lines.contains("worst of them 0.700 %"), text.toString());
        assertTrue(lines.contains("flat 512.0"), text.toString());
        assertTrue(lines.contains("inlined, codes of 1 bit 1,408.0"), text.toString());
        assertTrue(
                lines.contains("with filters; exact search of all rows takes 1.00 ms"),
                text.toString());
        assertTrue(
                lines.contains(
                        "50.00 % 2,000 64 0.9700 10,000 120 µs 10.0 % scan of the accepted 3,"
                                + " plain walk 197"),
                text.toString());
        assertTrue(
                lines.contains("0.10 % 4 64 1.0000 50,000 30 µs 2.0 % scan of the accepted"),
                text.toString());
    }

    @Test
    void shouldHoldAllThatWasMeasuredWhenWrittenAsFigures() {
        Path file = folder.resolve("figures.json");
        new AnnBenchText(RESULT, 10).figures().write(file);
        JsonNode figures = Json.read(file, JsonNode.class);
        assertEquals("inlined", figures.get("layout").asText());
        assertEquals("int8", figures.get("rows").asText());
        assertEquals(0.0008, figures.get("rows_error").asDouble());
        assertEquals(0.007, figures.get("rows_worst_error").asDouble());
        assertEquals("cosine", figures.get("metric").asText());
        assertEquals(1_408, figures.get("layouts").get(1).get("bytes_per_vector").asDouble());
        assertEquals(2, figures.get("filtered").size());
        JsonNode half = figures.get("filtered").get(0);
        assertEquals(0.97, half.get("recall").asDouble());
        assertEquals(1_000, half.get("scan_us").asDouble());
        assertEquals(197, half.get("plain_walks").asInt());
        assertTrue(figures.get("runs").get(0).get("target").isNull());
    }
}
