package io.millrace.jmh.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results that are made up, so that what comes out is known. */
final class ResultsReportTest {
    @TempDir private Path folder;

    private final StringWriter results = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void shouldSayWhatAnOperationTakes() throws IOException {
        Path file =
                write(
                        "run",
                        result(
                                "io.a.Two",
                                "search",
                                "avgt",
                                "us/op",
                                "\"ef\": \"64\"",
                                "[2, 4], [5, 5]"),
                        result("io.a.One", "scan", "thrpt", "ops/ms", "", "[500.0]"));
        Path picture = folder.resolve("results.svg");
        assertEquals(0, report("--run", file.toString(), "--picture", picture.toString()));
        String table = results.toString();
        // Means of the forks are 3 and 5.
        assertTrue(table.contains("| Two.search ef=64 | 4.00 us | 1.67x |"), table);
        assertTrue(table.contains("| One.scan (thrpt) | 2.00 us | one fork |"), table);
        String svg = Files.readString(picture);
        assertTrue(svg.contains("Two.search ef=64"), svg);
        assertFalse(svg.contains("NaN"), svg);
    }

    @Test
    void shouldEndWithOneWhenABenchmarkIsSurelySlower() throws IOException {
        Path before =
                write(
                        "before",
                        noisy("slower", "avgt", 100, 1),
                        noisy("same", "avgt", 100, 2),
                        noisy("faster", "thrpt", 100, 3),
                        noisy("gone", "avgt", 100, 4));
        Path after =
                write(
                        "after",
                        noisy("slower", "avgt", 130, 5),
                        noisy("same", "avgt", 101, 6),
                        noisy("faster", "thrpt", 140, 7),
                        noisy("fresh", "avgt", 100, 8));
        assertEquals(1, report("--baseline", before.toString(), "--run", after.toString()));
        String table = results.toString();
        assertTrue(table.lines().anyMatch(line -> isOf(line, "B.slower", "slower")), table);
        assertTrue(table.lines().anyMatch(line -> isOf(line, "B.same", "same")), table);
        assertTrue(table.lines().anyMatch(line -> isOf(line, "B.faster (thrpt)", "faster")), table);
        assertTrue(table.contains("only in the baseline: B.gone"), table);
        assertTrue(table.contains("only in the run: B.fresh"), table);
        assertTrue(table.contains("3 benchmarks: 1 slower, 1 faster, by more than 5 %"), table);
        results.getBuffer().setLength(0);
        assertEquals(
                0,
                report(
                        "--baseline",
                        before.toString(),
                        "--run",
                        after.toString(),
                        "--tolerance=0.4"));
    }

    private static boolean isOf(String line, String name, String verdict) {
        return line.startsWith("| " + name + " |") && line.endsWith("| " + verdict + " |");
    }

    /** Forks of the same code differ by 5 %, and iterations within by 1 %. */
    @Test
    void shouldHoldTheRatioInNearlyAsManyIntervalsAsItSays() {
        SplitRandom random = new SplitRandom(5);
        int held = 0;
        for (int trial = 0; trial < 100; trial++) {
            SpeedRatio ratio =
                    SpeedRatio.of(
                            score("avgt", noisy(random, 10, 100, 0.05)),
                            score("avgt", noisy(random, 10, 80, 0.05)));
            held += ratio.low() <= 1.25 && 1.25 <= ratio.high() ? 1 : 0;
            assertEquals(1.25, ratio.ratio(), 0.15);
        }
        // The bootstrap of ten forks is a little too sure of itself.
        assertTrue(held >= 84 && held < 100, "held " + held + " of 100");
    }

    @Test
    void shouldTakeNoMoreIterationsForMoreForks() {
        SplitRandom random = new SplitRandom(9);
        List<List<Double>> few = noisy(random, 3, 100, 0.1);
        List<List<Double>> longer = few.stream().map(ResultsReportTest::tenfold).toList();
        SpeedRatio ofFew = SpeedRatio.of(score("avgt", few), score("avgt", few));
        SpeedRatio ofLonger = SpeedRatio.of(score("avgt", longer), score("avgt", longer));
        double width = ofFew.high() - ofFew.low();
        assertEquals(width, ofLonger.high() - ofLonger.low(), 0.1 * width);
    }

    private static List<Double> tenfold(List<Double> fork) {
        List<Double> more = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            more.addAll(fork);
        }
        return more;
    }

    @Test
    void shouldRefuseWhatIsNoResult() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "hello");
        assertEquals(1, report("--run", text.toString()));
        assertTrue(errors.toString().contains("cannot read results: file="), errors.toString());
        Path none = Files.writeString(folder.resolve("none"), "[]");
        assertEquals(1, report("--run", none.toString()));
        Path other = Files.writeString(folder.resolve("other"), "[{\"a\": 1}]");
        assertEquals(1, report("--run", other.toString()));
        Path zero = write("zero", result("io.B", "m", "avgt", "us/op", "", "[0.0]"));
        assertEquals(1, report("--run", zero.toString()));
        Path good = write("good", noisy("one", "avgt", 1, 1));
        assertEquals(1, report("--run", good.toString(), "--baseline", folder.resolve("x") + ""));
        Path stranger = write("stranger", noisy("two", "avgt", 1, 1));
        assertEquals(1, report("--run", good.toString(), "--baseline", stranger.toString()));
        assertTrue(errors.toString().contains("no benchmark is in both"), errors.toString());
        assertEquals(2, report("--run", good.toString(), "--tolerance=1"));
        assertEquals(2, report());
        assertTrue(errors.toString().contains("see jmh/run.sh --help"), errors.toString());
    }

    @Test
    void shouldRefuseAUnitThatIsNoTime() {
        BenchmarkScore score =
                new BenchmarkScore("B.m", Map.of(), "avgt", "B/op", List.of(List.of(1.0)));
        assertThrows(MillraceException.class, score::secondsPerOperation);
    }

    private static BenchmarkScore score(String mode, List<List<Double>> forks) {
        return new BenchmarkScore("B.m", Map.of(), mode, "us/op", forks);
    }

    private static List<List<Double>> noisy(
            SplitRandom random, int forks, double mean, double ofForks) {
        List<List<Double>> all = new ArrayList<>();
        for (int fork = 0; fork < forks; fork++) {
            double ofFork = mean * (1 + ofForks * random.nextGaussian());
            List<Double> iterations = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                iterations.add(ofFork * (1 + 0.01 * random.nextGaussian()));
            }
            all.add(iterations);
        }
        return all;
    }

    private static String noisy(String method, String mode, double mean, long seed) {
        String forks = noisy(new SplitRandom(seed), 5, mean, 0.02).toString();
        String unit = mode.equals("thrpt") ? "ops/us" : "us/op";
        return result("io.B", method, mode, unit, "", forks.substring(1, forks.length() - 1));
    }

    private static String result(
            String type, String method, String mode, String unit, String params, String forks) {
        return String.format(
                Locale.ROOT,
                """
                {"benchmark": "%s.%s", "mode": "%s", "params": {%s},
                 "primaryMetric": {"scoreUnit": "%s", "rawData": [%s]}}
                """,
                type,
                method,
                mode,
                params,
                unit,
                forks);
    }

    private Path write(String name, String... all) throws IOException {
        return Files.writeString(folder.resolve(name), "[" + String.join(",", all) + "]");
    }

    private int report(String... words) {
        return ResultsReport.run(
                new PrintWriter(results, true), new PrintWriter(errors, true), words);
    }
}
