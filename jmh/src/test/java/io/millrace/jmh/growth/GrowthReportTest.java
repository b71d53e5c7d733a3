package io.millrace.jmh.growth;

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
final class GrowthReportTest {
    @TempDir private Path folder;

    private final StringWriter results = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void shouldReadSpeedsBetweenPointsWhenRunsArePutTogether() throws IOException {
        // Half way from 10^4 to 10^2 at recall 0.95 is 10^3.
        Path large = write("large", 100_000, 80, 0.90, 1e4, 1.0, 1e2);
        Path small = write("small", 10_000, 5, 0.94, 4e3, 0.96, 1e3);
        Path codes = write("codes", 10_000, 10, 0.99, 9e3, 1.0, 8e3);
        assertEquals(0, report(large + "=f32", small + "=f32", codes + "=inlined"));
        String table =
                """
                | rows | layout | queries/s at recall@10 0.95 | ef | spread | build | bytes/vector |
                |---:|---|---:|---:|---:|---:|---:|
                | 10,000 | f32 | 2,000 | 14 | 1.00x | 5.0 s | 512 |
                | 10,000 | inlined | - | - | 1.00x | 10.0 s | 512 |
                | 100,000 | f32 | 1,000 | 14 | 1.00x | 80.0 s | 512 |
                """;
        assertEquals(table, Files.readString(folder.resolve("growth.md")));
        assertTrue(results.toString().startsWith(table), results.toString());
        JsonNode figures = Json.read(folder.resolve("growth.json"), JsonNode.class);
        assertEquals("abc", figures.get("commit").asText());
        JsonNode points = figures.get("points");
        assertEquals(3, points.size());
        assertEquals(2_000, points.get(0).get("qps").asDouble(), 1e-6);
        assertEquals(Math.sqrt(10 * 20), points.get(0).get("ef").asDouble(), 1e-6);
        assertTrue(points.get(1).get("qps").isNull());
        assertTrue(points.get(1).get("ef").isNull());
        assertEquals(80, points.get(2).get("build_seconds").asDouble());
    }

    /** The rounds that load the index say that building took no time. */
    @Test
    void shouldTakeTheMediansWhenThereAreRounds() throws IOException {
        Path built = write("built", 10_000, 5, 0.95, 1e3, 0.96, 1e3);
        Path again = write("again", 10_000, 0, 0.95, 4e3, 0.96, 4e3);
        Path last = write("last", 10_000, 0, 0.95, 3e3, 0.96, 3e3);
        Path other = write("other", 10_000, 7, 0.95, 9e3, 0.96, 9e3);
        assertEquals(0, report(built + "=f32", again + "=f32", last + "=f32", other + "=sq8"));
        assertEquals(
                """
                | rows | layout | queries/s at recall@10 0.95 | ef | spread | build | bytes/vector |
                |---:|---|---:|---:|---:|---:|---:|
                | 10,000 | f32 | 3,000 | 10 | 4.00x | 5.0 s | 512 |
                | 10,000 | sq8 | 9,000 | 10 | 1.00x | 7.0 s | 512 |
                """,
                Files.readString(folder.resolve("growth.md")));
    }

    @Test
    void shouldDrawEqualFactorsEquallyHighWhenBothPlotsAreOnOnePage() throws IOException {
        Path small = write("small", 1_000, 1, 0.94, 1e4, 0.96, 1e4);
        Path middle = write("middle", 10_000, 10, 0.94, 5e3, 0.96, 5e3);
        Path large = write("large", 100_000, 100, 0.94, 2.5e3, 0.96, 2.5e3);
        assertEquals(0, report(large + "=f32", middle + "=f32", small + "=f32"));
        String svg = Files.readString(folder.resolve("growth.svg"));
        Matcher lines = Pattern.compile("points=\"([^\"]*)\"").matcher(svg);
        double[] speed = numbers(lines);
        double[] build = numbers(lines);
        for (double[] line : List.of(speed, build)) {
            assertEquals(line[2] - line[0], line[4] - line[2], 0.2);
            assertEquals(line[3] - line[1], line[5] - line[3], 0.2);
        }
        assertTrue(speed[3] > speed[1], "slower is lower");
        assertTrue(build[3] < build[1], "longer is higher");
        assertTrue(build[1] > speed[5], "the second plot is below the first");
        for (String label : List.of(">10k<", ">5k<", ">100<", ">rows<", ">f32<")) {
            assertTrue(svg.contains(label), label);
        }
    }

    private static double[] numbers(Matcher lines) {
        assertTrue(lines.find());
        return Pattern.compile("[ ,]")
                .splitAsStream(lines.group(1))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    @Test
    void shouldNameFileAndKeyWhenARunIsNone() {
        Path other = folder.resolve("other");
        new Figures().put("vectors", 5).write(other);
        assertEquals(1, report(other + "=f32"));
        assertTrue(errors.toString().startsWith("growth: not the figures of millrace ann bench"));
        assertTrue(errors.toString().contains(other + ", missing=runs"), errors.toString());
        assertEquals(1, report(folder.resolve("none") + "=f32"));
        assertEquals(2, report("f32"));
        assertEquals(2, report(other + "=f32", "--recall=2"));
    }

    /** Figures of a run with two points. */
    private Path write(
            String name,
            int rows,
            double buildSeconds,
            double lowRecall,
            double fast,
            double highRecall,
            double slow) {
        Path file = folder.resolve(name);
        new Figures()
                .put("vectors", rows)
                .put("dimension", 128)
                .put("queries", 100)
                .put("k", 10)
                .put("build_seconds", buildSeconds)
                .put("bytes_per_vector", 512.0)
                .put("runs", List.of(point(10, lowRecall, fast), point(20, highRecall, slow)))
                .write(file);
        return file;
    }

    private static Figures point(int ef, double recall, double queriesPerSecond) {
        return new Figures().put("ef", ef).put("recall", recall).put("qps", queriesPerSecond);
    }

    private int report(String... runs) {
        List<String> words = new ArrayList<>(List.of("--out", folder.toString(), "--commit=abc"));
        for (String run : runs) {
            words.add(run.startsWith("--") ? run : "--run=" + run);
        }
        return GrowthReport.run(
                new PrintWriter(results, true),
                new PrintWriter(errors, true),
                words.toArray(String[]::new));
    }
}
