package io.millrace.jmh.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.simulate.VectorPlan;
import io.millrace.data.simulate.VectorSimulator;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The whole comparison on a tiny set, with every engine this machine can run. */
final class ComparePeersTest {
    private static final Path PEERS = Path.of("peers");

    @TempDir private static Path compiled;
    private static boolean hasHnswlib;

    @TempDir private Path folder;
    private final StringWriter results = new StringWriter();
    private final StringWriter progress = new StringWriter();

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        hasHnswlib = isCompiled(driver());
    }

    @BeforeEach
    void simulate() {
        VectorSimulator.run(
                new VectorPlan(1_500, 100, 10, 48, 1, 2), data(), ProgressListener.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"l2", "ip"})
    void shouldCompareAllEnginesWhenTheyAreInstalled(String metric) throws IOException {
        List<String> engines = new ArrayList<>(List.of("millrace", "lucene", "jvector"));
        List<String> words = new ArrayList<>(List.of("--metric", metric));
        if (hasHnswlib) {
            engines.add(1, "hnswlib");
            Collections.addAll(words, "--hnswlib", driver().toString());
        }
        Collections.addAll(
                words,
                ("--data " + data() + " --only " + String.join(",", engines)).split(" ", -1));
        Collections.addAll(
                words,
                "--ef 12,160 --rounds 2 --seconds 0.01 --recalls 0.9,0.99 --commit abc"
                        .split(" ", -1));
        assertEquals(0, run(words), progress.toString());

        List<String> lines = results.toString().lines().filter(line -> !line.isEmpty()).toList();
        assertEquals(
                "queries/s at recall@10 0.9 0.99 build s bytes/vector huge MiB spread",
                lines.getFirst().replaceAll(" +", " "));
        for (String engine : engines) {
            assertEquals(1, count(lines, engine + "  "), results.toString());
            assertEquals(
                    engine.equals("millrace") ? 0 : 1,
                    count(lines, "millrace/" + engine + "  "),
                    results.toString());
        }
        JsonNode figures = Json.mapper().readTree(out().resolve("peers.json").toFile());
        assertEquals("abc", figures.get("commit").asText());
        assertEquals(metric, figures.get("metric").asText());
        assertEquals(engines.size(), figures.get("engines").size());
        for (JsonNode engine : figures.get("engines")) {
            assertSane(engine);
        }
        assertTrue(Files.readString(out().resolve("recalls.svg")).contains("millrace"));
        try (Stream<Path> files = Files.list(out())) {
            Set<String> expected = new TreeSet<>(List.of("peers.json", "recalls.svg"));
            engines.forEach(engine -> expected.add(engine + ".log"));
            assertEquals(
                    expected,
                    files.map(file -> String.valueOf(file.getFileName()))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    /** Two rounds of two efforts: recall grows, and is high at the larger effort. */
    private static void assertSane(JsonNode engine) {
        String text = engine.toString();
        JsonNode points = engine.get("points");
        assertEquals(4, points.size(), text);
        for (int i = 0; i < 4; i++) {
            JsonNode point = points.get(i);
            assertEquals(1 + i / 2, point.get("round").asInt(), text);
            assertEquals(i % 2 == 0 ? 12 : 160, point.get("ef").asInt(), text);
            assertTrue(point.get("queries_per_second").asDouble() > 0, text);
            double recall = point.get("recall").asDouble();
            assertTrue(recall >= (i % 2 == 0 ? 0.6 : 0.98) && recall <= 1, text);
        }
        assertTrue(
                points.get(0).get("recall").asDouble() <= points.get(1).get("recall").asDouble(),
                text);
        assertTrue(engine.get("build_seconds").asDouble() > 0, text);
        // At least the numbers of a row, at most as much again and what a small set costs.
        double bytes = engine.get("bytes_per_vector").asDouble();
        assertTrue(bytes >= 48 * Float.BYTES && bytes < 2_000, text);
        assertFalse(engine.get("version").asText().isEmpty(), text);
        assertFalse(engine.get("version").asText().contains("$"), text);
        assertFalse(engine.get("kernels").asText().isEmpty(), text);
    }

    @Test
    void shouldSayInOneLineWhatIsWrongWhenOptionsMakeNoSense() {
        Path missing = folder.resolve("missing");
        assertError(1, "no such folder: --data=" + missing, "--only=lucene", "--data=" + missing);
        assertError(2, "nothing to measure on: give --data DIR");
        assertError(2, "Unknown option: '--deta=x'", "--deta=x");
        assertError(2, "Invalid value for option '--only'", "--quick", "--only", "faiss");
        assertError(2, "no driver of hnswlib: give --hnswlib FILE", "--quick");
        String millrace = "--only=millrace";
        assertError(2, "out of range: --ef=5, limit=10", "--quick", millrace, "--ef", "5");
        assertError(2, "out of range: --rounds=0", "--quick", millrace, "--rounds", "0");
        assertError(2, "no such recall: --recalls=1.5", "--quick", millrace, "--recalls", "1.5");
        assertError(2, "out of range: --seconds=-1.0", "--quick", millrace, "--seconds", "-1");
        assertError(
                2, "an engine twice: --only=[lucene, lucene]", "--quick", "--only=lucene,lucene");
    }

    @Test
    void shouldDescribeEveryOptionWhenTheScriptIsAskedForHelp()
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("bash", PEERS.resolve("run.sh").toString(), "--help")
                        .redirectErrorStream(true)
                        .start();
        String help = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), help);
        Set<String> described =
                Pattern.compile("(?m)^  (--[a-z]+)")
                        .matcher(help)
                        .results()
                        .map(match -> match.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> known = new TreeSet<>(ComparePeers.options());
        // Those the script gives itself, and the one it answers itself.
        known.removeAll(Set.of("--hnswlib", "--commit"));
        known.add("--help");
        assertEquals(known, described);
    }

    private void assertError(int code, String message, String... words) {
        progress.getBuffer().setLength(0);
        assertEquals(code, run(List.of(words)), progress.toString());
        assertEquals(1, progress.toString().lines().count(), progress.toString());
        assertTrue(progress.toString().startsWith("peers: " + message), progress.toString());
    }

    private int run(List<String> words) {
        List<String> all = new ArrayList<>(words);
        Collections.addAll(all, "--out", out().toString());
        return ComparePeers.run(
                new PrintWriter(results, true),
                new PrintWriter(progress, true),
                all.toArray(String[]::new));
    }

    /** Compiles hnswlib's driver; false where there is no compiler or no hnswlib. */
    private static boolean isCompiled(Path driver) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(
                                    "g++",
                                    "-std=c++17",
                                    "-O1",
                                    "-pthread",
                                    PEERS.resolve("hnswlib_driver.cpp").toString(),
                                    "-o",
                                    driver.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path driver() {
        return compiled.resolve("hnswlib_driver");
    }

    private static long count(List<String> lines, String start) {
        return lines.stream().filter(line -> line.startsWith(start)).count();
    }

    private Path data() {
        return folder.resolve("vectors");
    }

    private Path out() {
        return folder.resolve("out");
    }
}
